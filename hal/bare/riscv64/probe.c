/*
 * probe.c - reads that may find nothing: the bus then answers with a fault of the load.
 */
#include "hal/bare/riscv64/csr.h"
#include "hal/device.h"
#include "hal/mmu.h"

/* With interrupts off the load is all that can trap, and the trap goes to where the attempt
 * ends. What it leaves in the registers of traps nobody looks at. */
bool hal_device_answers(paddr_t pa)
{
    uint64_t state = csr_read(sstatus) & SSTATUS_SIE, vector, end, value, answers;

    interrupts_off();
    __asm__ volatile("   la    %[end], 1f\n"
                     "   csrrw %[vector], stvec, %[end]\n"
                     "   li    %[answers], 0\n"
                     "   lw    %[value], 0(%[from])\n"
                     "   fence i, ir\n"
                     "   li    %[answers], 1\n"
                     "   .balign 4\n"
                     "1: csrw  stvec, %[vector]\n"
                     : [end] "=&r"(end), [vector] "=&r"(vector), [answers] "=&r"(answers),
                       [value] "=&r"(value)
                     : [from] "r"(hal_phys_to_virt(pa))
                     : "memory");
    csr_set(sstatus, state);
    return answers;
}
