/*
 * load.h - puts a native program into the address space of a new process.
 */
#pragma once

#include "object/process.h"

struct loaded {
    user_addr_t entry;
    user_addr_t sp;
    user_addr_t vdso; /* base */
};

/*
 * `image` is an ELF file of `size` bytes, position independent and without interpreter, all of
 * it at hand (no pager that waits). Maps its segments at a random place, the vDSO, and a stack.
 * ERR_NO_EXEC; ERR_NO_MEMORY. After an error `p` is good for nothing.
 */
status_t load_program(struct process *p, struct vmo *image, uint64_t size,
                      struct loaded *out) MUST_USE;
