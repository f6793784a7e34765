/*
 * linux_abi.h (x86_64) - where Linux's system call ABI differs between instruction sets.
 */
#pragma once

#include "isa/cpuid.h"

/* clone(2): argument numbers of tls and child_tid. */
enum { CLONE_ARG_TLS = 4, CLONE_ARG_CHILD_TID = 3 };

/* si_code of an undefined instruction (ILL_ILLOPN) and of a breakpoint (SI_KERNEL). */
enum { ILLEGAL_SI_CODE = 2, BREAKPOINT_SI_CODE = 0x80 };

/* AT_HWCAP: CPUID leaf 1, edx (getauxval(3)). */
static inline uint64_t linux_hwcap(void)
{
    return cpuid(1, 0).edx;
}

/* struct epoll_event: 32 bits of events, then 64 of data, packed (epoll_ctl(2)). */
enum { EPOLL_EVENT_SIZE = 12, EPOLL_EVENT_DATA = 4 };

/* Words that each time of struct semid64_ds takes. */
enum { SEM_TIME_WORDS = 2 };

/* Where struct stat has its mode (32 bits), device number and size (64 bits). */
enum { STAT_MODE_AT = 24, STAT_RDEV_AT = 40, STAT_SIZE_AT = 48 };
