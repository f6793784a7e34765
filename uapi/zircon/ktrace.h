/*
 * ktrace.h - the kernel's trace: records one after another, each begun by a tag that has its
 * group, event and size (lib/zircon-internal/ktrace.h).
 */
#pragma once

#include <stdint.h>

#define KTRACE_TAG(event, group, bytes) \
    (((group)&0xfffu) << 20 | ((event)&0xfffu) << 8 | ((bytes) >> 3 & 0xfu))
#define KTRACE_LEN(tag)   (((tag)&0xfu) << 3)
#define KTRACE_GROUP(tag) ((tag) >> 20 & 0xfffu)
#define KTRACE_EVENT(tag) ((tag) >> 8 & 0xfffu)

#define KTRACE_GRP_ALL       0xfffu
#define KTRACE_GRP_META      (1u << 0)
#define KTRACE_GRP_LIFECYCLE (1u << 1)
#define KTRACE_GRP_SCHEDULER (1u << 2)
#define KTRACE_GRP_TASKS     (1u << 3)
#define KTRACE_GRP_IPC       (1u << 4)
#define KTRACE_GRP_IRQ       (1u << 5)
#define KTRACE_GRP_PROBE     (1u << 6)
#define KTRACE_GRP_ARCH      (1u << 7)
#define KTRACE_GRP_SYSCALL   (1u << 8)
#define KTRACE_GRP_VM        (1u << 9)

#define KTRACE_VERSION 0x00020000u

/* Of those that there are: the ones that this kernel writes. */
#define TAG_VERSION        KTRACE_TAG(0x000u, KTRACE_GRP_META, 32u)      /* a: KTRACE_VERSION */
#define TAG_TICKS_PER_MS   KTRACE_TAG(0x001u, KTRACE_GRP_META, 32u)      /* a, b: low, high */
#define TAG_THREAD_NAME    KTRACE_TAG(0x021u, KTRACE_GRP_META, 48u)      /* thread, process */
#define TAG_PROC_NAME      KTRACE_TAG(0x022u, KTRACE_GRP_META, 48u)      /* process, 0 */
#define TAG_SYSCALL_NAME   KTRACE_TAG(0x023u, KTRACE_GRP_META, 48u)      /* number, 0 */
#define TAG_PROBE_NAME     KTRACE_TAG(0x025u, KTRACE_GRP_META, 48u)      /* number, 0 */
#define TAG_SYSCALL_ENTER  KTRACE_TAG(0x032u, KTRACE_GRP_SYSCALL, 16u)   /* number << 8 | cpu */
#define TAG_SYSCALL_EXIT   KTRACE_TAG(0x033u, KTRACE_GRP_SYSCALL, 16u)   /* number << 8 | cpu */
#define TAG_CONTEXT_SWITCH KTRACE_TAG(0x040u, KTRACE_GRP_SCHEDULER, 32u) /* a: to; b: cpu */
#define TAG_PROBE_24(id)   KTRACE_TAG((id) | 0x800u, KTRACE_GRP_PROBE, 24u)

/* zx_ktrace_control */
#define KTRACE_ACTION_START          1u /* options: groups; 0: all */
#define KTRACE_ACTION_STOP           2u
#define KTRACE_ACTION_REWIND         3u
#define KTRACE_ACTION_NEW_PROBE      4u /* ptr: its name; the result is its number */
#define KTRACE_ACTION_START_CIRCULAR 5u /* the newest records replace the oldest */

#define KTRACE_NAME_MAX 32 /* with its NUL */

typedef struct ktrace_header {
    uint32_t tag;
    uint32_t tid; /* of 16-byte records: the argument */
    uint64_t ts;  /* ticks */
} ktrace_header_t;

typedef struct ktrace_rec_32b {
    uint32_t tag;
    uint32_t tid;
    uint64_t ts;
    uint32_t a, b, c, d;
} ktrace_rec_32b_t;

/* As long as the name with its NUL, in steps of 8 bytes. */
typedef struct ktrace_rec_name {
    uint32_t tag;
    uint32_t id;
    uint32_t arg;
    char name[KTRACE_NAME_MAX + 4];
} ktrace_rec_name_t;

/* zx_mtrace_control */
#define MTRACE_KIND_PERFMON 0u
