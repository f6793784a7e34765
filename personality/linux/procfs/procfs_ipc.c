/*
 * procfs_ipc.c - /proc/sysvipc: what there is of System V IPC (sysvipc(7)).
 */
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/procfs/procfs_internal.h"

enum { INO_IPC = 1 << 9 }; /* below those of /proc/sys */

static status_t show_msg(struct inode *inode, struct seq *seq)
{
    (void)inode;
    msg_show(seq);
    return OK;
}

static status_t show_sem(struct inode *inode, struct seq *seq)
{
    (void)inode;
    sem_show(seq);
    return OK;
}

static status_t show_shm(struct inode *inode, struct seq *seq)
{
    (void)inode;
    shm_show(seq);
    return OK;
}

static const struct gen_ops msg_ops = {.show = show_msg};
static const struct gen_ops sem_ops = {.show = show_sem};
static const struct gen_ops shm_ops = {.show = show_shm};
static const struct gen_entry entries[] = {
    {"msg", INODE_FILE, 0444, &msg_ops},
    {"sem", INODE_FILE, 0444, &sem_ops},
    {"shm", INODE_FILE, 0444, &shm_ops},
};

static status_t ipc_lookup(struct inode *dir, struct name name, struct inode **out)
{
    const struct gen_entry *e = gen_find(entries, countof(entries), name);

    if (!e)
        return ERR_NOT_FOUND;
    return gen_inode_create(dir->fs, INO_IPC + (uint64_t)(e - entries), e->type, e->mode, 0, 0,
                            e->ops, NULL, out);
}

static status_t ipc_readdir(struct inode *dir, uint64_t *at,
                            bool (*emit)(void *arg, struct name name, uint64_t ino,
                                         enum inode_type type, uint64_t next),
                            void *arg)
{
    (void)dir;
    gen_list(entries, countof(entries), 0, INO_IPC, at, emit, arg);
    return OK;
}

const struct gen_ops proc_ipc_dir_ops = {.lookup = ipc_lookup, .readdir = ipc_readdir};
