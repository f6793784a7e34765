/*
 * procfs_memory.c - /proc/PID/{maps,cmdline,environ,auxv}: what is in a process's memory.
 */
#include "base/string.h"
#include "hal/mmu.h"
#include "personality/linux/procfs/procfs_internal.h"

enum { STRINGS_MAX = 2 << 20, PATH_COLUMN = 73 };

/* Part of the process's memory, as far as it is there. */
static void show_memory(struct linux_process *lp, user_addr_t start, user_addr_t end,
                        struct seq *seq)
{
    struct aspace *as = lp->process ? process_aspace(lp->process) : NULL;
    struct user_access ua = {.aspace = as};
    char bytes[256];

    end = MIN(end, start + STRINGS_MAX);
    while (as && start < end) {
        size_t part = MIN(end - start, sizeof(bytes));

        if (copy_from_user(&ua, bytes, start, part) != OK)
            break;
        seq_put(seq, bytes, part);
        start += part;
    }
    aspace_put(as);
}

static status_t show_range(struct inode *inode, bool environment, struct seq *seq)
{
    struct linux_layout layout;
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        layout = lp->layout;
    }
    if (environment)
        show_memory(lp, layout.env_start, layout.env_end, seq);
    else
        show_memory(lp, layout.arg_start, layout.arg_end, seq);
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

void proc_show_mapping(const struct mapping_info *info, const struct linux_layout *layout,
                       struct seq *seq)
{
    const char *name = name_of(info, layout);
    size_t before = seq->size;

    seq_printf(seq, "%08lx-%08lx %c%c%c%c %08lx 00:00 0 ", (unsigned long)info->base,
               (unsigned long)(info->base + info->size), info->prot & HAL_PROT_READ ? 'r' : '-',
               info->prot & HAL_PROT_WRITE ? 'w' : '-', info->prot & HAL_PROT_EXEC ? 'x' : '-',
               shown_as_shared(info) ? 's' : 'p', (unsigned long)info->offset);
    if (name)
        seq_printf(seq, "%*s%s",
                   (int)(PATH_COLUMN - MIN(seq->size - before, (size_t)PATH_COLUMN)), "", name);
    seq_puts(seq, "\n");
}

status_t proc_each_mapping(struct inode *inode, proc_mapping_fn *each, void *arg)
{
    struct linux_layout layout;
    struct mapping_info info;
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
    for (user_addr_t at = 0; as && aspace_next_mapping(as, at, &info) == OK;) {
        each(&info, &layout, arg);
        at = info.base + info.size;
        vmo_put(info.vmo);
    }
    aspace_put(as);
    linux_process_put(lp);
    return OK;
}

static void show_line(const struct mapping_info *info, const struct linux_layout *layout,
                      void *seq)
{
    proc_show_mapping(info, layout, seq);
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
