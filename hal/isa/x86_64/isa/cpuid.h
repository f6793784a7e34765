/*
 * cpuid.h - what an x86 CPU tells of itself (CPUID in Intel's manual, volume 2).
 */
#pragma once

#include "base/types.h"

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

/* All zero for a leaf that the CPU does not have. Those of hypervisors, 0x40000000 and so on,
 * are there only if CPUID_1_ECX_HYPERVISOR is. */
static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r, top;

    __asm__ volatile("cpuid"
                     : "=a"(top.eax), "=b"(top.ebx), "=c"(top.ecx), "=d"(top.edx)
                     : "a"(leaf & 0xc0000000u), "c"(0));
    if (leaf > top.eax)
        return (struct cpuid){};
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

#define CPUID_1_ECX_HYPERVISOR (1u << 31)

/* How fast the TSC counts, in Hz: Intel's leaf 0x15 gives it as crystal * ratio; hypervisors
 * give kHz in leaf 0x40000010. 0: neither. */
static inline uint64_t cpuid_tsc_rate(void)
{
    struct cpuid ratio = cpuid(0x15, 0);

    if (ratio.eax && ratio.ebx && ratio.ecx)
        return (uint64_t)ratio.ecx * ratio.ebx / ratio.eax;
    if (cpuid(1, 0).ecx & CPUID_1_ECX_HYPERVISOR)
        return cpuid(0x40000010, 0).eax * 1000ull;
    return 0;
}
