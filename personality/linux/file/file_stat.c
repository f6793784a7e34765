/*
 * file_stat.c - stat, lstat, fstat, newfstatat, statx, statfs, fstatfs (stat(2), statx(2),
 * statfs(2)).
 */
#include "personality/linux/file/file_stat.h"
#include "personality/linux/calls.h"

#include "fs/mount.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/tty/tty.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/stat.h"

enum { ANON_INODE_MAGIC = 0x09041934, NAME_MAX = 255 };

uint32_t stat_mode(const struct inode_attr *attr)
{
    static const uint32_t types[] = {
        [INODE_FILE] = S_IFREG,    [INODE_DIR] = S_IFDIR,   [INODE_SYMLINK] = S_IFLNK,
        [INODE_CHAR] = S_IFCHR,    [INODE_BLOCK] = S_IFBLK, [INODE_FIFO] = S_IFIFO,
        [INODE_SOCKET] = S_IFSOCK,
    };

    return types[attr->type] | attr->mode;
}

static uint32_t major_of(dev_t_ dev)
{
    return (uint32_t)(dev >> 20);
}

static uint32_t minor_of(dev_t_ dev)
{
    return (uint32_t)dev & 0xfffff;
}

uint64_t stat_device(dev_t_ dev)
{
    uint64_t major = major_of(dev), minor = minor_of(dev);

    return (minor & 0xff) | major << 8 | (minor & ~0xffull) << 12;
}

/* `path`: where it is; an empty one is nowhere. */
static void stat_inode(struct inode *inode, const struct path *path, struct file_stat *out)
{
    *out = (struct file_stat){.dev = inode->fs->dev};
    inode_attr_get(inode, &out->attr);
    if (path->mount) {
        out->mount_id = path->mount->id;
        out->mount_root = path->dentry == path->mount->root;
    }
}

/* Files without an inode: epoll, eventfd and the like are anonymous inodes, which have no type
 * but 0600; we call them files. */
static void stat_file(struct file *file, struct file_stat *out)
{
    if (file->inode) {
        stat_inode(file->inode, &file->path, out);
        return;
    }
    *out = (struct file_stat){.attr = {.type = INODE_FILE, .mode = 0600, .nlink = 1}};
    tty_stat(file, &out->attr);
}

static status_t stat_at(struct syscall *call, int dirfd, user_addr_t text, unsigned walk_flags,
                        struct file_stat *out)
{
    struct walk_env env;
    struct path path;
    status_t st;

    walk_begin(call, &env);
    st = walk_at(call, &env, dirfd, text, walk_flags, &path);
    walk_end(&env);
    if (st != OK)
        return st;
    stat_inode(path.dentry->inode, &path, out);
    path_put(&path);
    return OK;
}

static status_t stat_fd(struct syscall *call, int fd, struct file_stat *out)
{
    struct file *file;
    status_t st = call_fd_get_any(call, fd, &file);

    if (st != OK)
        return st;
    stat_file(file, out);
    file_put(file);
    return OK;
}

/* The descriptor itself, of whatever kind, when the path is "" and the flags allow that. */
static status_t stat_with_flags(struct syscall *call, int dirfd, user_addr_t text,
                                uint32_t flags, struct file_stat *out)
{
    unsigned walk = (flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0) |
                    (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0);
    char first;
    status_t st;

    if (flags & AT_EMPTY_PATH && dirfd != AT_FDCWD) {
        st = copy_from_user(&call->thread->user, &first, text, 1);
        if (st != OK)
            return st;
        if (!first)
            return stat_fd(call, dirfd, out);
    }
    return stat_at(call, dirfd, text, walk, out);
}

static status_t give(struct syscall *call, user_addr_t to, const struct file_stat *st)
{
    char buf[STAT_MAX_SIZE];

    return copy_to_user(&call->thread->user, to, buf, stat_encode(st, buf));
}

status_t sys_stat(struct syscall *call)
{
    struct file_stat out;
    status_t st = stat_at(call, AT_FDCWD, call->arg[0], 0, &out);

    return st == OK ? give(call, call->arg[1], &out) : st;
}

status_t sys_lstat(struct syscall *call)
{
    struct file_stat out;
    status_t st = stat_at(call, AT_FDCWD, call->arg[0], WALK_NOFOLLOW, &out);

    return st == OK ? give(call, call->arg[1], &out) : st;
}

status_t sys_fstat(struct syscall *call)
{
    struct file_stat out;
    status_t st = stat_fd(call, (int)call->arg[0], &out);

    return st == OK ? give(call, call->arg[1], &out) : st;
}

status_t sys_newfstatat(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[3];
    struct file_stat out;
    status_t st;

    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
        return ERR_INVALID_ARGS;
    st = stat_with_flags(call, (int)call->arg[0], call->arg[1], flags, &out);
    return st == OK ? give(call, call->arg[2], &out) : st;
}

