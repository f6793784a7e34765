/*
 * log.h - a record of the debug log (zircon/syscalls/log.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* zx_debuglog_create and zx_debuglog_read. */
#define ZX_LOG_FLAG_READABLE 0x40000000u

#define ZX_LOG_RECORD_MAX  256u
#define ZX_LOG_RECORD_DATA 224u /* the text of one record at most */

#define ZX_LOG_TRACE   0x10u
#define ZX_LOG_DEBUG   0x20u
#define ZX_LOG_INFO    0x30u
#define ZX_LOG_WARNING 0x40u
#define ZX_LOG_ERROR   0x50u
#define ZX_LOG_FATAL   0x60u

typedef struct zx_log_record {
    uint32_t sequence;
    uint16_t datalen;
    uint8_t severity;
    uint8_t flags;
    zx_time_t timestamp;
    uint64_t pid, tid; /* koids; 0: the kernel */
    char data[ZX_LOG_RECORD_DATA];
} zx_log_record_t;
