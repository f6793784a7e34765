/*
 * linux.h - the machine below: system calls of an x86_64 Linux host, made from the kernel
 * window, from where they are let through (dispatch.h). Results are 0 or more, or a negative
 * errno.
 */
#pragma once

#include <stdatomic.h>

#include "base/types.h"

enum {
    LINUX_READ = 0,
    LINUX_WRITE = 1,
    LINUX_CLOSE = 3,
    LINUX_FSTAT = 5,
    LINUX_POLL = 7,
    LINUX_LSEEK = 8,
    LINUX_MMAP = 9,
    LINUX_MPROTECT = 10,
    LINUX_MUNMAP = 11,
    LINUX_RT_SIGACTION = 13,
    LINUX_RT_SIGPROCMASK = 14,
    LINUX_IOCTL = 16,
    LINUX_PREAD64 = 17,
    LINUX_PWRITE64 = 18,
    LINUX_SCHED_YIELD = 24,
    LINUX_MADVISE = 28,
    LINUX_ALARM = 37,
    LINUX_GETPID = 39,
    LINUX_CLONE = 56,
    LINUX_EXIT = 60,
    LINUX_WAIT4 = 61,
    LINUX_KILL = 62,
    LINUX_FCNTL = 72,
    LINUX_FSYNC = 74,
    LINUX_FDATASYNC = 75,
    LINUX_FTRUNCATE = 77,
    LINUX_FCHMOD = 91,
    LINUX_GETPPID = 110,
    LINUX_SIGALTSTACK = 131,
    LINUX_PRCTL = 157,
    LINUX_GETTID = 186,
    LINUX_FUTEX = 202,
    LINUX_SCHED_SETAFFINITY = 203,
    LINUX_GETDENTS64 = 217,
    LINUX_SET_TID_ADDRESS = 218,
    LINUX_CLOCK_GETTIME = 228,
    LINUX_EXIT_GROUP = 231,
    LINUX_TGKILL = 234,
    LINUX_OPENAT = 257,
    LINUX_MKDIRAT = 258,
    LINUX_MKNODAT = 259,
    LINUX_FCHOWNAT = 260,
    LINUX_NEWFSTATAT = 262,
    LINUX_UNLINKAT = 263,
    LINUX_LINKAT = 265,
    LINUX_SYMLINKAT = 266,
    LINUX_READLINKAT = 267,
    LINUX_FCHMODAT = 268,
    LINUX_PPOLL = 271,
    LINUX_SET_ROBUST_LIST = 273,
    LINUX_UTIMENSAT = 280,
    LINUX_FALLOCATE = 285,
    LINUX_SYNCFS = 306,
    LINUX_RENAMEAT2 = 316,
    LINUX_SECCOMP = 317,
    LINUX_GETRANDOM = 318,
    LINUX_MEMBARRIER = 324,
    LINUX_PREADV2 = 327,
    LINUX_PWRITEV2 = 328,
    LINUX_RSEQ = 334,
};

enum {
    LINUX_EINTR = 4,
    LINUX_EBADF = 9,
    LINUX_EAGAIN = 11,
    LINUX_ENOMEM = 12,
    LINUX_EINVAL = 22,
    LINUX_EPERM = 1,
    LINUX_EOPNOTSUPP = 95,
    LINUX_ETIMEDOUT = 110,
};

enum {
    LINUX_SIGINT = 2,
    LINUX_SIGILL = 4,
    LINUX_SIGTRAP = 5,
    LINUX_SIGBUS = 7,
    LINUX_SIGFPE = 8,
    LINUX_SIGKILL = 9,
    LINUX_SIGSEGV = 11,
    LINUX_SIGALRM = 14,
    LINUX_SIGCHLD = 17,
    LINUX_SIGSYS = 31,
    LINUX_SIGNAL_KICK = 40, /* ours: look at the pending word */
};

/* mmap, mprotect */
enum {
    LINUX_PROT_READ = 1,
    LINUX_PROT_WRITE = 2,
    LINUX_PROT_EXEC = 4,
    LINUX_MAP_SHARED = 0x01,
    LINUX_MAP_FIXED = 0x10,
    LINUX_MAP_POPULATE = 0x8000,
    LINUX_MADV_POPULATE_READ = 22,
    LINUX_MADV_POPULATE_WRITE = 23,
};

enum {
    LINUX_FUTEX_WAIT = 0,
    LINUX_FUTEX_WAKE = 1,
    LINUX_FUTEX_WAIT_BITSET = 9, /* with an absolute deadline by CLOCK_MONOTONIC */
};

struct linux_timespec {
    int64_t sec, nsec;
};

static inline long linux_call(long nr, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d,
                              uintptr_t e, uintptr_t f)
{
    register uintptr_t r10 __asm__("r10") = d;
    register uintptr_t r8 __asm__("r8") = e;
    register uintptr_t r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define LINUX_CALL_(nr, a, b, c, d, e, f, ...)                                       \
    linux_call((nr), (uintptr_t)(a), (uintptr_t)(b), (uintptr_t)(c), (uintptr_t)(d), \
               (uintptr_t)(e), (uintptr_t)(f))
/* host_call(NR, up to six arguments of any scalar type) */
#define host_call(...) LINUX_CALL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static inline long linux_futex_wait(atomic_uint *word, unsigned value)
{
    return host_call(LINUX_FUTEX, word, LINUX_FUTEX_WAIT, value, NULL);
}

static inline void linux_futex_wake(atomic_uint *word, unsigned count)
{
    host_call(LINUX_FUTEX, word, LINUX_FUTEX_WAKE, count);
}
