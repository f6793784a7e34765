/*
 * power_bare.c - bare metal goes off, and says that all went well.
 */
#include "personality/zircon/power.h"

#include "hal/boot.h"

status_t power_off(void)
{
    hal_power_off(0);
}
