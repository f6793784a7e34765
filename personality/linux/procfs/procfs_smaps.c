/*
 * procfs_smaps.c - /proc/PID/{smaps,smaps_rollup}: what each mapping takes
 * (proc_pid_smaps(5)).
 *
 * Pages count for the mapping whose VMO has them; those that come from a file, or a parent, and
 * were only read are the file's. What a fork left shared is counted as each side's own.
 */
#include "hal/mmu.h"
#include "personality/linux/procfs/procfs_internal.h"

struct memory_use {
    uint64_t rss, shared, locked; /* bytes; `shared` is part of rss */
    user_addr_t start, end;       /* of all mappings */
};

/* Bytes of the mapping that its VMO has pages for. */
static uint64_t resident(const struct mapping_info *info)
{
    uint64_t at = info->offset >> PAGE_SHIFT, end = at + (info->size >> PAGE_SHIFT), pages = 0;

    while (at < end) {
        uint64_t first = vmo_find_page(info->vmo, at, end, true);

        at = vmo_find_page(info->vmo, first, end, false);
        pages += at - first;
    }
    return pages << PAGE_SHIFT;
}

static void show_kb(struct seq *seq, const char *name, uint64_t bytes)
{
    seq_printf(seq, "%-15s %8lu kB\n", name, (unsigned long)(bytes >> 10));
}

static void show_usage(struct seq *seq, const struct memory_use *u)
{
    show_kb(seq, "Rss:", u->rss);
    show_kb(seq, "Pss:", u->rss);
    show_kb(seq, "Shared_Clean:", 0);
    show_kb(seq, "Shared_Dirty:", u->shared);
    show_kb(seq, "Private_Clean:", 0);
    show_kb(seq, "Private_Dirty:", u->rss - u->shared);
    show_kb(seq, "Referenced:", u->rss);
    show_kb(seq, "Anonymous:", u->rss - u->shared);
    show_kb(seq, "Swap:", 0);
    show_kb(seq, "SwapPss:", 0);
    show_kb(seq, "Locked:", u->locked);
}

static void measure(const struct mapping_info *info, struct memory_use *u)
{
    uint64_t bytes = resident(info);

    if (!u->end)
        u->start = info->base;
    u->end = info->base + info->size;
    u->rss += bytes;
    if (info->flags & MAPPING_SHARED)
        u->shared += bytes;
    if (info->flags & MAPPING_LOCKED)
        u->locked += bytes;
}

struct flag_name {
    unsigned flag;
    const char *name;
};

static void show_names(struct seq *seq, unsigned flags, const struct flag_name *names,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (flags & names[i].flag)
            seq_printf(seq, "%s ", names[i].name);
}

static void show_flags(const struct mapping_info *info, struct seq *seq)
{
    static const struct flag_name prots[] = {{HAL_PROT_READ, "rd"},
                                             {HAL_PROT_WRITE, "wr"},
                                             {HAL_PROT_EXEC, "ex"}},
                                  maxima[] = {{HAL_PROT_READ, "mr"},
                                              {HAL_PROT_WRITE, "mw"},
                                              {HAL_PROT_EXEC, "me"}},
                                  flags[] = {{MAPPING_SHARED, "sh"},
                                             {MAPPING_LOCKED, "lo"},
                                             {MAPPING_DONTFORK, "dc"},
                                             {MAPPING_WIPEONFORK, "wf"}};

    seq_puts(seq, "VmFlags: ");
    show_names(seq, info->prot, prots, countof(prots));
    show_names(seq, info->max_prot, maxima, countof(maxima));
    show_names(seq, info->flags, flags, countof(flags));
    seq_puts(seq, "\n");
}

static void show_one(const struct proc_mapping *m, void *arg)
{
    const struct mapping_info *info = &m->info;
    struct seq *seq = arg;
    struct memory_use u = {0};

    measure(info, &u);
    proc_show_mapping(m, seq);
    show_kb(seq, "Size:", info->size);
    show_kb(seq, "KernelPageSize:", PAGE_SIZE);
    show_kb(seq, "MMUPageSize:", PAGE_SIZE);
    show_usage(seq, &u);
    show_flags(info, seq);
}

status_t proc_show_smaps(struct inode *inode, struct seq *seq)
{
    return proc_each_mapping(inode, show_one, seq);
}

static void add_one(const struct proc_mapping *m, void *arg)
{
    measure(&m->info, arg);
}

status_t proc_show_smaps_rollup(struct inode *inode, struct seq *seq)
{
    struct memory_use u = {0};
    status_t st = proc_each_mapping(inode, add_one, &u);

    if (st != OK || !u.end)
        return st;
    seq_printf(seq, "%08lx-%08lx ---p 00000000 00:00 0 %*s[rollup]\n", (unsigned long)u.start,
               (unsigned long)u.end, 23, "");
    show_usage(seq, &u);
    return OK;
}
