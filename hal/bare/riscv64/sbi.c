/*
 * sbi.c - calls to firmware by ecall.
 */
#include "hal/bare/riscv64/sbi.h"

#include "base/status.h"

/* Extensions are named by ASCII letters. */
enum {
    EXT_TIME = 0x54494d45,
    EXT_IPI = 0x735049,
    EXT_RFENCE = 0x52464e43,
    EXT_HSM = 0x48534d,
    EXT_RESET = 0x53525354,
};

enum { RFENCE_FENCE_I = 0, RFENCE_SFENCE_VMA = 1 };

/* The error; no call here has a value of interest. */
static int64_t sbi_call(uint64_t extension, uint64_t function, uint64_t arg0, uint64_t arg1,
                        uint64_t arg2, uint64_t arg3)
{
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a3 __asm__("a3") = arg3;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a6), "r"(a7)
                     : "memory");
    return (int64_t)a0;
}

void sbi_set_timer(uint64_t ticks)
{
    sbi_call(EXT_TIME, 0, ticks, 0, 0, 0);
}

void sbi_send_ipi(uint64_t harts)
{
    if (harts)
        sbi_call(EXT_IPI, 0, harts, 0, 0, 0);
}

void sbi_remote_fence_i(uint64_t harts)
{
    if (harts)
        sbi_call(EXT_RFENCE, RFENCE_FENCE_I, harts, 0, 0, 0);
}

void sbi_remote_sfence_vma(uint64_t harts, uint64_t va, uint64_t size)
{
    if (harts)
        sbi_call(EXT_RFENCE, RFENCE_SFENCE_VMA, harts, 0, va, size);
}

status_t sbi_hart_start(uint64_t hart, paddr_t start)
{
    return sbi_call(EXT_HSM, 0, hart, start, 0, 0) == 0 ? OK : ERR_IO;
}

void sbi_shutdown(void)
{
    sbi_call(EXT_RESET, 0, 0, 0, 0, 0);
}
