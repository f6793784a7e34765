/*
 * exec_capability.c - capabilities of files: their extended attribute (capabilities(7), "File
 * capabilities").
 */
#include "fs/mount.h"
#include "fs/xattr.h"
#include "personality/linux/process/exec.h"

enum { VERSION_1 = 1, VERSION_2, VERSION_3, EFFECTIVE = 1 };

/* struct vfs_ns_cap_data; of version 1 there is one half, and only 3 has the user id. */
struct attribute {
    uint32_t magic; /* the version is the upper byte */
    struct {
        uint32_t permitted, inheritable;
    } half[2];
    uint32_t root_uid; /* whose user namespace it is for */
};

static bool is_sized_right(const struct attribute *a, size_t size)
{
    static const uint8_t sizes[] = {[VERSION_1] = 12, [VERSION_2] = 20, [VERSION_3] = 24};
    uint32_t version = a->magic >> 24;

    return size >= sizeof(a->magic) && version >= VERSION_1 && version <= VERSION_3 &&
           size == sizes[version];
}

status_t exec_read_capabilities(struct exec *exec, struct walk_env *env,
                                struct file_capabilities *out)
{
    struct attribute a = {0};
    size_t size;
    status_t st = vfs_get_xattr(env, exec->exe->inode, XATTR_CAPABILITY, &a, sizeof(a), &size);

    *out = (struct file_capabilities){0};
    if (st == ERR_NO_DATA || st == ERR_NOT_SUPPORTED ||
        mount_has(exec->exe->path.mount, MOUNT_NOSUID))
        return OK;
    if (st != OK || !is_sized_right(&a, size))
        return ERR_INVALID_ARGS;
    if (a.root_uid)
        return OK; /* there is no other namespace */
    out->present = true;
    out->effective = a.magic & EFFECTIVE;
    out->permitted = ((uint64_t)a.half[1].permitted << 32 | a.half[0].permitted) & CAP_ALL;
    out->inheritable =
        ((uint64_t)a.half[1].inheritable << 32 | a.half[0].inheritable) & CAP_ALL;
    return OK;
}
