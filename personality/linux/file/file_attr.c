/*
 * file_attr.c - permissions, owners and times: access, chmod, chown, utimensat and their
 * relatives; umask.
 */
#include "fs/mount.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/timespec.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/stat.h"

static unsigned walk_flags_of(uint32_t flags)
{
    return (flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0) |
           (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0);
}

/* access(2): by the real ids unless AT_EACCESS. */
static status_t check_access(struct syscall *call, int dirfd, user_addr_t text, uint64_t mode,
                             uint32_t flags)
{
    struct walk_env env;
    struct path path;
    status_t st;

    if (mode & ~7ull)
        return ERR_INVALID_ARGS;
    if (flags & AT_EACCESS)
        walk_begin(call, &env);
    else
        walk_begin_real(call, &env);
    st = walk_at(call, &env, dirfd, text, walk_flags_of(flags), &path);
    if (st == OK) {
        struct inode *inode = path.dentry->inode;
        bool special = inode->attr.type != INODE_FILE && inode->attr.type != INODE_DIR;

        st = inode_permission(&env, inode, (unsigned)mode);
        if (st == OK && mode & 2 && !special && mount_is_read_only(path.mount))
            st = ERR_READ_ONLY;
        path_put(&path);
    }
    walk_end(&env);
    return st;
}

status_t sys_access(struct syscall *call)
{
    return check_access(call, AT_FDCWD, call->arg[0], call->arg[1], 0);
}

status_t sys_faccessat(struct syscall *call)
{
    return check_access(call, (int)call->arg[0], call->arg[1], call->arg[2], 0);
}

status_t sys_faccessat2(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[3];

    if (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return ERR_INVALID_ARGS;
    return check_access(call, (int)call->arg[0], call->arg[1], call->arg[2], flags);
}

static status_t change_at(struct syscall *call, int dirfd, user_addr_t text, uint32_t flags,
                          const struct inode_attr *attr, unsigned which)
{
    struct walk_env env;
    struct path path;
    status_t st;

    walk_begin(call, &env);
    st = walk_at(call, &env, dirfd, text, walk_flags_of(flags), &path);
    if (st == OK) {
        /* The permissions of a link are never asked for, and cannot be set. */
        if (which & ATTR_MODE && path.dentry->inode->attr.type == INODE_SYMLINK)
            st = ERR_NOT_SUPPORTED;
        else
            st = vfs_set_attr(&env, &path, attr, which);
        path_put(&path);
    }
    walk_end(&env);
    return st;
}

/* Of what is open; a file without a name has an inode and no place. */
static status_t change_file(struct syscall *call, struct file *file,
                            const struct inode_attr *attr, unsigned which)
{
    struct walk_env env;
    status_t st;

    if (!file->path.dentry)
        return ERR_NOT_PERMITTED;
    walk_begin(call, &env);
    st = vfs_set_attr(&env, &file->path, attr, which);
    walk_end(&env);
    return st;
}

static status_t change_fd(struct syscall *call, const struct inode_attr *attr, unsigned which)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    st = change_file(call, file, attr, which);
    file_put(file);
    return st;
}

static struct inode_attr mode_attr(uint64_t mode)
{
    return (struct inode_attr){.mode = (uint32_t)mode & 07777};
}

status_t sys_chmod(struct syscall *call)
{
    struct inode_attr attr = mode_attr(call->arg[1]);

    return change_at(call, AT_FDCWD, call->arg[0], 0, &attr, ATTR_MODE);
}

status_t sys_fchmodat(struct syscall *call)
{
    struct inode_attr attr = mode_attr(call->arg[2]);

    return change_at(call, (int)call->arg[0], call->arg[1], 0, &attr, ATTR_MODE);
}

status_t sys_fchmodat2(struct syscall *call)
{
    struct inode_attr attr = mode_attr(call->arg[2]);
    uint32_t flags = (uint32_t)call->arg[3];

    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return ERR_INVALID_ARGS;
    return change_at(call, (int)call->arg[0], call->arg[1], flags, &attr, ATTR_MODE);
}

status_t sys_fchmod(struct syscall *call)
{
    struct inode_attr attr = mode_attr(call->arg[1]);

    return change_fd(call, &attr, ATTR_MODE);
}

/* -1 leaves an id as it is (chown(2)). */
static unsigned owner_attr(uint64_t uid, uint64_t gid, struct inode_attr *attr)
{
    *attr = (struct inode_attr){.uid = (uint32_t)uid, .gid = (uint32_t)gid};
    return (attr->uid == UINT32_MAX ? 0 : ATTR_UID) | (attr->gid == UINT32_MAX ? 0 : ATTR_GID);
}

status_t sys_chown(struct syscall *call)
{
    struct inode_attr attr;
    unsigned which = owner_attr(call->arg[1], call->arg[2], &attr);

    return change_at(call, AT_FDCWD, call->arg[0], 0, &attr, which);
}

status_t sys_lchown(struct syscall *call)
{
    struct inode_attr attr;
    unsigned which = owner_attr(call->arg[1], call->arg[2], &attr);

    return change_at(call, AT_FDCWD, call->arg[0], AT_SYMLINK_NOFOLLOW, &attr, which);
}

