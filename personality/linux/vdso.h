/*
 * vdso.h - the vDSO of Linux programs (vdso(7)): one image, shared by all, mapped by each exec.
 */
#pragma once

#include "base/status.h"

struct exec;

/* At boot. */
void linux_vdso_init(void);

/* Into the new address space, with that of Zircon behind it for exec->zircon; notes where in
 * the layout. */
status_t exec_map_vdso(struct exec *exec) MUST_USE;
