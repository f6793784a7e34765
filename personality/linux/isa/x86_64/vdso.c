/*
 * vdso.c (x86_64) - nothing: handlers return by their own restorer.
 */
#include "personality/linux/exec.h"

status_t exec_map_vdso(struct exec *exec)
{
    (void)exec;
    return OK;
}
