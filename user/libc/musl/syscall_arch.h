/*
 * syscall_arch.h - in the place of musl's: there are no Linux calls. A futex is Zircon's, there
 * is no break, and what needs any other call is left out of the library, by the name that it
 * refers to then.
 */
#pragma once

/* Defined nowhere: tools/libc-objects takes out what refers to it. */
long no_such_call(long number, ...);
/* Both are 0 whatever comes: musl looks at the word again. Wait: while it is `value`. Wake: as
 * many as `count`. */
long libc_futex_wait(volatile void *word, int value);
long libc_futex_wake(volatile void *word, int count);

#define INLINE static inline __attribute__((always_inline))

#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

INLINE long __syscall0(long n)
{
    return no_such_call(n);
}

INLINE long __syscall1(long n, long a)
{
    return n == SYS_brk ? 0 : no_such_call(n, a);
}

INLINE long __syscall2(long n, long a, long b)
{
    return no_such_call(n, a, b);
}

INLINE long __syscall3(long n, long a, long b, long c)
{
    return n == SYS_futex ? libc_futex_wake((volatile void *)a, (int)c)
                          : no_such_call(n, a, b, c);
}

INLINE long __syscall4(long n, long a, long b, long c, long d)
{
    return n == SYS_futex && d == 0 ? libc_futex_wait((volatile void *)a, (int)c)
                                    : no_such_call(n, a, b, c, d);
}

INLINE long __syscall5(long n, long a, long b, long c, long d, long e)
{
    return no_such_call(n, a, b, c, d, e);
}

INLINE long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    return no_such_call(n, a, b, c, d, e, f);
}
