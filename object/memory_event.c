/*
 * memory_event.c - the events of memory pressure.
 */
#include "object/memory_event.h"

#include "base/assert.h"
#include "mm/page.h"
#include "object/event.h"

/* Guards `now`; outside of the events' locks. */
static struct spinlock lock;
static enum memory_level now;

static struct object *events[MEMORY_LEVELS]; /* constant after memory_event_init */

void memory_event_init(void)
{
    for (unsigned i = 0; i < MEMORY_LEVELS; i++) {
        status_t st = event_create(&events[i]);

        assert(st == OK); /* memory at boot */
    }
    now = MEMORY_NORMAL;
    object_signal(events[now], 0, ZX_EVENT_SIGNALED);
}

/* By the 1/64th of all memory that are free. */
static enum memory_level level_of(const struct page_stats *pages)
{
    uint64_t parts = pages->free * 64 / pages->total;

    return parts < 1   ? MEMORY_OUT
           : parts < 2 ? MEMORY_CRITICAL
           : parts < 6 ? MEMORY_WARNING
                       : MEMORY_NORMAL;
}

static void look(void)
{
    struct page_stats pages;
    enum memory_level level;

    page_stats_read(&pages);
    level = level_of(&pages);
    SPIN_GUARD(&lock);
    if (level == now)
        return;
    object_signal(events[now], ZX_EVENT_SIGNALED, 0);
    now = level;
    object_signal(events[now], 0, ZX_EVENT_SIGNALED);
}

struct object *memory_event(enum memory_level level)
{
    look();
    return object_get(events[level]);
}
