/*
 * procfs_system.c - /proc's files about the whole system: memory, CPUs, time, version
 * (proc(5)).
 */
#include "base/format.h"
#include "base/string.h"
#include "co/executor.h"
#include "fs/chardev.h"
#include "fs/fstype.h"
#include "hal/cpu.h"
#include "hal/time.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "personality/linux/load.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/procfs/procfs_internal.h"
#include "personality/linux/uts.h"

static status_t show_meminfo(struct inode *inode, struct seq *seq)
{
    struct page_stats pages;
    unsigned long total, free;

    (void)inode;
    page_stats_read(&pages);
    total = pages.total << (PAGE_SHIFT - 10);
    free = pages.free << (PAGE_SHIFT - 10);
    seq_printf(seq,
               "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n",
               total, free, free);
    seq_puts(seq, "Buffers:               0 kB\nCached:                0 kB\nSwapCached:       "
                  "     0 kB\n"
                  "SwapTotal:             0 kB\nSwapFree:              0 kB\nShmem:            "
                  "     0 kB\n"
                  "SReclaimable:          0 kB\n");
    seq_printf(seq, "Slab:           %8lu kB\nKernelStack:           0 kB\n",
               (unsigned long)slab_bytes() >> 10);
    return OK;
}

static status_t show_cpuinfo(struct inode *inode, struct seq *seq)
{
    (void)inode;
    for (unsigned cpu = 0; cpu < hal_cpu_count(); cpu++) {
        seq_printf(seq, "processor\t: %u\n", cpu);
        isa_show_cpu(seq, cpu, hal_cpu_count());
        seq_puts(seq, "\n");
    }
    return OK;
}

/* And how long CPUs had nothing to do, all together. */
static status_t show_uptime(struct inode *inode, struct seq *seq)
{
    unsigned long now = (unsigned long)(hal_time_now() / (NS_PER_SEC / 100)), idle = 0;

    (void)inode;
    for (unsigned cpu = 0; cpu < hal_cpu_count(); cpu++) {
        struct executor_stats stats;

        executor_stats_read(cpu, &stats);
        idle += (unsigned long)(stats.idle / (NS_PER_SEC / 100));
    }
    seq_printf(seq, "%lu.%02lu %lu.%02lu\n", now / 100, now % 100, idle / 100, idle % 100);
    return OK;
}

static pid_t_ last_pid(void)
{
    SPIN_GUARD(&family_lock);

    return pid_last_locked();
}

static status_t show_loadavg(struct inode *inode, struct seq *seq)
{
    enum { ONE = 1 << LOAD_SHIFT };
    struct load_threads threads = load_threads_now();
    uint32_t averages[3];

    (void)inode;
    load_averages(averages);
    for (unsigned i = 0; i < 3; i++) {
        uint32_t rounded = averages[i] + ONE / 200;

        seq_printf(seq, "%u.%02u ", rounded / ONE, rounded % ONE * 100 / ONE);
    }
    seq_printf(seq, "%u/%u %d\n", threads.running, threads.all, last_pid());
    return OK;
}

static status_t show_version(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%s version %s %s\n", linux_uts.sysname, linux_uts.release,
               linux_uts.version);
    return OK;
}

static status_t show_filesystems(struct inode *inode, struct seq *seq)
{
    (void)inode;
    for (const struct fs_type *t = fs_type_next(NULL); t; t = fs_type_next(t))
        seq_printf(seq, "nodev\t%s\n", t->name);
    return OK;
}

struct cpu_time {
    uint64_t user, system, idle; /* ticks */
};

static struct cpu_time cpu_time(unsigned cpu, uint64_t *switches)
{
    const uint64_t tick = NS_PER_SEC / 100;
    struct executor_stats stats;
    time_ns_t busy, kernel;

    executor_stats_read(cpu, &stats);
    busy = MAX(hal_time_now() - stats.idle, (time_ns_t)0);
    kernel = MIN(stats.kernel, busy);
    *switches += stats.switches;
    return (struct cpu_time){(uint64_t)(busy - kernel) / tick, (uint64_t)kernel / tick,
                             (uint64_t)stats.idle / tick};
}

static void show_cpu_time(struct seq *seq, const char *name, const struct cpu_time *t)
{
    seq_printf(seq, "%s %lu 0 %lu %lu 0 0 0 0 0 0\n", name, (unsigned long)t->user,
               (unsigned long)t->system, (unsigned long)t->idle);
}

