/*
 * ktrace.h - what the kernel does, as records in a buffer (uapi/zircon/ktrace.h), of the groups
 * that have been asked for. None is at first: then it costs a look at one word.
 */
#pragma once

#include <stdatomic.h>

#include "base/status.h"
#include "base/types.h"
#include "uapi/zircon/ktrace.h"

extern atomic_uint ktrace_groups; /* KTRACE_GRP_* */

static inline bool ktrace_on(uint32_t group)
{
    return __builtin_expect(atomic_load_explicit(&ktrace_groups, memory_order_relaxed) & group,
                            0);
}

/* At boot: there is no buffer, and nothing is recorded. */
void ktrace_init(void);
/*
 * The buffer is there once it has been asked for, and begins with what each trace begins with:
 * ktrace_rewind does that, and what was in it is gone. `fill` adds what its caller has to say
 * always. ERR_NO_MEMORY.
 */
status_t ktrace_open(void (*fill)(void)) MUST_USE;
void ktrace_rewind(void (*fill)(void));
/* From now on records of these groups are kept: as long as there is room, or, circular, the
 * newest of them. ERR_BAD_STATE: it is circular and is not to be. */
status_t ktrace_start(uint32_t groups, bool circular) MUST_USE;
void ktrace_stop(void);

/* Bytes that can be read, and some of them from `offset` on; how many there were. */
size_t ktrace_size(void);
size_t ktrace_read(size_t offset, void *to, size_t size);

/* Records; dropped where there is no room, or no buffer. Any context, locks may be held. */
void ktrace_16(uint32_t tag, uint32_t arg);
void ktrace_32(uint32_t tag, uint32_t tid, const uint32_t args[4]);
/* ERR_UNAVAILABLE: it was dropped, or the trace is off. */
status_t ktrace_probe(uint32_t id, uint32_t tid, uint32_t arg0, uint32_t arg1) MUST_USE;
void ktrace_name(uint32_t tag, uint32_t id, uint32_t arg, const char *name);
