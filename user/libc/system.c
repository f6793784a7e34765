/*
 * system.c - what a program asks of the machine by the C library.
 */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "zircon/syscalls.h"

long sysconf(int name)
{
    switch (name) {
    case _SC_PAGESIZE:
        return (long)zx_system_get_page_size();
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return (long)zx_system_get_num_cpus();
    case _SC_PHYS_PAGES:
        return (long)(zx_system_get_physmem() / zx_system_get_page_size());
    default:
        errno = EINVAL;
        return -1;
    }
}

int sched_yield(void)
{
    zx_nanosleep(0);
    return 0;
}
