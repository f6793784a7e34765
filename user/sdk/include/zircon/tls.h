/*
 * tls.h - where compilers for Fuchsia find words of the thread, from its pointer on. Also for
 * assembly.
 */
#pragma once

#if defined(__x86_64__)
#define ZX_TLS_STACK_GUARD_OFFSET 0x10
#define ZX_TLS_UNSAFE_SP_OFFSET   0x18
#elif defined(__aarch64__)
#define ZX_TLS_STACK_GUARD_OFFSET (-0x10)
#define ZX_TLS_UNSAFE_SP_OFFSET   (-0x8)
#elif defined(__riscv)
#define ZX_TLS_STACK_GUARD_OFFSET (-0x20)
#define ZX_TLS_UNSAFE_SP_OFFSET   (-0x18)
#endif
