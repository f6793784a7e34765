/*
 * signals.h - the 32 signals of a kernel object: 0 to 22 mean what its type says, 23 is seen by
 * waiters only, 24 to 31 are the users' (zircon/types.h).
 */
#pragma once

#include <stdint.h>

typedef uint32_t zx_signals_t;

#define ZX_SIGNAL_NONE          0u
#define ZX_OBJECT_READABLE      (1u << 0)
#define ZX_OBJECT_WRITABLE      (1u << 1)
#define ZX_OBJECT_PEER_CLOSED   (1u << 2)
#define ZX_OBJECT_SIGNALED      (1u << 3)
#define ZX_SIGNAL_HANDLE_CLOSED (1u << 23)

#define ZX_USER_SIGNAL_0   (1u << 24)
#define ZX_USER_SIGNAL_1   (1u << 25)
#define ZX_USER_SIGNAL_2   (1u << 26)
#define ZX_USER_SIGNAL_3   (1u << 27)
#define ZX_USER_SIGNAL_4   (1u << 28)
#define ZX_USER_SIGNAL_5   (1u << 29)
#define ZX_USER_SIGNAL_6   (1u << 30)
#define ZX_USER_SIGNAL_7   (1u << 31)
#define ZX_USER_SIGNAL_ALL 0xff000000u

#define ZX_EVENT_SIGNALED ZX_OBJECT_SIGNALED

#define ZX_EVENTPAIR_SIGNALED    ZX_OBJECT_SIGNALED
#define ZX_EVENTPAIR_PEER_CLOSED ZX_OBJECT_PEER_CLOSED

#define ZX_CHANNEL_READABLE    ZX_OBJECT_READABLE
#define ZX_CHANNEL_WRITABLE    ZX_OBJECT_WRITABLE
#define ZX_CHANNEL_PEER_CLOSED ZX_OBJECT_PEER_CLOSED

#define ZX_TASK_TERMINATED    ZX_OBJECT_SIGNALED
#define ZX_JOB_TERMINATED     ZX_OBJECT_SIGNALED
#define ZX_JOB_NO_JOBS        (1u << 4)
#define ZX_JOB_NO_PROCESSES   (1u << 5)
#define ZX_PROCESS_TERMINATED ZX_OBJECT_SIGNALED
#define ZX_THREAD_TERMINATED  ZX_OBJECT_SIGNALED
#define ZX_THREAD_RUNNING     (1u << 4)
#define ZX_THREAD_SUSPENDED   (1u << 5)

#define ZX_VMO_ZERO_CHILDREN ZX_OBJECT_SIGNALED

#define ZX_LOG_READABLE ZX_OBJECT_READABLE
#define ZX_LOG_WRITABLE ZX_OBJECT_WRITABLE
