/*
 * procfs_mounts.c - /proc/PID/{mounts,mountinfo}: what is mounted where.
 *
 * mount_for_each calls back under its lock, so names are made afterwards, from a list of
 * references.
 */
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/procfs/procfs_internal.h"

enum { MOUNTS_MAX = 256 };

struct mounts {
    unsigned count;
    struct {
        struct path root; /* reference */
        unsigned parent;  /* its number */
    } at[MOUNTS_MAX];
};

/* Numbers count from 1, in order of mounting; 0: no parent among those we have. */
static unsigned number_of(const struct mounts *m, const struct mount *mount)
{
    for (unsigned i = 0; i < m->count; i++)
        if (m->at[i].root.mount == mount)
            return i + 1;
    return 0;
}

static void collect(void *arg, const struct mount *mount)
{
    struct mounts *m = arg;

    if (m->count == MOUNTS_MAX)
        return;
    m->at[m->count].parent = number_of(m, mount->parent);
    m->at[m->count].root = (struct path){(struct mount *)mount, mount->root};
    path_get(&m->at[m->count].root);
    m->count++;
}

typedef void show_fn(struct seq *seq, const struct mounts *m, unsigned index, const char *name);

static const char *options(const struct mount *mount)
{
    return mount->read_only || mount->fs->read_only ? "ro" : "rw";
}

static void show_line(struct seq *seq, const struct mounts *m, unsigned index, const char *name)
{
    const struct mount *mount = m->at[index].root.mount;

    seq_printf(seq, "%s %s %s %s 0 0\n", mount->fs->type, name, mount->fs->type,
               options(mount));
}

static void show_info(struct seq *seq, const struct mounts *m, unsigned index, const char *name)
{
    const struct mount *mount = m->at[index].root.mount;

    seq_printf(seq, "%u %u %u:%u / %s %s - %s %s %s\n", index + 1, m->at[index].parent,
               (unsigned)(mount->fs->dev >> 20), (unsigned)(mount->fs->dev & 0xfffff), name,
               options(mount), mount->fs->type, mount->fs->type, options(mount));
}

/* As seen from the root of all. */
static void show_all(struct seq *seq, const struct mounts *m, show_fn *show, char *name)
{
    for (unsigned i = 0; i < m->count; i++) {
        size_t length;

        if (path_name(&m->at[0].root, &m->at[i].root, name, PATH_BYTES - 1, &length) != OK)
            continue;
        name[length] = '\0';
        show(seq, m, i, name);
    }
}

static status_t show_mounts(struct seq *seq, show_fn *show)
{
    struct mounts *m = kzalloc(sizeof(*m));
    char *name = kmalloc(PATH_BYTES);
    status_t st = ERR_NO_MEMORY;

    if (m && name) {
        mount_for_each(collect, m);
        show_all(seq, m, show, name);
        for (unsigned i = 0; i < m->count; i++)
            path_put(&m->at[i].root);
        st = OK;
    }
    kfree(m);
    kfree(name);
    return st;
}

status_t proc_show_mounts(struct inode *inode, struct seq *seq)
{
    (void)inode;
    return show_mounts(seq, show_line);
}

status_t proc_show_mountinfo(struct inode *inode, struct seq *seq)
{
    (void)inode;
    return show_mounts(seq, show_info);
}
