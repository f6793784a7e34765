/*
 * procfs_memory.c - /proc/PID/{maps,cmdline,environ,auxv}: what is in a process's memory.
 */
#include "base/string.h"
#include "hal/mmu.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/procfs/procfs_internal.h"

enum { STRINGS_MAX = 2 << 20, PATH_COLUMN = 73 };

/* Whether to go on after these. */
typedef bool show_bytes(struct seq *seq, const char *bytes, size_t size);

static bool show_all(struct seq *seq, const char *bytes, size_t size)
{
    seq_put(seq, bytes, size);
    return true;
}

static bool show_string(struct seq *seq, const char *bytes, size_t size)
{
    const char *end = memchr(bytes, '\0', size);

    seq_put(seq, bytes, end ? (size_t)(end - bytes) + 1 : size);
    return !end;
}

/* Part of the process's memory, as far as it is there. */
static void show_memory(struct aspace *as, user_addr_t start, user_addr_t end, show_bytes *show,
                        struct seq *seq)
{
    struct user_access ua = {.aspace = as};
    char bytes[256];

    end = MIN(end, start + STRINGS_MAX);
    while (start < end) {
        size_t part = MIN(end - start, sizeof(bytes));

        if (copy_from_user(&ua, bytes, start, part) != OK || !show(seq, bytes, part))
            break;
        start += part;
    }
}

/* It wrote a title over its arguments, and on over its environment (setproctitle): where their
 * last byte was. */
static bool has_title(struct aspace *as, const struct linux_layout *layout)
{
    struct user_access ua = {.aspace = as};
    char last = '\0';

    return layout->arg_start < layout->arg_end && layout->arg_end == layout->env_start &&
           copy_from_user(&ua, &last, layout->arg_end - 1, 1) == OK && last != '\0';
}

static void show_arguments(struct aspace *as, const struct linux_layout *layout,
                           struct seq *seq)
{
    if (has_title(as, layout))
        show_memory(as, layout->arg_start, layout->arg_start + PAGE_SIZE, show_string, seq);
    else
        show_memory(as, layout->arg_start, layout->arg_end, show_all, seq);
}

static status_t show_range(struct inode *inode, bool environment, struct seq *seq)
{
    struct linux_layout layout;
    struct linux_process *lp;
    struct aspace *as;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        layout = lp->layout;
    }
    as = lp->process ? process_aspace(lp->process) : NULL;
    if (as && environment)
        show_memory(as, layout.env_start, layout.env_end, show_all, seq);
    else if (as)
        show_arguments(as, &layout, seq);
    aspace_put(as);
    linux_process_put(lp);
    return OK;
}

status_t proc_show_cmdline(struct inode *inode, struct seq *seq)
{
    return show_range(inode, false, seq);
}

status_t proc_show_environ(struct inode *inode, struct seq *seq)
{
    return show_range(inode, true, seq);
}

/* What a mapping is of, where that can be told. */
static const char *name_of(const struct mapping_info *info, const struct linux_layout *layout)
{
    if (info->vmo->name)
        return info->vmo->name;
    if (info->base < layout->brk && info->base + info->size > layout->brk_start)
        return "[heap]";
    if (layout->stack_top > info->base && layout->stack_top <= info->base + info->size)
        return "[stack]";
    return NULL;
}

/* What the kernel put into all processes is shared by them, which is none of their business. */
static bool shown_as_shared(const struct mapping_info *info)
{
    return info->flags & MAPPING_SHARED && !(info->vmo->name && info->vmo->name[0] == '[');
}

/* The file's device and number; 0 where there is none. */
static void show_file(const struct proc_mapping *m, struct seq *seq)
{
    struct inode_attr attr = {.ino = 0};
    dev_t_ dev = 0;

    if (m->origin) {
        struct inode *inode = mapping_origin_path(m->origin)->dentry->inode;

        inode_attr_get(inode, &attr);
        dev = inode->fs->dev;
    }
    seq_printf(seq, "%02x:%02x %lu ", (unsigned)(dev >> 20), (unsigned)(dev & 0xfffff),
               (unsigned long)attr.ino);
}

