/*
 * interrupt.c - interrupts note themselves; a fault of the kernel is its end.
 */
#include "hal/bare/x86_64/interrupt.h"

#include "base/assert.h"
#include "base/format.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"
#include "hal/bare/x86_64/power.h"
#include "hal/bare/x86_64/shootdown.h"
#include "hal/bare/x86_64/time.h"
#include "hal/console.h"

/* A device stays in service, and so the devices of this CPU closed, until ioapic.c has served
 * it. A kick was noted by its sender. */
void interrupt_note(struct cpu *cpu, unsigned vector)
{
    if (vector >= VECTOR_DEVICE && vector < VECTOR_DEVICE + DEVICE_VECTORS) {
        cpu->irq_vector = vector;
        atomic_fetch_or_explicit(&cpu->hal.pending, HAL_PENDING_DEVICE, memory_order_relaxed);
        return;
    }
    if (vector == VECTOR_TIMER)
        timer_update(cpu);
    else if (vector == VECTOR_SHOOTDOWN)
        shootdown_serve();
    else if (vector != VECTOR_KICK)
        return; /* spurious: nothing is in service */
    lapic_eoi();
}

static void frame_print(const struct kernel_frame *f)
{
    char line[512];
    int size = format(line, sizeof(line),
                      "\nrip %016lx rsp %016lx rflags %08lx cr2 %016lx error %lx\n"
                      "rax %016lx rbx %016lx rcx %016lx rdx %016lx\n"
                      "rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n"
                      "r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n"
                      "r13 %016lx r14 %016lx r15 %016lx\n",
                      f->rip, f->rsp, f->rflags, cr2_read(), f->error, f->rax, f->rbx, f->rcx,
                      f->rdx, f->rsi, f->rdi, f->rbp, f->r8, f->r9, f->r10, f->r11, f->r12,
                      f->r13, f->r14, f->r15);

    hal_console_write(line, MIN((size_t)size, sizeof(line) - 1));
}

static const char *vector_name(uint64_t vector)
{
    switch (vector) {
    case VECTOR_DE:
        return "division by zero";
    case VECTOR_NMI:
        return "non-maskable interrupt";
    case VECTOR_UD:
        return "undefined instruction";
    case VECTOR_DF:
        return "double fault";
    case VECTOR_GP:
        return "general protection fault";
    case VECTOR_PF:
        return "page fault";
    case VECTOR_MC:
        return "machine check";
    default:
        return "exception";
    }
}

static _Noreturn void kernel_fault(const struct kernel_frame *frame)
{
    frame_print(frame);
    panic("CPU %u: %s (vector %lu) in the kernel at %#lx", hal_cpu_id(),
          vector_name(frame->vector), frame->vector, frame->rip);
}

void kernel_trap(struct kernel_frame *frame)
{
    if (frame->vector < 32)
        kernel_fault(frame);
    interrupt_note(cpu_local(), (unsigned)frame->vector);
}

/* NMI, double fault, machine check. An NMI is how another CPU that panics stops this one. */
void kernel_fatal(struct kernel_frame *frame)
{
    if (frame->vector == VECTOR_NMI && power_stopping())
        halt_forever();
    kernel_fault(frame);
}
