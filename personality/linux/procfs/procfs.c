/*
 * procfs.c - the root of /proc: the system's files, a directory for each process, and "self".
 */
#include "personality/linux/procfs/procfs.h"

#include "base/format.h"
#include "base/string.h"
#include "fs/fstype.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/procfs/procfs_internal.h"

enum { PROC_SUPER_MAGIC = 0x9fa0, INO_SELF = 2, INO_SYSTEM = 16 };

/* Cursors of the root: the system's files, then the links, then pids. */
enum { CURSOR_SELF = 1 << 16, CURSOR_PIDS = 1 << 17 };

enum { PID_BITS = 24 }; /* of an inode's data; the rest is the koid's */

static uint64_t koid_of(struct linux_process *lp)
{
    return lp->process ? lp->process->object.koid : PROC_KOID_INIT;
}

static uintptr_t pack(struct linux_process *lp)
{
    return (uintptr_t)(koid_of(lp) << PID_BITS | (uint32_t)lp->pid);
}

uint64_t proc_ino(struct linux_process *lp, uint32_t index)
{
    return koid_of(lp) << PROC_INO_BITS | index;
}

status_t proc_process(struct inode *inode, struct linux_process **out)
{
    uintptr_t data = (uintptr_t)inode->data;
    struct linux_process *lp = linux_process_find((pid_t_)(data & ((1u << PID_BITS) - 1)));

    if (!lp)
        return ERR_NO_PROCESS;
    if (pack(lp) != data) {
        linux_process_put(lp);
        return ERR_NO_PROCESS;
    }
    *out = lp;
    return OK;
}

status_t procfs_process(struct file *file, struct linux_process **out)
{
    if (!file->inode || !gen_inode_is(file->inode, &proc_pid_dir_ops))
        return ERR_BAD_FD;
    return proc_process(file->inode, out);
}

static status_t pid_inode(struct filesystem *fs, struct linux_process *lp, uint32_t index,
                          enum inode_type type, uint32_t mode, const struct gen_ops *ops,
                          struct inode **out)
{
    uint32_t uid, gid;

    {
        SPIN_GUARD(&lp->lock);
        uid = lp->cred.euid;
        gid = lp->cred.egid;
    }
    return gen_inode_create(fs, proc_ino(lp, index), type, mode, uid, gid, ops,
                            (void *)pack(lp), out);
}

void proc_owner_attr(struct inode *inode, struct inode_attr *attr)
{
    struct linux_process *lp;

    if (proc_process(inode, &lp) != OK)
        return;
    {
        SPIN_GUARD(&lp->lock);
        attr->uid = lp->cred.euid;
        attr->gid = lp->cred.egid;
    }
    linux_process_put(lp);
}

status_t proc_inode_create(struct inode *dir, struct linux_process *lp, uint32_t index,
                           enum inode_type type, uint32_t mode, const struct gen_ops *ops,
                           struct inode **out)
{
    return pid_inode(dir->fs, lp, index, type, mode, ops, out);
}

status_t proc_lookup_among(struct inode *dir, const struct gen_entry *table, unsigned count,
                           uint32_t index, struct name name, struct inode **out)
{
    const struct gen_entry *e = gen_find(table, count, name);
    struct linux_process *lp;
    status_t st;

    if (!e || proc_process(dir, &lp) != OK)
        return ERR_NOT_FOUND;
    st = proc_inode_create(dir, lp, index + (uint32_t)(e - table), e->type, e->mode, e->ops,
                           out);
    linux_process_put(lp);
    return st;
}

struct linux_thread *proc_caller(void)
{
    return linux_caller();
}

static status_t give_text(const char *text, char *buf, size_t size, size_t *length)
{
    *length = MIN(strlen(text), size);
    memcpy(buf, text, *length);
    return OK;
}

static status_t self_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    struct linux_thread *lt = proc_caller();
    char text[16];

    (void)inode;
    if (!lt)
        return ERR_NOT_FOUND;
    format(text, sizeof(text), "%d", lt->process->pid);
    return give_text(text, buf, size, length);
}

static status_t thread_self_readlink(struct inode *inode, char *buf, size_t size,
                                     size_t *length)
{
    struct linux_thread *lt = proc_caller();
    char text[40];

    (void)inode;
    if (!lt)
        return ERR_NOT_FOUND;
    format(text, sizeof(text), "%d/task/%d", lt->process->pid, lt->tid);
    return give_text(text, buf, size, length);
}

