/*
 * procfs_limits.c - /proc/PID/{limits,io}: what a process may use, and what it read and wrote.
 */
#include "base/string.h"
#include "personality/linux/procfs/procfs_internal.h"

static void show_limit(struct seq *seq, uint64_t value)
{
    if (value == UINT64_MAX)
        seq_printf(seq, "%-20s ", "unlimited");
    else
        seq_printf(seq, "%-20lu ", (unsigned long)value);
}

status_t proc_show_limits(struct inode *inode, struct seq *seq)
{
    static const struct {
        const char *name, *unit;
    } names[RLIMITS] = {
        {"Max cpu time", "seconds"},     {"Max file size", "bytes"},
        {"Max data size", "bytes"},      {"Max stack size", "bytes"},
        {"Max core file size", "bytes"}, {"Max resident set", "bytes"},
        {"Max processes", "processes"},  {"Max open files", "files"},
        {"Max locked memory", "bytes"},  {"Max address space", "bytes"},
        {"Max file locks", "locks"},     {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},  {"Max nice priority", ""},
        {"Max realtime priority", ""},   {"Max realtime timeout", "us"},
    };
    struct rlimit limits[RLIMITS];
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        memcpy(limits, lp->limits, sizeof(limits));
    }
    linux_process_put(lp);
    seq_printf(seq, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (unsigned i = 0; i < RLIMITS; i++) {
        seq_printf(seq, "%-25s ", names[i].name);
        show_limit(seq, limits[i].soft);
        show_limit(seq, limits[i].hard);
        seq_printf(seq, "%-10s\n", names[i].unit);
    }
    return OK;
}

/* There is no storage below, so nothing came from it or went to it. */
status_t proc_show_io(struct inode *inode, struct seq *seq)
{
    struct linux_process *lp;
    struct usage u;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    usage_of_process(lp, &u);
    usage_add(&u, &lp->waited);
    linux_process_put(lp);
    seq_printf(seq, "rchar: %lu\nwchar: %lu\nsyscr: %lu\nsyscw: %lu\n",
               (unsigned long)u.read_bytes, (unsigned long)u.written_bytes,
               (unsigned long)u.reads, (unsigned long)u.writes);
    seq_puts(seq, "read_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
    return OK;
}
