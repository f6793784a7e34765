/*
 * procfs_slab.c - /proc/slabinfo: the kernel's caches of objects (slabinfo(5)).
 */
#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/procfs/procfs_internal.h"

struct row {
    const char *name;
    uint64_t live, slabs;
    uint32_t size, per_slab, pages;
};

struct rows {
    struct row *row;
    unsigned count, room;
};

/* Under the caches' locks: nothing may be allocated here. */
static void add(void *arg, const struct slab_cache *cache)
{
    struct rows *rows = arg;

    if (rows->count < rows->room)
        rows->row[rows->count] =
            (struct row){cache->name, cache->live,     cache->slabs,
                         cache->slot, cache->per_slab, 1u << cache->slab_order};
    rows->count++;
}

/* Readers take a name to be one word. */
static const char *shown_name(const char *name)
{
    static const char of_type[] = "struct ";

    return strncmp(name, of_type, sizeof(of_type) - 1) ? name : name + sizeof(of_type) - 1;
}

static void show(struct seq *seq, const struct row *row)
{
    unsigned long slabs = (unsigned long)row->slabs;

    seq_printf(seq, "%-17s %6lu %6lu %6u %4u %4u : tunables    0    0    0 ",
               shown_name(row->name), (unsigned long)row->live, slabs * row->per_slab,
               row->size, row->per_slab, row->pages);
    seq_printf(seq, ": slabdata %6lu %6lu      0\n", slabs, slabs);
}

status_t proc_show_slabs(struct inode *inode, struct seq *seq)
{
    struct rows rows = {.room = 0};

    (void)inode;
    slab_for_each(add, &rows);
    rows.room = rows.count;
    rows.row = kmalloc(rows.room * sizeof(*rows.row));
    if (!rows.row)
        return ERR_NO_MEMORY;
    rows.count = 0;
    slab_for_each(add, &rows);
    seq_puts(seq, "slabinfo - version: 2.1\n"
                  "# name            <active_objs> <num_objs> <objsize> <objperslab> "
                  "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata "
                  "<active_slabs> <num_slabs> <sharedavail>\n");
    for (unsigned i = 0; i < MIN(rows.count, rows.room); i++)
        show(seq, &rows.row[i]);
    kfree(rows.row);
    return OK;
}
