/*
 * procfs_ns.c - /proc/PID/ns: the namespaces of a process, of which there is one of each kind
 * (namespaces(7)). The links tell processes in one from those in another; they lead nowhere.
 */
#include "base/format.h"
#include "base/string.h"
#include "personality/linux/procfs/procfs_internal.h"

enum { INDEX_NS = 1 << 13 }; /* above those of net, below those of threads */

/* Linux's numbers of the first ones. */
static const struct {
    const char *name, *kind;
    uint32_t number;
} spaces[] = {
    {"cgroup", "cgroup", 4026531835u}, {"ipc", "ipc", 4026531839u},
    {"mnt", "mnt", 4026531841u},       {"net", "net", 4026531840u},
    {"pid", "pid", 4026531836u},       {"pid_for_children", "pid", 4026531836u},
    {"time", "time", 4026531834u},     {"time_for_children", "time", 4026531834u},
    {"user", "user", 4026531837u},     {"uts", "uts", 4026531838u},
};

static status_t ns_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    uint32_t index = ((uint32_t)inode->attr.ino & ((1u << PROC_INO_BITS) - 1)) - INDEX_NS;
    char text[48];
    int made = format(text, sizeof(text), "%s:[%u]", spaces[index].kind, spaces[index].number);

    *length = MIN((size_t)made, size);
    memcpy(buf, text, *length);
    return OK;
}

static const struct gen_ops link_ops = {.readlink = ns_readlink};

static status_t ns_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct linux_process *lp;
    status_t st;
    uint32_t i = 0;

    while (i < countof(spaces) && (strlen(spaces[i].name) != name.size ||
                                   memcmp(spaces[i].name, name.text, name.size)))
        i++;
    if (i == countof(spaces) || proc_process(dir, &lp) != OK)
        return ERR_NOT_FOUND;
    st = proc_inode_create(dir, lp, INDEX_NS + i, INODE_SYMLINK, 0777, &link_ops, out);
    linux_process_put(lp);
    return st;
}

static status_t ns_readdir(struct inode *dir, uint64_t *at,
                           bool (*emit)(void *arg, struct name name, uint64_t ino,
                                        enum inode_type type, uint64_t next),
                           void *arg)
{
    struct linux_process *lp;

    if (proc_process(dir, &lp) != OK)
        return OK;
    for (; *at < countof(spaces); ++*at) {
        struct name name = {spaces[*at].name, strlen(spaces[*at].name)};

        if (!emit(arg, name, proc_ino(lp, INDEX_NS + (uint32_t)*at), INODE_SYMLINK, *at + 1))
            break;
    }
    linux_process_put(lp);
    return OK;
}

const struct gen_ops proc_ns_dir_ops = {
    .lookup = ns_lookup, .readdir = ns_readdir, .attr = proc_owner_attr};
