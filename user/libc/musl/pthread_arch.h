/*
 * pthread_arch.h - in the place of musl's: what it keeps of a thread is in our block of the
 * thread.
 */
#pragma once

__attribute__((visibility("hidden"))) void *runtime_thread_libc(void);

static inline uintptr_t __get_tp(void)
{
    return (uintptr_t)runtime_thread_libc();
}

#define MC_PC gregs[0] /* of no signal */
