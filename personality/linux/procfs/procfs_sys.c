/*
 * procfs_sys.c - /proc/sys: settings, which are what they are (proc(5), /proc/sys).
 */
#include "base/string.h"
#include "fs/pipe.h"
#include "hal/boot.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/process/thread_limit.h"
#include "personality/linux/procfs/procfs_internal.h"
#include "personality/linux/sysctl.h"
#include "personality/linux/uts.h"

#define SHOWN(fn) (&(const struct gen_ops){.show = (fn)})

static status_t show_ostype(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%s\n", linux_uts.sysname);
    return OK;
}

static status_t show_osrelease(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%s\n", linux_uts.release);
    return OK;
}

static status_t show_os_version(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%s\n", linux_uts.version);
    return OK;
}

static status_t show_hostname(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%s\n", linux_uts.nodename);
    return OK;
}

static status_t show_pid_max(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%u\n", (unsigned)PID_MAX);
    return OK;
}

static status_t show_threads_max(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%u\n", thread_limit_most());
    return OK;
}

/* The last capability, by number (capabilities(7)). */
static status_t show_cap_last_cap(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_puts(seq, "40\n");
    return OK;
}

static void show_uuid(struct seq *seq, unsigned char b[16])
{
    b[6] = (b[6] & 0x0f) | 0x40; /* version 4, random (RFC 4122) */
    b[8] = (b[8] & 0x3f) | 0x80;
    for (unsigned i = 0; i < 16; i++)
        seq_printf(seq, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
    seq_puts(seq, "\n");
}

static status_t show_random_uuid(struct inode *inode, struct seq *seq)
{
    unsigned char bytes[16];

    (void)inode;
    hal_entropy(bytes, sizeof(bytes));
    show_uuid(seq, bytes);
    return OK;
}

/* One for each boot, made when first asked for. */
static status_t show_boot_id(struct inode *inode, struct seq *seq)
{
    static struct spinlock lock;
    static unsigned char id[16]; /* guarded by lock */
    static bool made;
    unsigned char bytes[16];

    (void)inode;
    hal_entropy(bytes, sizeof(bytes));
    {
        SPIN_GUARD(&lock);
        if (!made)
            memcpy(id, bytes, sizeof(id));
        made = true;
        memcpy(bytes, id, sizeof(bytes));
    }
    show_uuid(seq, bytes);
    return OK;
}

static status_t show_entropy_avail(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_puts(seq, "256\n");
    return OK;
}

/* Memory is promised as long as there is address space (mmap(2), MAP_NORESERVE). */
static status_t show_overcommit_memory(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_puts(seq, "1\n");
    return OK;
}

static status_t show_nr_open(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%d\n", FD_MAX);
    return OK;
}

static status_t show_pipe_max_size(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%d\n", PIPE_CAPACITY_MAX);
    return OK;
}

/* proc(5): semaphores per set, in all, per call, sets. */
static status_t show_sem(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%d\t%d\t%d\t%lu\n", SEM_PER_SET_MAX, SEM_IN_ALL_MAX, SEM_OPS_MAX,
               (unsigned long)sysctl_get(SYSCTL_SEMMNI));
    return OK;
}

static status_t show_number(struct inode *inode, struct seq *seq)
{
    struct sysctl *s = inode->data;

    seq_printf(seq, "%lu\n", (unsigned long)atomic_load(&s->value));
    return OK;
}

static status_t store_number(struct inode *inode, const char *text, size_t size)
{
    return sysctl_store(inode->data, text, size);
}

static const struct gen_ops number_ops = {.show = show_number, .store = store_number};
static const struct gen_ops dir_ops;

#define NUMBER(name)                        \
    {                                       \
        name, INODE_FILE, 0644, &number_ops \
    }

static const struct gen_entry sys_entries[] = {
    {"fs", INODE_DIR, 0555, &dir_ops},
    {"kernel", INODE_DIR, 0555, &dir_ops},
    {"vm", INODE_DIR, 0555, &dir_ops},
};

