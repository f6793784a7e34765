/*
 * cpu.c - what the CPUs can do, the bring-up of one, idling, and spinning.
 */
#include "hal/bare/x86_64/cpu.h"

#include "hal/bare/x86_64/descriptors.h"
#include "hal/bare/x86_64/fp.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"
#include "hal/bare/x86_64/shootdown.h"

struct cpu cpus[HAL_MAX_CPUS];
struct cpu_features cpu_features;

static unsigned cpu_count = 1;

extern const char syscall_entry[]; /* trap.S */

unsigned hal_cpu_count(void)
{
    return cpu_count;
}

void cpu_set_count(unsigned count)
{
    cpu_count = count;
}

uintptr_t cpu_stack_top(unsigned id)
{
    return STACKS_BASE + (2 * id + 1) * (uintptr_t)STACK_STRIDE;
}

uintptr_t cpu_fatal_stack_top(unsigned id)
{
    return STACKS_BASE + (2 * id + 2) * (uintptr_t)STACK_STRIDE;
}

void cpu_features_detect(void)
{
    struct cpuid one = cpuid(1, 0), seven = cpuid(7, 0);

    cpu_features = (struct cpu_features){
        .fsgsbase = seven.ebx & CPUID_7_EBX_FSGSBASE,
        .smep = seven.ebx & CPUID_7_EBX_SMEP,
        .smap = seven.ebx & CPUID_7_EBX_SMAP,
        .umip = seven.ecx & CPUID_7_ECX_UMIP,
        .xsave = one.ecx & CPUID_1_ECX_XSAVE,
        .tsc_deadline = one.ecx & CPUID_1_ECX_TSC_DEADLINE,
        .rdrand = one.ecx & CPUID_1_ECX_RDRAND,
        .rdseed = seven.ebx & CPUID_7_EBX_RDSEED,
        .gib_pages = cpuid(0x80000001, 0).edx & CPUID_EXT_EDX_1GIB_PAGES,
    };
}

/* SMAP stays on for good: the kernel reaches user memory by the linear map only. */
static void control_bits_set(void)
{
    uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;

    cr4 |= cpu_features.fsgsbase ? CR4_FSGSBASE : 0;
    cr4 |= cpu_features.smep ? CR4_SMEP : 0;
    cr4 |= cpu_features.smap ? CR4_SMAP : 0;
    cr4 |= cpu_features.umip ? CR4_UMIP : 0;
    cr4 |= cpu_features.xsave ? CR4_OSXSAVE : 0;
    cr4_write(cr4);
    cr0_write((cr0_read() & ~(uint64_t)(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE | CR0_AM);
}

/* SYSCALL enters with interrupts off and every flag clear that the kernel cares about. */
static void syscall_entry_set(void)
{
    msr_write(MSR_STAR,
              (uint64_t)SELECTOR_USER_CODE32 << 48 | (uint64_t)SELECTOR_KERNEL_CODE << 32);
    msr_write(MSR_LSTAR, (uint64_t)syscall_entry);
    msr_write(MSR_FMASK, RFLAGS_IF | RFLAGS_TF | RFLAGS_DF | RFLAGS_NT | RFLAGS_AC);
}

void cpu_init(unsigned id)
{
    struct cpu *cpu = &cpus[id];
    struct cpu **fatal = (struct cpu **)cpu_fatal_stack_top(id) - 2;

    cpu->hal.id = id;
    cpu->self = cpu;
    cpu->deadline = TIME_INFINITE;
    cpu->tss.ist[0] = (uint64_t)fatal;
    *fatal = cpu; /* trap_fatal finds it above its frame */
    gdt_load(cpu);
    idt_load();
    msr_write(MSR_GS_BASE, (uint64_t)cpu);
    control_bits_set();
    syscall_entry_set();
    fp_init_cpu();
}

/*
 * A bit set in `pending` between the look and HLT comes with an interrupt, which is held off
 * until HLT has begun and so ends it. Shoot-downs end it too, hence the loop.
 */
void hal_cpu_halt(void)
{
    for (;;) {
        interrupts_off();
        if (hal_irq_pending())
            break;
        interrupts_on_and_halt();
    }
    interrupts_on();
}

/* The bit first: who takes it before the IPI comes has been kicked all the same. A CPU that is
 * not up yet looks at it when it is. */
void hal_cpu_kick(unsigned id)
{
    struct cpu *cpu = &cpus[id];
    unsigned old =
        atomic_fetch_or_explicit(&cpu->hal.pending, HAL_PENDING_KICK, memory_order_release);

    if (old & HAL_PENDING_KICK || cpu == cpu_local() ||
        !atomic_load_explicit(&cpu->online, memory_order_acquire))
        return;
    lapic_send(cpu->apic_id, VECTOR_KICK);
}

void hal_cpu_relax(unsigned tries UNUSED)
{
    __builtin_ia32_pause();
    shootdown_serve();
}
