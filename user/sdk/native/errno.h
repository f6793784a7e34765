/*
 * errno.h - of native programs: what their C library's functions report. Linux's numbers.
 */
#pragma once

#define EPERM     1
#define EAGAIN    11
#define ENOMEM    12
#define EBUSY     16
#define EINVAL    22
#define EDEADLK   35
#define ENOSYS    38
#define ETIMEDOUT 110

/* Of the calling thread. */
int *__errno_location(void);
#define errno (*__errno_location())