static status_t show_stat(struct inode *inode, struct seq *seq)
{
    struct cpu_time all = {0}, t;
    uint64_t switches = 0;
    char name[16];

    (void)inode;
    for (unsigned cpu = 0; cpu < hal_cpu_count(); cpu++) {
        t = cpu_time(cpu, &switches);
        all.user += t.user;
        all.system += t.system;
        all.idle += t.idle;
    }
    show_cpu_time(seq, "cpu ", &all);
    for (unsigned cpu = 0; cpu < hal_cpu_count(); cpu++) {
        t = cpu_time(cpu, &switches);
        format(name, sizeof(name), "cpu%u", cpu);
        show_cpu_time(seq, name, &t);
    }
    seq_printf(seq, "intr 0\nctxt %lu\nbtime %ld\n", (unsigned long)switches / 2,
               (long)((hal_time_realtime() - hal_time_now()) / NS_PER_SEC));
    seq_printf(seq, "processes %d\nprocs_running %u\nprocs_blocked 0\n", last_pid(),
               load_threads_now().running);
    return OK;
}

/* Of proc_vmstat(5), what there is: pages, and no paging. */
static status_t show_vmstat(struct inode *inode, struct seq *seq)
{
    struct page_stats pages;

    (void)inode;
    page_stats_read(&pages);
    seq_printf(seq, "nr_free_pages %lu\npgpgin 0\npgpgout 0\npswpin 0\npswpout 0\n",
               (unsigned long)pages.free);
    return OK;
}

static status_t show_swaps(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_puts(seq, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    return OK;
}

/* No block devices. */
static status_t show_partitions(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_puts(seq, "major minor  #blocks  name\n\n");
    return OK;
}

static status_t show_diskstats(struct inode *inode, struct seq *seq)
{
    (void)inode, (void)seq;
    return OK;
}

static status_t show_devices(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_puts(seq, "Character devices:\n");
    for (const struct chardev *dev = chardev_next(NULL); dev; dev = chardev_next(dev))
        if (dev->name)
            seq_printf(seq, "%3u %s\n", (unsigned)(dev->dev >> 20), dev->name);
    seq_puts(seq, "\nBlock devices:\n");
    return OK;
}

#define SHOWN(fn) (&(const struct gen_ops){.show = (fn)})

static status_t give_link(const char *text, char *buf, size_t size, size_t *length)
{
    *length = MIN(size, strlen(text));
    memcpy(buf, text, *length);
    return OK;
}

static status_t mounts_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    (void)inode;
    return give_link("self/mounts", buf, size, length);
}

static status_t net_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    (void)inode;
    return give_link("self/net", buf, size, length);
}

static const struct gen_ops mounts_ops = {.readlink = mounts_readlink};
static const struct gen_ops net_ops = {.readlink = net_readlink};

const struct gen_entry proc_system_entries[] = {
    {"cpuinfo", INODE_FILE, 0444, SHOWN(show_cpuinfo)},
    {"devices", INODE_FILE, 0444, SHOWN(show_devices)},
    {"diskstats", INODE_FILE, 0444, SHOWN(show_diskstats)},
    {"filesystems", INODE_FILE, 0444, SHOWN(show_filesystems)},
    {"loadavg", INODE_FILE, 0444, SHOWN(show_loadavg)},
    {"meminfo", INODE_FILE, 0444, SHOWN(show_meminfo)},
    {"mounts", INODE_SYMLINK, 0777, &mounts_ops},
    {"net", INODE_SYMLINK, 0777, &net_ops},
    {"partitions", INODE_FILE, 0444, SHOWN(show_partitions)},
    {"slabinfo", INODE_FILE, 0400, SHOWN(proc_show_slabs)},
    {"stat", INODE_FILE, 0444, SHOWN(show_stat)},
    {"swaps", INODE_FILE, 0444, SHOWN(show_swaps)},
    {"sys", INODE_DIR, 0555, &proc_sys_ops},
    {"sysvipc", INODE_DIR, 0555, &proc_ipc_dir_ops},
    {"uptime", INODE_FILE, 0444, SHOWN(show_uptime)},
    {"version", INODE_FILE, 0444, SHOWN(show_version)},
    {"vmstat", INODE_FILE, 0444, SHOWN(show_vmstat)},
    {"zcore", INODE_FILE, 0444, SHOWN(proc_show_counters)},
};
const unsigned proc_system_count = countof(proc_system_entries);
