/*
 * no_ports.c - machines without I/O ports for user mode: those of the library OS are the
 * host's.
 */
#include "hal/ports.h"

#include "base/status.h"

status_t hal_ports_set(struct hal_pt *pt, unsigned first, unsigned count, bool allowed)
{
    (void)pt, (void)first, (void)count, (void)allowed;
    return ERR_NOT_SUPPORTED;
}
