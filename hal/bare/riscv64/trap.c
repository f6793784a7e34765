/*
 * trap.c - what a trap means: an interrupt notes itself, user mode's traps get portable words,
 * and a fault of the kernel is its end.
 */
#include "hal/bare/riscv64/trap_internal.h"

#include "base/assert.h"
#include "base/log.h"
#include "hal/bare/riscv64/clock.h"
#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/boot.h"

#define ECALL_SIZE     4u
#define FAILURE_STATUS 125 /* the launcher's word for a failure that is not the program's */

static void note(unsigned bit)
{
    atomic_fetch_or_explicit(&hal_cpu_local()->pending, bit, memory_order_relaxed);
}

/* A source that stays asserted is shut: the timer until it is set again (time.c), the
 * controller until it is served (plic.c). Who kicked has set the pending bit himself. */
void trap_note(uint64_t number)
{
    switch (number) {
    case IRQ_SOFTWARE:
        csr_clear(sip, SIE_SOFTWARE);
        cpu_serve_ipi();
        break;
    case IRQ_TIMER:
        if (!clock_deadline_came())
            break;
        csr_clear(sie, SIE_TIMER);
        note(HAL_PENDING_TIMER);
        break;
    case IRQ_EXTERNAL:
        csr_clear(sie, SIE_EXTERNAL);
        note(HAL_PENDING_DEVICE);
        break;
    default:
        panic("interrupt %u, which was never allowed", (unsigned)number);
    }
}

static void decode_fault(unsigned access, uint64_t address, struct hal_trap *trap)
{
    trap->kind = HAL_TRAP_FAULT;
    trap->access = access;
    trap->addr = address;
}

static void decode_exception(uint64_t cause, uint64_t value, struct hal_trap *trap)
{
    trap->kind = HAL_TRAP_EXCEPTION;
    trap->addr = value;
    switch (cause) {
    case EXC_ILLEGAL:
        trap->exception = HAL_EXC_ILLEGAL;
        break;
    case EXC_BREAKPOINT:
        trap->exception = HAL_EXC_BREAKPOINT;
        break;
    case EXC_FETCH_MISALIGNED:
    case EXC_LOAD_MISALIGNED:
    case EXC_STORE_MISALIGNED:
        trap->exception = HAL_EXC_ALIGNMENT;
        break;
    case EXC_FETCH_ACCESS:
    case EXC_LOAD_ACCESS:
    case EXC_STORE_ACCESS:
        trap->exception = HAL_EXC_BUS;
        break;
    default:
        trap->exception = HAL_EXC_PROTECTION;
        break;
    }
}

void trap_decode(uint64_t cause, uint64_t value, struct hal_context *ctx, struct hal_trap *trap)
{
    *trap = (struct hal_trap){.kind = HAL_TRAP_INTERRUPT, .code = cause};
    if (cause & SCAUSE_INTERRUPT)
        return;
    switch (cause) {
    case EXC_USER_ECALL:
        trap->kind = HAL_TRAP_SYSCALL;
        ctx->regs.x[REG_PC] += ECALL_SIZE;
        break;
    case EXC_FETCH_PAGE_FAULT:
        decode_fault(HAL_PROT_EXEC, value, trap);
        break;
    case EXC_LOAD_PAGE_FAULT:
        decode_fault(HAL_PROT_READ, value, trap);
        break;
    case EXC_STORE_PAGE_FAULT:
        decode_fault(HAL_PROT_WRITE, value, trap);
        break;
    default:
        decode_exception(cause, value, trap);
        break;
    }
}

static const char *cause_text(uint64_t cause)
{
    static const char *const texts[16] = {
        [EXC_FETCH_MISALIGNED] = "misaligned jump",
        [EXC_FETCH_ACCESS] = "jump to no memory",
        [EXC_ILLEGAL] = "illegal instruction",
        [EXC_BREAKPOINT] = "breakpoint",
        [EXC_LOAD_MISALIGNED] = "misaligned load",
        [EXC_LOAD_ACCESS] = "load from no memory",
        [EXC_STORE_MISALIGNED] = "misaligned store",
        [EXC_STORE_ACCESS] = "store to no memory",
        [EXC_FETCH_PAGE_FAULT] = "jump to an unmapped address",
        [EXC_LOAD_PAGE_FAULT] = "load from an unmapped address",
        [EXC_STORE_PAGE_FAULT] = "store to an unmapped or read-only address",
    };

    return cause < countof(texts) && texts[cause] ? texts[cause] : "unknown trap";
}

static void log_registers(const struct trap_frame *frame)
{
    static const char *const names[32] = {"pc", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                          "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                          "a6", "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                          "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

    for (unsigned i = 0; i < 32; i += 4)
        log_error("%3s %016lx  %3s %016lx  %3s %016lx  %3s %016lx", names[i], frame->x[i],
                  names[i + 1], frame->x[i + 1], names[i + 2], frame->x[i + 2], names[i + 3],
                  frame->x[i + 3]);
}

/* A fault while one is reported ends the machine without another word. */
void trap_kernel_fault(const struct trap_frame *frame)
{
    static atomic_uint reporting[HAL_MAX_CPUS];
    uint64_t cause = csr_read(scause), value = csr_read(stval);

    if (atomic_fetch_add(&reporting[hal_cpu_id()], 1))
        hal_power_off(FAILURE_STATUS);
    log_registers(frame);
    panic("%s in the kernel: pc %#lx, address %#lx, CPU %u", cause_text(cause), frame->x[0],
          value, hal_cpu_id());
}
