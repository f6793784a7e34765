/*
 * procfs_mounts.c - /proc/PID/{mounts,mountinfo,mountstats}: what is mounted below the
 * process's root (proc_pid_mounts(5), proc_pid_mountinfo(5)).
 *
 * mount_for_each calls back under its lock, so names are made afterwards, from a list of
 * references.
 */
#include "base/string.h"
#include "fs/mount.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/procfs/procfs_internal.h"

struct shown {
    struct mount *mount; /* reference */
    uint64_t parent;     /* its number; the root of all is its own */
};

struct mounts {
    unsigned count, capacity;
    struct shown *at;
    bool full;
    struct path root; /* reference */
    char *name;       /* PATH_BYTES, for show */
};

static void collect(void *arg, struct mount *mount)
{
    struct mounts *m = arg;
    struct mount *on = mount->point.mount;

    m->full |= m->count == m->capacity;
    if (m->full)
        return;
    m->at[m->count++] = (struct shown){mount_get(mount), on ? on->id : mount->id};
}

static void forget(struct mounts *m)
{
    while (m->count)
        mount_put(m->at[--m->count].mount);
    kfree(m->at);
    m->at = NULL;
}

static status_t collect_all(struct mounts *m)
{
    for (m->capacity = 16;; m->capacity *= 2) {
        m->at = kmalloc(m->capacity * sizeof(m->at[0]));
        if (!m->at)
            return ERR_NO_MEMORY;
        m->full = false;
        mount_for_each(collect, m);
        if (!m->full)
            return OK;
        forget(m);
    }
}

static const struct {
    unsigned flag;
    const char *text;
} option_names[] = {
    {MOUNT_NOSUID, ",nosuid"},         {MOUNT_NODEV, ",nodev"},
    {MOUNT_NOEXEC, ",noexec"},         {MOUNT_NOATIME, ",noatime"},
    {MOUNT_NODIRATIME, ",nodiratime"}, {MOUNT_NOSYMFOLLOW, ",nosymfollow"},
};

static void show_flags(struct seq *seq, const struct mount *mount)
{
    for (size_t i = 0; i < countof(option_names); i++)
        if (mount_has(mount, option_names[i].flag))
            seq_puts(seq, option_names[i].text);
    if (!mount_has(mount, MOUNT_NOATIME | MOUNT_STRICTATIME))
        seq_puts(seq, ",relatime");
}

static void show_fs_options(struct seq *seq, struct filesystem *fs)
{
    if (fs->show_options)
        fs->show_options(fs, seq);
}

/* What would part fields is in octal. */
static void show_escaped(struct seq *seq, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\\')
            seq_printf(seq, "\\%03o", (unsigned char)text[i]);
        else
            seq_put(seq, &text[i], 1);
}

typedef void show_fn(struct seq *seq, struct mounts *m, const struct shown *s, size_t length);

static void show_source(struct seq *seq, const struct mount *mount)
{
    show_escaped(seq, mount->source, strlen(mount->source));
}

static void show_line(struct seq *seq, struct mounts *m, const struct shown *s, size_t length)
{
    struct mount *mount = s->mount;

    show_source(seq, mount);
    seq_puts(seq, " ");
    show_escaped(seq, m->name, length);
    seq_printf(seq, " %s %s", mount->fs->type, mount_is_read_only(mount) ? "ro" : "rw");
    show_flags(seq, mount);
    show_fs_options(seq, mount->fs);
    seq_puts(seq, " 0 0\n");
}

static void show_stats(struct seq *seq, struct mounts *m, const struct shown *s, size_t length)
{
    seq_puts(seq, "device ");
    show_source(seq, s->mount);
    seq_puts(seq, " mounted on ");
    show_escaped(seq, m->name, length);
    seq_printf(seq, " with fstype %s\n", s->mount->fs->type);
}

static void show_root(struct seq *seq, const struct mount *mount)
{
    char *text = kmalloc(PATH_BYTES);
    size_t length;

    if (text && mount_root_name(mount, text, PATH_BYTES, &length) == OK)
        show_escaped(seq, text, length);
    else
        seq->failed = true;
    kfree(text);
}

static void show_info(struct seq *seq, struct mounts *m, const struct shown *s, size_t length)
{
    struct mount *mount = s->mount;
    dev_t_ dev = mount->fs->dev;

    seq_printf(seq, "%lu %lu %u:%u ", (unsigned long)mount->id, (unsigned long)s->parent,
               (unsigned)(dev >> 20), (unsigned)(dev & 0xfffff));
    show_root(seq, mount);
    seq_puts(seq, " ");
    show_escaped(seq, m->name, length);
    seq_puts(seq, mount_has(mount, MOUNT_READ_ONLY) ? " ro" : " rw");
    show_flags(seq, mount);
    if (mount_has(mount, MOUNT_UNBINDABLE))
        seq_puts(seq, " unbindable");
    seq_printf(seq, " - %s ", mount->fs->type);
    show_source(seq, mount);
    seq_puts(seq, atomic_load(&mount->fs->read_only) ? " ro" : " rw");
    show_fs_options(seq, mount->fs);
    seq_puts(seq, "\n");
}

/* Mounts that are not below the root are not to be seen. */
static void show_all(struct seq *seq, struct mounts *m, show_fn *show)
{
    for (unsigned i = 0; i < m->count; i++) {
        struct path place = {m->at[i].mount, m->at[i].mount->root};
        size_t length;

        if (path_is_below(&place, &m->root) &&
            path_name(&m->root, &place, m->name, PATH_BYTES, &length) == OK)
            show(seq, m, &m->at[i], length);
    }
}

static status_t show_mounts(struct inode *inode, struct seq *seq, show_fn *show)
{
    struct mounts m = {.name = kmalloc(PATH_BYTES)};
    status_t st = m.name ? proc_root(inode, &m.root) : ERR_NO_MEMORY;

    if (st == OK)
        st = collect_all(&m);
    if (st == OK)
        show_all(seq, &m, show);
    forget(&m);
    path_put(&m.root);
    kfree(m.name);
    return st;
}

status_t proc_show_mounts(struct inode *inode, struct seq *seq)
{
    return show_mounts(inode, seq, show_line);
}

status_t proc_show_mountinfo(struct inode *inode, struct seq *seq)
{
    return show_mounts(inode, seq, show_info);
}

status_t proc_show_mountstats(struct inode *inode, struct seq *seq)
{
    return show_mounts(inode, seq, show_stats);
}
