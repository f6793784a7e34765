/*
 * decode.h - how long an x86-64 instruction is, and what of it depends on where it stands.
 *
 * Made for code of compilers: what they do not emit is refused, and so is what is not certain.
 */
#pragma once

#include "base/types.h"

enum { INSN_MAX = 15 };

struct insn {
    unsigned size;
    unsigned distance; /* offset of a 32-bit distance from the instruction's end; 0: none */
    bool leaves;       /* execution may go on elsewhere than behind it */
};

/* The instruction at the start of `size` bytes. False: it does not end there, or is refused. */
bool insn_decode(const uint8_t *bytes, size_t size, struct insn *out);
