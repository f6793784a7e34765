/*
 * sim.h - the simulated machine, as tests see it: setting it up, running it, moving its clock.
 *
 * One host thread plays all CPUs. Each has a stack of its own; the schedule turns from one to
 * another when a CPU halts or spins, and, with a probability the test chooses, wherever kernel
 * code asks which CPU it is on, which every lock and unlock does. All choices come from the
 * seed, so a run can be repeated, and races are searched for by trying seeds.
 *
 * Time is virtual. It moves when every CPU is halted (to the next deadline), when the only CPU
 * that is not halted spins (it must be waiting for time), and by sim_advance.
 *
 * The test itself is CPU 0, except while sim_run lets CPU 0 and all others run the kernel.
 */
#pragma once

#include <setjmp.h>

#include "base/types.h"
#include "hal/boot.h"

struct sim_config {
    unsigned cpus; /* 0: one */
    uint64_t seed;
    unsigned switch_one_in; /* turn to another CPU at one in so many chances; 0: never */
    uint64_t memory; /* bytes from SIM_RAM_BASE on, when there are no regions; 0: 64 MiB */
    struct hal_memory_region regions[HAL_MAX_REGIONS]; /* above SIM_RAM_BASE */
    unsigned region_count;
    const char *record; /* boot record */
    size_t record_size;
    const char *host_root; /* directory of the host behind hal_host_root; NULL: none */
};

/* A machine, switched on. All zero is a good configuration. */
void sim_setup(const struct sim_config *config);
/* Everything it had is gone. Stacks of CPUs and of user programs are dropped where they are. */
void sim_teardown(void);

enum sim_outcome {
    SIM_IDLE,        /* all CPUs are halted and no deadline is set */
    SIM_STOPPED,     /* somebody called sim_stop */
    SIM_POWERED_OFF, /* hal_power_off */
    SIM_PANICKED,
};

/* Each CPU that does not run yet, CPU 0 included, calls `entry`; go on until there is an
 * outcome. May be called again, and then goes on where the CPUs are. */
enum sim_outcome sim_run(void (*entry)(void));
/* End the present sim_run; returns when the next one lets this CPU go on. */
void sim_stop(void);

/* Of SIM_POWERED_OFF, and of SIM_PANICKED. */
int sim_exit_status(void);
const char *sim_panic_reason(void);

/* Let time pass: deadlines come. */
void sim_advance(time_ns_t by);
/* Maybe turn to another CPU, as at a lock. */
void sim_point(void);
/* The test acts as another CPU from now on. Not inside sim_run, and only if that CPU does not
 * run a stack of its own. */
void sim_become(unsigned cpu);
/* From the generator that makes the schedule. */
uint64_t sim_random(uint64_t below);

/* Interrupt source `source` asks for service. */
void sim_irq_raise(unsigned source);
/* Somebody types. */
void sim_console_type(const char *text);
/* What hal_console_write wrote since the machine was set up, up to a few KiB. Log lines go to
 * stderr. */
const char *sim_console_output(void);
/* The launcher hands on signals (hal/host.h). */
void sim_host_signals(uint64_t signals);

/* After so many more changes of its files the host refuses all with this error; OK: none. */
void sim_host_fail(unsigned after, status_t st);

/* For SIM_PANICS. */
jmp_buf *sim_catch(void);
void sim_catch_end(void);

/* True if `statement`, run by the test outside sim_run, panics or powers off. */
#define SIM_PANICS(statement)            \
    ({                                   \
        volatile bool panicked_ = true;  \
                                         \
        if (setjmp(*sim_catch()) == 0) { \
            statement;                   \
            panicked_ = false;           \
        }                                \
        sim_catch_end();                 \
        panicked_;                       \
    })
