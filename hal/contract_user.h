/*
 * contract_user.h - the user program of the contract test, written once for each instruction
 * set (hal/isa/ISA/contract_user.S) and as a script for the simulated machine.
 *
 * It is position-independent text, at most a page. Each entry is a small program; it gets two
 * arguments. System calls it makes have the numbers below, so that a test knows where it
 * stands.
 */
#pragma once

#include "base/types.h"

enum contract_entry {
    USER_SYSCALL,    /* CALL_SIX with 11..16, then CALL_VALUE of its result, and so on */
    USER_READ,       /* CALL_VALUE of the word at arg0 */
    USER_WRITE,      /* stores arg1 at arg0, then CALL_VALUE of arg1 */
    USER_JUMP,       /* jumps to arg0 */
    USER_ILLEGAL,    /* an undefined instruction */
    USER_BREAKPOINT, /* a breakpoint instruction */
    USER_SPIN,       /* for ever */
    USER_WATCH,      /* reads the word at arg0 for ever */
    USER_FP,         /* arg0 into a vector register; for ever: CALL_VALUE of that register */
    USER_TLS,        /* CALL_VALUE of the word that the thread pointer points at */
    USER_ENTRIES,
};

enum {
    CALL_SIX = 0x1234,
    CALL_VALUE = 0x1235,
};

struct contract_user {
    const void *text;
    uint64_t size;                /* bytes */
    uint64_t entry[USER_ENTRIES]; /* offsets in the text */
};

extern const struct contract_user contract_user;
