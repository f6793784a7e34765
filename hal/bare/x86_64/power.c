/*
 * power.c - the end of the machine, of the other CPUs, and of a stack.
 */
#include "hal/bare/x86_64/power.h"

#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"
#include "hal/boot.h"
#include "hal/time.h"

/* QEMU's isa-debugcon takes the status, whole; isa-debug-exit, which has room for 7 bits of it
 * only, ends QEMU. */
#define PORT_STATUS 0xe9
#define PORT_EXIT   0xf4

#define PORT_UART_LSR 0x3fd
#define LSR_ALL_SENT  (1u << 6)
#define DRAIN_NS      (10 * NS_PER_SEC) /* for a reader who has gone to sleep */

static atomic_uint stopping; /* 1 once hal_stop_others was called */

bool power_stopping(void)
{
    return atomic_load_explicit(&stopping, memory_order_acquire);
}

/* Only CPUs that were started: QEMU wakes the others too, in real mode and at nothing. */
void hal_stop_others(void)
{
    const struct cpu *me = cpu_local();

    if (atomic_exchange_explicit(&stopping, 1, memory_order_acq_rel))
        return;
    for (unsigned i = 0; i < hal_cpu_count(); i++)
        if (&cpus[i] != me && atomic_load_explicit(&cpus[i].online, memory_order_acquire))
            lapic_send_nmi(cpus[i].apic_id);
}

void hal_power_off(int status)
{
    time_ns_t patience = hal_time_now() + DRAIN_NS;

    while (!(port_in8(PORT_UART_LSR) & LSR_ALL_SENT) && hal_time_now() < patience)
        __builtin_ia32_pause();
    port_out8(PORT_STATUS, (uint8_t)status);
    port_out8(PORT_EXIT, 0);
    halt_forever();
}

/* Frame pointers are followed only within a CPU's stacks, of which all but the guards is
 * mapped. */
static bool frame_readable(uintptr_t frame)
{
    uintptr_t end = cpu_fatal_stack_top(hal_cpu_count() - 1);

    return frame >= STACKS_BASE && frame <= end - 2 * sizeof(uintptr_t) &&
           IS_ALIGNED(frame, sizeof(uintptr_t)) &&
           frame % STACK_STRIDE >= STACK_STRIDE - STACK_SIZE &&
           frame % STACK_STRIDE <= STACK_STRIDE - 2 * sizeof(uintptr_t);
}

size_t hal_backtrace(uintptr_t *out, size_t max)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    size_t count = 0;

    while (count < max && frame_readable(frame)) {
        const uintptr_t *words = (const uintptr_t *)frame;

        out[count++] = words[1];
        frame = words[0];
    }
    return count;
}
