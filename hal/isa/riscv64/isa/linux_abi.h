/*
 * linux_abi.h (riscv64) - where Linux's system call ABI differs between instruction sets.
 */
#pragma once

#include "base/types.h"

/* clone(2): argument numbers of tls and child_tid. */
enum { CLONE_ARG_TLS = 3, CLONE_ARG_CHILD_TID = 4 };

/* si_code of an undefined instruction (ILL_ILLOPC) and of a breakpoint (TRAP_BRKPT). */
enum { ILLEGAL_SI_CODE = 1, BREAKPOINT_SI_CODE = 1 };

/* AT_HWCAP: a bit per letter of the base extensions, IMAFDC (getauxval(3)). */
static inline uint64_t linux_hwcap(void)
{
    return 1u << ('i' - 'a') | 1u << ('m' - 'a') | 1u << ('a' - 'a') | 1u << ('f' - 'a') |
           1u << ('d' - 'a') | 1u << ('c' - 'a');
}

/* struct epoll_event: 32 bits of events, then 64 of data, naturally aligned (epoll_ctl(2)). */
enum { EPOLL_EVENT_SIZE = 16, EPOLL_EVENT_DATA = 8 };

/* Where struct stat has its mode (32 bits), device number and size (64 bits). */
enum { STAT_MODE_AT = 16, STAT_RDEV_AT = 32, STAT_SIZE_AT = 48 };

/* Words that each time of struct semid64_ds takes. */
enum { SEM_TIME_WORDS = 1 };