static const struct gen_ops self_ops = {.readlink = self_readlink};
static const struct gen_ops thread_self_ops = {.readlink = thread_self_readlink};
static const struct gen_entry links[] = {
    {"self", INODE_SYMLINK, 0777, &self_ops},
    {"thread-self", INODE_SYMLINK, 0777, &thread_self_ops},
};

/* A name of digits only, without zeros in front; 0: it is no pid. */
static pid_t_ pid_of_name(struct name name)
{
    uint32_t pid = 0;

    if (!name.size || name.size > 7 || name.text[0] == '0')
        return 0;
    for (size_t i = 0; i < name.size; i++) {
        if (name.text[i] < '0' || name.text[i] > '9')
            return 0;
        pid = pid * 10 + (uint32_t)(name.text[i] - '0');
    }
    return (pid_t_)pid;
}

/* An entry of a table: its number counts from `ino`. */
static status_t entry_inode(struct inode *dir, const struct gen_entry *table,
                            const struct gen_entry *e, uint64_t ino, struct inode **out)
{
    return gen_inode_create(dir->fs, ino + (uint64_t)(e - table), e->type, e->mode, 0, 0,
                            e->ops, NULL, out);
}

static status_t root_lookup(struct inode *dir, struct name name, struct inode **out)
{
    const struct gen_entry *e = gen_find(proc_system_entries, proc_system_count, name);
    struct linux_process *lp;
    pid_t_ pid;
    status_t st;

    if (e)
        return entry_inode(dir, proc_system_entries, e, INO_SYSTEM, out);
    e = gen_find(links, countof(links), name);
    if (e)
        return entry_inode(dir, links, e, INO_SELF, out);
    pid = pid_of_name(name);
    lp = pid ? linux_process_find(pid) : NULL;
    if (!lp)
        return ERR_NOT_FOUND;
    st = pid_inode(dir->fs, lp, 0, INODE_DIR, 0555, &proc_pid_dir_ops, out);
    linux_process_put(lp);
    return st;
}

/* The process with the smallest pid from `from` on: a reference, or NULL. */
static struct linux_process *next_process(pid_t_ from)
{
    SPIN_GUARD(&family_lock);
    struct linux_process *best = NULL;

    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp->pid >= from && (!best || lp->pid < best->pid))
            best = lp;
    }
    return best ? linux_process_get(best) : NULL;
}

static bool list_pids(uint64_t *at,
                      bool (*emit)(void *arg, struct name name, uint64_t ino,
                                   enum inode_type type, uint64_t next),
                      void *arg)
{
    struct linux_process *lp;

    if (*at < CURSOR_PIDS)
        *at = CURSOR_PIDS;
    while ((lp = next_process((pid_t_)(*at - CURSOR_PIDS))) != NULL) {
        uint64_t next = CURSOR_PIDS + (uint64_t)lp->pid + 1;
        char text[16];
        int size = format(text, sizeof(text), "%d", lp->pid);
        bool taken =
            emit(arg, (struct name){text, (size_t)size}, proc_ino(lp, 0), INODE_DIR, next);

        linux_process_put(lp);
        if (!taken)
            return false;
        *at = next;
    }
    return true;
}

static status_t root_readdir(struct inode *dir, uint64_t *at,
                             bool (*emit)(void *arg, struct name name, uint64_t ino,
                                          enum inode_type type, uint64_t next),
                             void *arg)
{
    (void)dir;
    if (*at < proc_system_count &&
        !gen_list(proc_system_entries, proc_system_count, 0, INO_SYSTEM, at, emit, arg))
        return OK;
    if (*at < CURSOR_SELF)
        *at = CURSOR_SELF;
    if (*at < CURSOR_SELF + countof(links) &&
        !gen_list(links, countof(links), CURSOR_SELF, INO_SELF, at, emit, arg))
        return OK;
    list_pids(at, emit, arg);
    return OK;
}

static const struct gen_ops root_ops = {.lookup = root_lookup, .readdir = root_readdir};

status_t procfs_create(struct filesystem **out)
{
    return genfs_create("proc", PROC_SUPER_MAGIC, &root_ops, NULL, out);
}

static status_t create_to_mount(const char *options, struct filesystem **out)
{
    return *options ? ERR_INVALID_ARGS : procfs_create(out);
}

status_t procfs_register(void)
{
    static struct fs_type proc = {.name = "proc", .create = create_to_mount};

    return fs_type_register(&proc);
}
