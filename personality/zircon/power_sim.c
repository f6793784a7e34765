/*
 * power_sim.c - the simulated machine goes off with its test.
 */
#include "personality/zircon/power.h"

status_t power_off(void)
{
    return ERR_NOT_SUPPORTED;
}
