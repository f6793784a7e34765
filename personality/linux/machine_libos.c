/*
 * machine_libos.c - a stopped first program stops the launcher, whose shell sees it.
 */
#include "hal/host.h"
#include "personality/linux/machine.h"

void machine_stopped(int signo)
{
    hal_host_stop_self(signo);
}

bool machine_sees_stops(void)
{
    return true;
}
