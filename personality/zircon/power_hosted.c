/*
 * power_hosted.c - a machine that is a program of a host ends with its own first program.
 */
#include "personality/zircon/power.h"

status_t power_off(void)
{
    return ERR_NOT_SUPPORTED;
}
