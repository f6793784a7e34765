/*
 * hypervisor.h - structs and constants of the calls for guests and virtual CPUs, of which the
 * kernel has none.
 */
#pragma once

#include "uapi/zircon/types.h"

typedef uint32_t zx_guest_trap_t;
#define ZX_GUEST_TRAP_BELL ((zx_guest_trap_t)0u)
#define ZX_GUEST_TRAP_MEM  ((zx_guest_trap_t)1u)
#define ZX_GUEST_TRAP_IO   ((zx_guest_trap_t)2u)

typedef uint32_t zx_vcpu_t;
#define ZX_VCPU_STATE ((zx_vcpu_t)0u)
#define ZX_VCPU_IO    ((zx_vcpu_t)1u)

typedef struct zx_vcpu_state {
#if defined(__x86_64__)
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rflags; /* its lower 32 bits */
#elif defined(__aarch64__)
    uint64_t x[31];
    uint64_t sp;
    uint32_t cpsr; /* its upper 4 bits */
    uint8_t padding1[4];
#else
    uint8_t placeholder;
#endif
} zx_vcpu_state_t;

/* Of an access to a port. */
typedef struct zx_vcpu_io {
    uint8_t access_size; /* bytes */
    uint8_t padding1[3];
    union {
        struct {
            uint8_t u8;
            uint8_t padding2[3];
        };
        struct {
            uint16_t u16;
            uint8_t padding3[2];
        };
        uint32_t u32;
        uint8_t data[4];
    };
} zx_vcpu_io_t;