static struct statx_time statx_time(int64_t ns)
{
    return (struct statx_time){.sec = ns / NS_PER_SEC, .nsec = (uint32_t)(ns % NS_PER_SEC)};
}

static void statx_fill(const struct file_stat *st, struct statx *out)
{
    const struct inode_attr *a = &st->attr;

    *out = (struct statx){
        .mask = STATX_BASIC_STATS | (a->btime ? STATX_BTIME : 0) |
                (st->mount_id ? STATX_MNT_ID : 0),
        .blksize = STAT_BLOCK_SIZE,
        .attributes = st->mount_root ? STATX_ATTR_MOUNT_ROOT : 0,
        .attributes_mask = STATX_ATTR_MOUNT_ROOT,
        .mnt_id = st->mount_id,
        .nlink = a->nlink,
        .uid = a->uid,
        .gid = a->gid,
        .mode = (uint16_t)stat_mode(a),
        .ino = a->ino,
        .size = a->size,
        .blocks = a->blocks,
        .atime = statx_time(a->atime),
        .btime = statx_time(a->btime),
        .ctime = statx_time(a->ctime),
        .mtime = statx_time(a->mtime),
        .rdev_major = major_of(a->rdev),
        .rdev_minor = minor_of(a->rdev),
        .dev_major = major_of(st->dev),
        .dev_minor = minor_of(st->dev),
    };
}

status_t sys_statx(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[2], mask = (uint32_t)call->arg[3];
    struct file_stat st;
    struct statx out;
    status_t status;

    if (mask & STATX_RESERVED || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
        return ERR_INVALID_ARGS;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
        return ERR_INVALID_ARGS;
    status = stat_with_flags(call, (int)call->arg[0], call->arg[1], flags, &st);
    if (status != OK)
        return status;
    statx_fill(&st, &out);
    return copy_to_user(&call->thread->user, call->arg[4], &out, sizeof(out));
}

/* ST_* of what a mount and its file system are. */
static int64_t statfs_flags(const struct filesystem *fs, const struct mount *mount)
{
    static const struct {
        unsigned mount;
        int64_t st;
    } map[] = {
        {MOUNT_NOSUID, ST_NOSUID},           {MOUNT_NODEV, ST_NODEV},
        {MOUNT_NOEXEC, ST_NOEXEC},           {MOUNT_NOATIME, ST_NOATIME},
        {MOUNT_NODIRATIME, ST_NODIRATIME},   {MOUNT_READ_ONLY, ST_RDONLY},
        {MOUNT_NOSYMFOLLOW, ST_NOSYMFOLLOW},
    };
    int64_t flags = ST_VALID | (atomic_load(&fs->read_only) ? ST_RDONLY : 0);

    for (size_t i = 0; mount && i < countof(map); i++)
        if (mount_has(mount, map[i].mount))
            flags |= map[i].st;
    if (mount && !mount_has(mount, MOUNT_NOATIME | MOUNT_STRICTATIME))
        flags |= ST_RELATIME;
    return flags;
}

static status_t give_statfs(struct syscall *call, struct filesystem *fs,
                            const struct mount *mount)
{
    struct statfs out = {.type = ANON_INODE_MAGIC,
                         .bsize = PAGE_SIZE,
                         .frsize = PAGE_SIZE,
                         .namelen = NAME_MAX,
                         .flags = ST_VALID};
    struct filesystem_stat stat = {0};

    if (fs) {
        out.type = fs->magic;
        out.fsid[0] = (int32_t)fs->dev;
        out.flags = statfs_flags(fs, mount);
        if (fs->stat)
            fs->stat(fs, &stat);
        out.blocks = (int64_t)stat.blocks;
        out.bfree = out.bavail = (int64_t)stat.free;
        out.files = (int64_t)stat.inodes;
        out.ffree = (int64_t)stat.free_inodes;
    }
    return copy_to_user(&call->thread->user, call->arg[1], &out, sizeof(out));
}

status_t sys_statfs(struct syscall *call)
{
    struct walk_env env;
    struct path path;
    status_t st;

    walk_begin(call, &env);
    st = walk_at(call, &env, AT_FDCWD, call->arg[0], 0, &path);
    walk_end(&env);
    if (st != OK)
        return st;
    st = give_statfs(call, path.mount->fs, path.mount);
    path_put(&path);
    return st;
}

status_t sys_fstatfs(struct syscall *call)
{
    struct file *file;
    status_t st = call_fd_get_any(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    st = give_statfs(call, file->inode ? file->inode->fs : NULL, file->path.mount);
    file_put(file);
    return st;
}
