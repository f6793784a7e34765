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
    unsigned own, gs;            /* words: the thread's own base, and gs or 0 */
    unsigned arg0, arg1;
};
extern const struct machine_registers machine_registers;

/* Start routines of threads (isa/ISA/spin.S): they take the registers from the struct and then
 * stay at spin_address, one instruction, for ever. */
void spin_with_general_regs(void *regs);
void spin_with_fp_regs(void *regs);
void spin_with_vector_regs(void *regs);
extern const char spin_address[];
/* All that, and swap_thread_words: it runs anywhere. */
extern const char spin_text[], spin_text_end[];

/* What a thread does with its own blocks (the second is at gs, if `gs`): takes the first word
 * of each, leaves ZTEST_OWN_WORD and ZTEST_GS_WORD there, and stays at spin_address. */
struct thread_words {
    uint64_t own, gs;
};
void swap_thread_words(struct thread_words *out, int gs);
/* The instruction of a system call, with this number and no more. */
uint64_t raw_call(uint64_t number);
#define ZTEST_OWN_WORD 0x12345678ull
#define ZTEST_GS_WORD  0x7890abcdull
