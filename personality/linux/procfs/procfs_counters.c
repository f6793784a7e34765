/*
 * procfs_counters.c - /proc/zcore: the kernel's counters, and what it has in use by what
 * others count, one "name value" a line. The leak tests compare it.
 */
#include "co/frame.h"
#include "fs/dentry.h"
#include "mm/counter.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "object/thread.h"
#include "personality/linux/procfs/procfs.h"
#include "personality/linux/procfs/procfs_internal.h"

static struct procfs_counter *registered; /* complete once programs run */

void procfs_counter_register(struct procfs_counter *counter)
{
    struct procfs_counter **link = &registered;

    while (*link && *link != counter)
        link = &(*link)->next;
    if (*link)
        return;
    counter->next = NULL;
    *link = counter;
}

static uint64_t pages_total(void)
{
    struct page_stats stats;

    page_stats_read(&stats);
    return stats.total;
}

static uint64_t pages_free(void)
{
    struct page_stats stats;

    page_stats_read(&stats);
    return stats.free;
}

/* But for the frames, of which there are as many as calls wait at this moment. */
static uint64_t slab_objects(void)
{
    return slab_live_objects() - frame_live_count();
}

static const struct procfs_counter own[] = {
    {.name = "pages_total", .read = pages_total},
    {.name = "pages_free", .read = pages_free},
    {.name = "slab_objects", .read = slab_objects},
    {.name = "frames", .read = frame_used_count},
    {.name = "slab_bytes", .read = slab_bytes},
    {.name = "register_bytes", .read = thread_register_bytes},
};

static void show(struct seq *seq, const struct procfs_counter *counter)
{
    seq_printf(seq, "%s %lu\n", counter->name, (unsigned long)counter->read());
}

/* What is only cached is given back first, so that equal states show equal numbers. */
status_t proc_show_counters(struct inode *inode, struct seq *seq)
{
    (void)inode;
    dentry_shrink();
    slab_drain();
    for (size_t i = 0; i < countof(own); i++)
        show(seq, &own[i]);
    for (enum counter c = 0; c < COUNTERS; c++)
        seq_printf(seq, "%s %ld\n", counter_names[c], (long)counter_sum(c));
    for (const struct procfs_counter *c = registered; c; c = c->next)
        show(seq, c);
    return OK;
}
