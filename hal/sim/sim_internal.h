/*
 * sim_internal.h - the machine's state, shared by the files of hal/sim.
 */
#pragma once

#include "base/random.h"
#include "hal/cpu.h"
#include "hal/irq.h"
#include "hal/mmu.h"
#include "hal/sim/fiber.h"
#include "hal/sim/sim.h"

#define SIM_FP_SIZE 576u /* legacy area and header of XSAVE */

enum sim_cpu_state {
    SIM_CPU_OFF,
    SIM_CPU_RUNNING,
    SIM_CPU_HALTED, /* runs again when something is pending */
};

struct sim_cpu {
    struct hal_cpu cpu; /* first: hal_cpu_local's result */
    enum sim_cpu_state state;
    struct fiber *kernel;  /* its own stack, once started; CPU 0's for sim_run */
    struct fiber *current; /* where to go on: `kernel`, a user program's, or the test's */
    time_ns_t deadline;
    void (*entry)(void);
    struct hal_context *fp_owner; /* whose registers are in fp; NULL: nobody's */
    unsigned char fp[SIM_FP_SIZE] __attribute__((aligned(64)));
};

struct sim_machine {
    struct sim_config config;
    struct sim_cpu cpus[HAL_MAX_CPUS];
    unsigned cpu_count;
    struct sim_cpu *here;     /* the CPU being played; its `current` is the stack in use */
    struct fiber test;        /* the host thread's own stack */
    struct sim_cpu *test_cpu; /* what the test stands for outside sim_run */
    struct fiber *boot_stack; /* where CPU 0 goes on in the next sim_run */
    bool running;             /* inside sim_run */
    struct random random;
    time_ns_t now;

    enum sim_outcome outcome;
    int exit_status;
    char reason[256];
    jmp_buf catch;
    bool catching;
};

extern struct sim_machine sim;
extern const struct hal_upcalls *sim_upcalls;

/* Set bits in the CPU's pending word. */
void sim_raise(struct sim_cpu *cpu, unsigned pending);

/* Deadlines that have come become pending. */
void sim_fire_deadlines(void);
/* Nothing can run: let time or the host move on. False: nothing will ever happen. */
bool sim_idle(void);

/* The kernel has come to an end: back to the test. */
_Noreturn void sim_end(enum sim_outcome outcome);

/* Turn to another CPU that can run; false: there is none. */
bool sim_give_way(void);

/* Leave the stack of this CPU for another; returns when the schedule comes back to it. */
void sim_switch_fiber(struct fiber *to);

void sim_irq_setup(void);
/* Tell the handler of what was typed. From hal_irq_serve. */
void sim_console_serve(void);
void sim_user_teardown(void);
void sim_host_setup(void);
void sim_host_teardown(void);
/* Any watched host descriptor that is ready raises HAL_PENDING_DEVICE; true if one is. */
bool sim_host_look(void);
/* Run what waits for watched descriptors and launcher signals. From hal_irq_serve. */
void sim_host_serve(void);
