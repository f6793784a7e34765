/*
 * machine_bare.c - a stopped first program: bare metal has nobody to tell.
 */
#include "personality/linux/machine.h"

void machine_stopped(int signo)
{
    (void)signo;
}

bool machine_sees_stops(void)
{
    return false;
}
