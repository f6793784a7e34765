/*
 * procfs_net.c - /proc/PID/net: the sockets there are (proc(5)).
 */
#include "personality/linux/procfs/procfs_internal.h"
#include "personality/linux/socket/socket.h"

enum { INDEX_NET = 1 << 12 }; /* below those of threads */

static status_t show_unix(struct inode *inode, struct seq *seq)
{
    (void)inode;
    unix_show(seq);
    return OK;
}

static const struct gen_ops unix_file_ops = {.show = show_unix};
static const struct gen_entry entries[] = {{"unix", INODE_FILE, 0444, &unix_file_ops}};

static status_t net_lookup(struct inode *dir, struct name name, struct inode **out)
{
    return proc_lookup_among(dir, entries, countof(entries), INDEX_NET, name, out);
}

static status_t net_readdir(struct inode *dir, uint64_t *at,
                            bool (*emit)(void *arg, struct name name, uint64_t ino,
                                         enum inode_type type, uint64_t next),
                            void *arg)
{
    struct linux_process *lp;

    if (proc_process(dir, &lp) != OK)
        return OK;
    gen_list(entries, countof(entries), 0, proc_ino(lp, INDEX_NET), at, emit, arg);
    linux_process_put(lp);
    return OK;
}

const struct gen_ops proc_net_dir_ops = {.lookup = net_lookup, .readdir = net_readdir};