status_t sys_fchown(struct syscall *call)
{
    struct inode_attr attr;
    unsigned which = owner_attr(call->arg[1], call->arg[2], &attr);

    return change_fd(call, &attr, which);
}

status_t sys_fchownat(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[4];
    struct inode_attr attr;
    unsigned which = owner_attr(call->arg[2], call->arg[3], &attr);

    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return ERR_INVALID_ARGS;
    return change_at(call, (int)call->arg[0], call->arg[1], flags, &attr, which);
}

/* Clamped to what an inode holds, as Linux does to what a file system holds. */
static int64_t inode_time_of(const struct timespec *ts)
{
    const int64_t last = INT64_MAX / NS_PER_SEC - 1;

    return ts->sec > last    ? last * NS_PER_SEC
           : ts->sec < -last ? -last * NS_PER_SEC
                             : ts->sec * NS_PER_SEC + ts->nsec;
}

/* One of utimensat's two times. */
static status_t one_time(const struct timespec *ts, int64_t *time, unsigned bit,
                         unsigned *which)
{
    if (ts->nsec == UTIME_OMIT)
        return OK;
    if (ts->nsec != UTIME_NOW && (ts->nsec < 0 || ts->nsec >= NS_PER_SEC))
        return ERR_INVALID_ARGS;
    *time = ts->nsec == UTIME_NOW ? inode_time_now() : inode_time_of(ts);
    *which |= bit;
    return OK;
}

/* "Now" for both is what write permission suffices for (utimensat(2)). */
static status_t times_attr(const struct timespec ts[2], struct inode_attr *attr,
                           unsigned *which)
{
    bool now = ts[0].nsec == UTIME_NOW && ts[1].nsec == UTIME_NOW;
    status_t st;

    *attr = (struct inode_attr){0};
    *which = 0;
    st = one_time(&ts[0], &attr->atime, ATTR_ATIME, which);
    if (st == OK)
        st = one_time(&ts[1], &attr->mtime, ATTR_MTIME, which);
    *which |= now ? ATTR_NOW : 0;
    return st;
}

static const struct timespec times_now[2] = {{.nsec = UTIME_NOW}, {.nsec = UTIME_NOW}};

static status_t set_times(struct syscall *call, int dirfd, user_addr_t text,
                          const struct timespec ts[2], uint32_t flags)
{
    struct inode_attr attr;
    struct file *file;
    unsigned which;
    status_t st = times_attr(ts, &attr, &which);

    if (st != OK)
        return st;
    if (text || dirfd == AT_FDCWD)
        return change_at(call, dirfd, text, flags, &attr, which);
    if (flags)
        return ERR_INVALID_ARGS;
    st = call_fd_get(call, dirfd, &file);
    if (st != OK)
        return st;
    st = change_file(call, file, &attr, which);
    file_put(file);
    return st;
}

status_t sys_utimensat(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[3];
    struct timespec ts[2] = {times_now[0], times_now[1]};
    status_t st = OK;

    if (call->arg[2])
        st = copy_from_user(&call->thread->user, ts, call->arg[2], sizeof(ts));
    if (st != OK)
        return st;
    if (ts[0].nsec == UTIME_OMIT && ts[1].nsec == UTIME_OMIT)
        return OK;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return ERR_INVALID_ARGS;
    return set_times(call, (int)call->arg[0], call->arg[1], ts, flags);
}

/* The forms with microseconds. */
static status_t set_timevals(struct syscall *call, int dirfd, user_addr_t text,
                             user_addr_t times)
{
    struct timespec ts[2] = {times_now[0], times_now[1]};
    struct timeval tv[2];
    status_t st;

    if (times) {
        st = copy_from_user(&call->thread->user, tv, times, sizeof(tv));
        if (st != OK)
            return st;
        for (unsigned i = 0; i < 2; i++) {
            if (tv[i].usec < 0 || tv[i].usec >= 1000000)
                return ERR_INVALID_ARGS;
            ts[i] = (struct timespec){.sec = tv[i].sec, .nsec = tv[i].usec * NS_PER_US};
        }
    }
    return set_times(call, dirfd, text, ts, 0);
}

status_t sys_utimes(struct syscall *call)
{
    return set_timevals(call, AT_FDCWD, call->arg[0], call->arg[1]);
}

status_t sys_futimesat(struct syscall *call)
{
    return set_timevals(call, (int)call->arg[0], call->arg[1], call->arg[2]);
}

/* struct utimbuf: seconds. */
status_t sys_utime(struct syscall *call)
{
    struct timespec ts[2] = {times_now[0], times_now[1]};
    int64_t seconds[2];
    status_t st;

    if (call->arg[1]) {
        st = copy_from_user(&call->thread->user, seconds, call->arg[1], sizeof(seconds));
        if (st != OK)
            return st;
        for (unsigned i = 0; i < 2; i++)
            ts[i] = (struct timespec){.sec = seconds[i]};
    }
    return set_times(call, AT_FDCWD, call->arg[0], ts, 0);
}

status_t sys_umask(struct syscall *call)
{
    struct fs_context *fs = linux_process_of(call)->fs;
    SPIN_GUARD(&fs->lock);

    call->result = fs->umask;
    fs->umask = (uint32_t)call->arg[0] & 0777;
    return OK;
}