static void show_name(const char *name, size_t width, struct seq *seq)
{
    seq_printf(seq, "%*s%s", (int)(PATH_COLUMN - MIN(width, (size_t)PATH_COLUMN)), "", name);
}

/* A newline would be taken for the end of the entry. */
static void escape(char *name)
{
    for (char *at = name; (at = strchr(at, '\n'));)
        *at = '?';
}

static void show_path(const struct proc_mapping *m, size_t width, struct seq *seq)
{
    char *name = kmalloc(PATH_BYTES);
    size_t length;

    if (name && path_name(m->root, mapping_origin_path(m->origin), name, PATH_BYTES - 1,
                          &length) == OK) {
        name[length] = '\0';
        escape(name);
        show_name(name, width, seq);
    }
    kfree(name);
}

/* In the file: a private mapping is of a clone that begins where it does. */
static uint64_t offset_of(const struct proc_mapping *m)
{
    return m->info.offset + (m->origin && m->info.vmo->parent ? m->info.vmo->parent_offset : 0);
}

void proc_show_mapping(const struct proc_mapping *m, struct seq *seq)
{
    const struct mapping_info *info = &m->info;
    const char *name = name_of(info, m->layout);
    size_t before = seq->size;

    seq_printf(seq, "%08lx-%08lx %c%c%c%c %08lx ", (unsigned long)info->base,
               (unsigned long)(info->base + info->size), info->prot & HAL_PROT_READ ? 'r' : '-',
               info->prot & HAL_PROT_WRITE ? 'w' : '-', info->prot & HAL_PROT_EXEC ? 'x' : '-',
               shown_as_shared(info) ? 's' : 'p', (unsigned long)offset_of(m));
    show_file(m, seq);
    if (m->origin)
        show_path(m, seq->size - before, seq);
    else if (name)
        show_name(name, seq->size - before, seq);
    seq_puts(seq, "\n");
}

static void each_of(struct aspace *as, struct proc_mapping *m, proc_mapping_fn *each, void *arg)
{
    for (user_addr_t at = 0; aspace_next_mapping(as, at, &m->info) == OK;) {
        m->origin = aspace_origin(as, m->info.base);
        each(m, arg);
        at = m->info.base + m->info.size;
        mapping_origin_put(m->origin);
        vmo_put(m->info.vmo);
    }
}

status_t proc_each_mapping(struct inode *inode, proc_mapping_fn *each, void *arg)
{
    struct linux_layout layout;
    struct linux_process *lp;
    struct aspace *as;
    struct path root;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        layout = lp->layout;
    }
    as = lp->process ? process_aspace(lp->process) : NULL;
    if (as && proc_root(inode, &root) == OK) {
        each_of(as, &(struct proc_mapping){.layout = &layout, .root = &root}, each, arg);
        path_put(&root);
    }
    aspace_put(as);
    linux_process_put(lp);
    return OK;
}

static void show_line(const struct proc_mapping *m, void *seq)
{
    proc_show_mapping(m, seq);
}

status_t proc_show_maps(struct inode *inode, struct seq *seq)
{
    return proc_each_mapping(inode, show_line, seq);
}

/* As the program found it, up to the end mark. */
status_t proc_show_auxv(struct inode *inode, struct seq *seq)
{
    uint64_t auxv[2 * AUXV_PAIRS];
    struct linux_process *lp;
    size_t at = 0;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        memcpy(auxv, lp->layout.auxv, sizeof(auxv));
    }
    linux_process_put(lp);
    if (!auxv[0])
        return OK;
    while (auxv[at])
        at += 2;
    seq_put(seq, auxv, (at + 2) * sizeof(auxv[0]));
    return OK;
}