static const struct gen_entry mqueue_entries[] = {
    NUMBER("msg_default"), NUMBER("msg_max"),    NUMBER("msgsize_default"),
    NUMBER("msgsize_max"), NUMBER("queues_max"),
};
static const struct gen_entry kernel_entries[] = {
    {"cap_last_cap", INODE_FILE, 0444, SHOWN(show_cap_last_cap)},
    {"hostname", INODE_FILE, 0444, SHOWN(show_hostname)},
    NUMBER("msgmax"),
    NUMBER("msgmnb"),
    NUMBER("msgmni"),
    {"osrelease", INODE_FILE, 0444, SHOWN(show_osrelease)},
    {"ostype", INODE_FILE, 0444, SHOWN(show_ostype)},
    {"pid_max", INODE_FILE, 0444, SHOWN(show_pid_max)},
    {"random", INODE_DIR, 0555, &dir_ops},
    {"sem", INODE_FILE, 0444, SHOWN(show_sem)},
    NUMBER("shmall"),
    NUMBER("shmmax"),
    NUMBER("shmmni"),
    {"threads-max", INODE_FILE, 0444, SHOWN(show_threads_max)},
    {"version", INODE_FILE, 0444, SHOWN(show_os_version)},
};
static const struct gen_entry random_entries[] = {
    {"boot_id", INODE_FILE, 0444, SHOWN(show_boot_id)},
    {"entropy_avail", INODE_FILE, 0444, SHOWN(show_entropy_avail)},
    {"uuid", INODE_FILE, 0444, SHOWN(show_random_uuid)},
};
static const struct gen_entry vm_entries[] = {
    NUMBER("max_map_count"),
    {"overcommit_memory", INODE_FILE, 0444, SHOWN(show_overcommit_memory)},
};
static const struct gen_entry fs_entries[] = {
    NUMBER("lease-break-time"),
    NUMBER("leases-enable"),
    {"mqueue", INODE_DIR, 0555, &dir_ops},
    {"nr_open", INODE_FILE, 0444, SHOWN(show_nr_open)},
    {"pipe-max-size", INODE_FILE, 0444, SHOWN(show_pipe_max_size)},
};

/* The directories, by names that are told apart; file numbers of each are a block of their own.
 * An inode's data is its directory; /proc/sys itself, which procfs.c makes, has none. */
enum { INO_FIRST = 1 << 10, INO_BLOCK = 1 << 6 };
static const struct sys_dir {
    const char *name;
    const struct gen_entry *entries;
    unsigned count;
} dirs[] = {
    {"sys", sys_entries, countof(sys_entries)},
    {"kernel", kernel_entries, countof(kernel_entries)},
    {"random", random_entries, countof(random_entries)},
    {"vm", vm_entries, countof(vm_entries)},
    {"fs", fs_entries, countof(fs_entries)},
    {"mqueue", mqueue_entries, countof(mqueue_entries)},
};

static const struct sys_dir *dir_of(const struct inode *inode)
{
    return inode->data ? inode->data : &dirs[0];
}

static uint64_t first_ino(const struct sys_dir *d)
{
    return INO_FIRST + (uint64_t)(d - dirs) * INO_BLOCK;
}

static const struct sys_dir *dir_named(const char *name)
{
    for (size_t i = 0; i < countof(dirs); i++)
        if (!strcmp(dirs[i].name, name))
            return &dirs[i];
    return NULL;
}

/* A directory's is its entries, a number's the setting. */
static void *data_of(const struct gen_entry *e)
{
    if (e->type == INODE_DIR)
        return (void *)dir_named(e->name);
    return e->ops == &number_ops ? sysctl_find(e->name) : NULL;
}

static status_t dir_lookup(struct inode *dir, struct name name, struct inode **out)
{
    const struct sys_dir *d = dir_of(dir);
    const struct gen_entry *e = gen_find(d->entries, d->count, name);

    if (!e)
        return ERR_NOT_FOUND;
    return gen_inode_create(dir->fs, first_ino(d) + (uint64_t)(e - d->entries), e->type,
                            e->mode, 0, 0, e->ops, data_of(e), out);
}

static status_t dir_readdir(struct inode *dir, uint64_t *at,
                            bool (*emit)(void *arg, struct name name, uint64_t ino,
                                         enum inode_type type, uint64_t next),
                            void *arg)
{
    const struct sys_dir *d = dir_of(dir);

    gen_list(d->entries, d->count, 0, first_ino(d), at, emit, arg);
    return OK;
}

static const struct gen_ops dir_ops = {.lookup = dir_lookup, .readdir = dir_readdir};
const struct gen_ops proc_sys_ops = {.lookup = dir_lookup, .readdir = dir_readdir};
