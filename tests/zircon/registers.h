/*
 * registers.h - what the cases about registers know of the machine's structs.
 */
#pragma once

#include "tests/zircon/stopped.h"

/* The general registers as words: some are not free to be anything. */
union general_regs {
    zx_x86_64_thread_state_general_regs_t x86_64;
    zx_riscv64_thread_state_general_regs_t riscv64;
    uint64_t word[32];
};

union fp_regs {
    zx_x86_64_thread_state_fp_regs_t x86_64;
    zx_riscv64_thread_state_fp_regs_t riscv64;
    uint64_t word[72];
};

struct machine_registers {
    size_t size;    /* of the general registers, bytes */
    unsigned words; /* from `first` on, that may hold anything */
    unsigned first, pc;
    size_t fp_size;
    unsigned fp_first, fp_count; /* FP registers: the even words from there on */
    int vector;                  /* there are vector registers */
};
extern const struct machine_registers machine_registers;
