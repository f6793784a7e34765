#include "hal/host.h"
#include "personality/linux/machine.h"

void machine_stopped(int signo)
{
    hal_host_stop_self(signo);
}
