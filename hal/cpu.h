/*
 * cpu.h - CPUs: who am I, pending interrupts, preemption count, idle, kick.
 *
 * Kernel code runs on one stack per CPU. An interrupt that arrives in kernel mode only notes
 * itself in the CPU's pending word; the executor calls hal_irq_serve between tasks, and the
 * thread loop before user mode. So nothing of the kernel ever runs in interrupt context.
 */
#pragma once

#include <stdatomic.h>

#include "base/types.h"

#define HAL_MAX_CPUS 32u

/* Bits of hal_cpu.pending. */
enum {
    HAL_PENDING_TIMER = 1u << 0,  /* the deadline of hal_timer_set has come */
    HAL_PENDING_KICK = 1u << 1,   /* another CPU called hal_cpu_kick */
    HAL_PENDING_DEVICE = 1u << 2, /* a device or a host event */
};

/* The head of every target's per-CPU block. Only its own CPU writes it, `pending` apart. */
struct hal_cpu {
    unsigned id;            /* 0 .. hal_cpu_count() - 1, dense */
    unsigned preempt_count; /* locks held here; 0 whenever a task suspends */
    atomic_uint pending;    /* HAL_PENDING_*; set by anyone, taken by hal_irq_serve */
};

/* The target's inline `struct hal_cpu *hal_cpu_local(void)`. The pointer stays valid across
 * hal_context_run; a suspended task may wake on another CPU. */
#include "target/cpu.h"

static inline unsigned hal_cpu_id(void)
{
    return hal_cpu_local()->id;
}

/* CPUs that run or will run after hal_cpu_start_others. At least 1, at most HAL_MAX_CPUS. */
unsigned hal_cpu_count(void);

/*
 * There is one CPU, now and later: nobody to lock out, so that locks and counts need no atomic
 * operation of the hardware (15 to 20 cycles each). Set by kernel/main.c before any lock is
 * taken. What host threads beside the CPUs share takes the other road: hal/libos/host_lock.h.
 */
extern bool hal_one_cpu;

/* From the boot CPU, once: each other CPU calls `entry` on its own stack; it never returns. */
void hal_cpu_start_others(void (*entry)(void));

/* Sleep until something is pending on this CPU (returns at once if it is already). */
void hal_cpu_halt(void);

/* Make `cpu` leave user mode or hal_cpu_halt soon, with HAL_PENDING_KICK. Any context. */
void hal_cpu_kick(unsigned cpu);

/* One round of a spin; `tries` counts from 0. A pause; on libos a yield of the host CPU after
 * some 200 tries, since the holder may not be running. Serves shoot-downs sent to this CPU. */
void hal_cpu_relax(unsigned tries);

static inline bool hal_irq_pending(void)
{
    return atomic_load_explicit(&hal_cpu_local()->pending, memory_order_acquire) != 0;
}

static inline void hal_preempt_disable(void)
{
    hal_cpu_local()->preempt_count++;
    atomic_signal_fence(memory_order_acq_rel);
}

static inline void hal_preempt_enable(void)
{
    atomic_signal_fence(memory_order_acq_rel);
    hal_cpu_local()->preempt_count--;
}
