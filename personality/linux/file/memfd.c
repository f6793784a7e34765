/*
 * memfd.c - files in memory without a name in any directory (memfd_create(2)).
 */
#include "base/string.h"
#include "fs/memfile.h"
#include "fs/seal.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

enum { MEMFD_NAME_MAX = 249 };
#define MEMFD_PREFIX      "memfd:"
#define MEMFD_PREFIX_SIZE (sizeof(MEMFD_PREFIX) - 1)

/* "memfd:" and the program's name, on the heap. */
static status_t name_from_user(struct syscall *call, char **out)
{
    char *name = kmalloc(MEMFD_PREFIX_SIZE + MEMFD_NAME_MAX + 1);
    size_t length;
    status_t st;

    if (!name)
        return ERR_NO_MEMORY;
    memcpy(name, MEMFD_PREFIX, MEMFD_PREFIX_SIZE);
    st = copy_string_from_user(&call->thread->user, name + MEMFD_PREFIX_SIZE, call->arg[0],
                               MEMFD_NAME_MAX + 1, &length);
    if (st != OK) {
        kfree(name);
        return st == ERR_NAME_TOO_LONG ? ERR_INVALID_ARGS : st;
    }
    *out = name;
    return OK;
}

static struct inode_attr attr_of(struct syscall *call, uint32_t flags)
{
    struct linux_process *lp = linux_process_of(call);
    int64_t now = inode_time_now();
    struct inode_attr attr = {
        .type = INODE_FILE,
        .mode = flags & MFD_NOEXEC_SEAL ? 0666 : 0777,
        .atime = now,
        .mtime = now,
        .ctime = now,
        .btime = now,
    };
    SPIN_GUARD(&lp->lock);

    attr.uid = lp->cred.fsuid;
    attr.gid = lp->cred.fsgid;
    return attr;
}

static uint32_t seals_of(uint32_t flags)
{
    if (flags & MFD_NOEXEC_SEAL)
        return SEAL_EXEC;
    return flags & MFD_ALLOW_SEALING ? 0 : SEAL_SEAL;
}

status_t sys_memfd_create(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[1];
    struct inode_attr attr = attr_of(call, flags);
    struct file *file;
    char *name;
    status_t st;

    if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC) ||
        (flags & MFD_EXEC && flags & MFD_NOEXEC_SEAL))
        return ERR_INVALID_ARGS;
    st = name_from_user(call, &name);
    if (st != OK)
        return st;
    st = memfile_create(name, &attr, seals_of(flags), &file);
    kfree(name);
    if (st != OK)
        return st;
    return call_fd_return(call, file, flags & MFD_CLOEXEC ? FD_CLOEXEC_ : 0);
}
