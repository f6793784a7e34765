/*
 * user.h - user mode of the simulated machine: programs are C functions that yield traps.
 *
 * A program's text is a `struct sim_text` in user memory: what the pc points at must be mapped
 * executable and hold a record, or entering user mode there is a fault or an illegal
 * instruction. Records may be copied anywhere, into files too. The function runs on a stack of
 * its own and is suspended wherever a helper below traps; it runs again when the kernel enters
 * the context, and goes on if the pc still is where it trapped. If the kernel moved the pc, the
 * program there runs on top (a signal handler, or a new image), and once it has returned by
 * sim_user_leave with the old pc in place, the one below goes on.
 *
 * Helpers check for pending interrupts first, so each of them may trap with INTERRUPT.
 */
#pragma once

#include "hal/context.h"

struct sim_user;

typedef void sim_program(struct sim_user *u);

#define SIM_TEXT_MAGIC 0x7478657464726573ull

/* One program; aligned to its size. The pc of a trap is inside the record. */
struct sim_text {
    uint64_t magic;
    sim_program *program;
    uint64_t unused[2];
};

#define SIM_TEXT(fn)        \
    {                       \
        SIM_TEXT_MAGIC, fn, \
        {                   \
            0               \
        }                   \
    }

/* The registers as they are now. */
struct user_regs *sim_user_regs(struct sim_user *u);
/* The program began behind a system call that it never made: it is a forked child. */
bool sim_user_forked(const struct sim_user *u);

/* A system call; its result. A restart by the kernel is made here. */
uint64_t sim_user_syscall(struct sim_user *u, uint64_t number, const uint64_t args[6]);
#define SIM_SYSCALL(u, number, ...) \
    sim_user_syscall(u, number, (const uint64_t[6]){__VA_ARGS__})
/* The last system call of a program that another lies below, such as Linux's rt_sigreturn: the
 * program must return at once. */
void sim_user_leave(struct sim_user *u, uint64_t number);

/* Access user memory as a program does: through the page tables, with faults. */
void sim_user_load(struct sim_user *u, user_addr_t from, void *to, size_t size);
void sim_user_store(struct sim_user *u, user_addr_t to, const void *from, size_t size);
uint64_t sim_user_load64(struct sim_user *u, user_addr_t from);
void sim_user_store64(struct sim_user *u, user_addr_t to, uint64_t value);
/* Jump to `pc` and come back: the program there runs, or the fetch faults until it can. */
void sim_user_call(struct sim_user *u, user_addr_t pc);
/* The vector registers, sim_user_fp_size bytes; not across a trap. */
void *sim_user_fp(struct sim_user *u);

/* Compute for `time`; interrupts come as they are due. */
void sim_user_spin(struct sim_user *u, time_ns_t time);
/* An exception. */
void sim_user_raise(struct sim_user *u, enum hal_exception exception);
