#include "personality/linux/machine.h"

void machine_stopped(int signo)
{
    (void)signo;
}
