/*
 * restricted.h - what the cases about restricted mode know of the machine.
 */
#pragma once

#include "tests/zircon/registers.h"
#include "uapi/zircon/syscalls/restricted.h"

union restricted_words {
    zx_x86_64_restricted_state_t x86_64;
    zx_riscv64_restricted_state_t riscv64;
    uint64_t word[32];
};

/* Of zx_restricted_state_t; indices are of words. */
struct restricted_machine {
    size_t size;
    unsigned first, count; /* general registers */
    uint64_t lost;         /* of those, that a call leaves zero: bits */
    unsigned pc, sp, arg0;
    unsigned number;         /* of a call */
    unsigned own, flags, gs; /* own: the thread's own base; 0: there is none */
};
extern const struct restricted_machine restricted_machine;

/*
 * The rest is in isa/ISA/restricted.S. `enter` is zx_restricted_enter; the value is what that
 * says, or ZX_OK once a call has brought the thread back, and *reason is why.
 */
zx_status_t restricted_run(uint64_t *reason,
                           zx_status_t (*enter)(uint32_t, uintptr_t, uintptr_t));

/* Texts for restricted mode, which use no memory but words at the bases. Adds one to each
 * general register and makes a call; restricted_bumped is behind that. What the second register
 * of arguments was is at the thread's own base; with gs that of r11 is there. */
extern const char restricted_bump[], restricted_bump_gs[], restricted_bumped[];
/* Makes a call, whose number it sets, and is then at restricted_called. */
extern const char restricted_call[], restricted_called[];
enum { RESTRICTED_CALL_NUMBER = 99 };
