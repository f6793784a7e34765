/*
 * csr.h - control and status registers of supervisor mode, for assembly and C.
 */
#pragma once

#define SSTATUS_SIE      0x2    /* interrupts on, in kernel mode */
#define SSTATUS_SPIE     0x20   /* SIE after sret */
#define SSTATUS_SPP      0x100  /* sret goes to kernel mode */
#define SSTATUS_FS       0x6000 /* state of the FP unit: off, initial, clean, dirty */
#define SSTATUS_FS_CLEAN 0x4000
#define SSTATUS_FS_DIRTY 0x6000

#define SIE_SOFTWARE (1ul << 1) /* also the numbers of sip and of scause */
#define SIE_TIMER    (1ul << 5)
#define SIE_EXTERNAL (1ul << 9)

#define SATP_SV39 (8ul << 60)

#define SCOUNTEREN_TIME 2ul

#define STIMECMP 0x14d /* the assembler has no name for it yet */

#define SCAUSE_INTERRUPT     (1ul << 63)
#define IRQ_SOFTWARE         1ul
#define IRQ_TIMER            5ul
#define IRQ_EXTERNAL         9ul
#define EXC_FETCH_MISALIGNED 0ul
#define EXC_FETCH_ACCESS     1ul
#define EXC_ILLEGAL          2ul
#define EXC_BREAKPOINT       3ul
#define EXC_LOAD_MISALIGNED  4ul
#define EXC_LOAD_ACCESS      5ul
#define EXC_STORE_MISALIGNED 6ul
#define EXC_STORE_ACCESS     7ul
#define EXC_USER_ECALL       8ul
#define EXC_FETCH_PAGE_FAULT 12ul
#define EXC_LOAD_PAGE_FAULT  13ul
#define EXC_STORE_PAGE_FAULT 15ul

#ifndef __ASSEMBLER__

#include "base/types.h"

#define CSR_NAME_(csr) #csr
#define CSR_NAME(csr)  CSR_NAME_(csr)

#define csr_read(csr)                                                         \
    ({                                                                        \
        uint64_t value_;                                                      \
        __asm__ volatile("csrr %0, " CSR_NAME(csr) : "=r"(value_)::"memory"); \
        value_;                                                               \
    })
#define csr_write(csr, value) \
    __asm__ volatile("csrw " CSR_NAME(csr) ", %0" ::"rK"((uint64_t)(value)) : "memory")
#define csr_set(csr, bits) \
    __asm__ volatile("csrs " CSR_NAME(csr) ", %0" ::"rK"((uint64_t)(bits)) : "memory")
#define csr_clear(csr, bits) \
    __asm__ volatile("csrc " CSR_NAME(csr) ", %0" ::"rK"((uint64_t)(bits)) : "memory")

static inline void interrupts_off(void)
{
    csr_clear(sstatus, SSTATUS_SIE);
}

static inline void interrupts_on(void)
{
    csr_set(sstatus, SSTATUS_SIE);
}

static inline void wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

#endif
