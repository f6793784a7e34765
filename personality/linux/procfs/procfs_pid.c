/*
 * procfs_pid.c - /proc/PID and /proc/PID/task.
 */
#include "base/format.h"
#include "base/string.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/procfs/procfs_internal.h"

static status_t show_comm(struct inode *inode, struct seq *seq)
{
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    seq_printf(seq, "%s\n", lp->comm);
    linux_process_put(lp);
    return OK;
}

static status_t store_comm(struct inode *inode, const char *text, size_t size)
{
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        size = MIN(size, sizeof(lp->comm) - 1);
        memcpy(lp->comm, text, size);
        lp->comm[size] = '\0';
    }
    linux_process_put(lp);
    return OK;
}

#define SHOWN(fn) (&(const struct gen_ops){.show = (fn)})

static const struct gen_ops comm_ops = {.show = show_comm, .store = store_comm};
static const struct gen_ops task_dir_ops;

/* Their numbers are 1 and up in this order. Those of one thread come first: its directory has
 * no more. */
static const struct gen_entry entries[] = {
    {"stat", INODE_FILE, 0444, SHOWN(proc_show_stat)},
    {"statm", INODE_FILE, 0444, SHOWN(proc_show_statm)},
    {"status", INODE_FILE, 0444, SHOWN(proc_show_status)},
    {"comm", INODE_FILE, 0644, &comm_ops},
    {"cmdline", INODE_FILE, 0444, SHOWN(proc_show_cmdline)},
    {"environ", INODE_FILE, 0400, SHOWN(proc_show_environ)},
    {"maps", INODE_FILE, 0444, SHOWN(proc_show_maps)},
    {"smaps", INODE_FILE, 0444, SHOWN(proc_show_smaps)},
    {"smaps_rollup", INODE_FILE, 0444, SHOWN(proc_show_smaps_rollup)},
    {"auxv", INODE_FILE, 0400, SHOWN(proc_show_auxv)},
    {"limits", INODE_FILE, 0444, SHOWN(proc_show_limits)},
    {"io", INODE_FILE, 0400, SHOWN(proc_show_io)},
    {"mounts", INODE_FILE, 0444, SHOWN(proc_show_mounts)},
    {"mountinfo", INODE_FILE, 0444, SHOWN(proc_show_mountinfo)},
    {"mountstats", INODE_FILE, 0400, SHOWN(proc_show_mountstats)},
    {"cgroup", INODE_FILE, 0444, &proc_cgroup_ops},
    {"loginuid", INODE_FILE, 0444, &proc_login_ops},
    {"sessionid", INODE_FILE, 0444, &proc_login_ops},
    {"oom_score", INODE_FILE, 0444, &proc_oom_score_ops},
    {"oom_score_adj", INODE_FILE, 0644, &proc_oom_score_adj_ops},
    {"wchan", INODE_FILE, 0444, &proc_wchan_ops},
    {"personality", INODE_FILE, 0400, &proc_personality_ops},
    {"exe", INODE_SYMLINK, 0777, &proc_exe_ops},
    {"cwd", INODE_SYMLINK, 0777, &proc_cwd_ops},
    {"root", INODE_SYMLINK, 0777, &proc_root_ops},
    {"fd", INODE_DIR, 0500, &proc_fd_dir_ops},
    {"fdinfo", INODE_DIR, 0555, &proc_fdinfo_dir_ops},
    {"net", INODE_DIR, 0555, &proc_net_dir_ops},
    {"ns", INODE_DIR, 0511, &proc_ns_dir_ops},
    {"task", INODE_DIR, 0555, &task_dir_ops},
};
enum { ENTRIES = countof(entries), ENTRIES_OF_THREAD = ENTRIES - 1, INDEX_THREAD = 1 << 16 };

static status_t pid_lookup(struct inode *dir, struct name name, struct inode **out)
{
    return proc_lookup_among(dir, entries, ENTRIES, 1, name, out);
}

static status_t pid_readdir(struct inode *dir, uint64_t *at,
                            bool (*emit)(void *arg, struct name name, uint64_t ino,
                                         enum inode_type type, uint64_t next),
                            void *arg)
{
    gen_list(entries, ENTRIES, 0, dir->attr.ino + 1, at, emit, arg);
    return OK;
}

const struct gen_ops proc_pid_dir_ops = {
    .lookup = pid_lookup, .readdir = pid_readdir, .attr = proc_owner_attr};

/* A thread's files are those of its process. */
static status_t thread_lookup(struct inode *dir, struct name name, struct inode **out)
{
    uint32_t index = (uint32_t)dir->attr.ino & ((1u << PROC_INO_BITS) - 1);

    return proc_lookup_among(dir, entries, ENTRIES_OF_THREAD, index + 1, name, out);
}

static status_t thread_readdir(struct inode *dir, uint64_t *at,
                               bool (*emit)(void *arg, struct name name, uint64_t ino,
                                            enum inode_type type, uint64_t next),
                               void *arg)
{
    gen_list(entries, ENTRIES_OF_THREAD, 0, dir->attr.ino + 1, at, emit, arg);
    return OK;
}

static const struct gen_ops thread_dir_ops = {.lookup = thread_lookup,
                                              .readdir = thread_readdir};

/* The `nth` thread's tid; 0: there are not so many. */
static pid_t_ nth_thread(struct linux_process *lp, unsigned nth)
{
    pid_t_ tid = 0;

    if (!lp->process)
        return nth ? 0 : lp->pid;
    SPIN_GUARD(&lp->process->object.lock);
    list_for_each (it, &lp->process->threads) {
        struct linux_thread *lt = container_of(it, struct thread, process_link)->linux_;

        if (lt && nth-- == 0) {
            tid = lt->tid;
            break;
        }
    }
    return tid;
}

/* Threads get numbers by their place in the list, which is right until one of them ends. */
static uint32_t thread_index(unsigned nth)
{
    return INDEX_THREAD + nth % (PROC_INO_FD / 64 - INDEX_THREAD / 64) * 64;
}

static status_t task_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct linux_process *lp;
    status_t st = proc_process(dir, &lp);
    char text[16];
    pid_t_ tid;

    if (st != OK)
        return ERR_NOT_FOUND;
    st = ERR_NOT_FOUND;
    for (unsigned i = 0; st == ERR_NOT_FOUND && (tid = nth_thread(lp, i)) != 0; i++) {
        format(text, sizeof(text), "%d", tid);
        if (strlen(text) == name.size && !memcmp(text, name.text, name.size))
            st = proc_inode_create(dir, lp, thread_index(i), INODE_DIR, 0555, &thread_dir_ops,
                                   out);
    }
    linux_process_put(lp);
    return st;
}

static status_t task_readdir(struct inode *dir, uint64_t *at,
                             bool (*emit)(void *arg, struct name name, uint64_t ino,
                                          enum inode_type type, uint64_t next),
                             void *arg)
{
    struct linux_process *lp;
    char text[16];
    pid_t_ tid;

    if (proc_process(dir, &lp) != OK)
        return OK;
    for (; (tid = nth_thread(lp, (unsigned)*at)) != 0; ++*at) {
        int size = format(text, sizeof(text), "%d", tid);

        if (!emit(arg, (struct name){text, (size_t)size},
                  proc_ino(lp, thread_index((unsigned)*at)), INODE_DIR, *at + 1))
            break;
    }
    linux_process_put(lp);
    return OK;
}

static const struct gen_ops task_dir_ops = {.lookup = task_lookup, .readdir = task_readdir};
