/*
 * file_open.c - opening a file by its name: walking to it, making it, what its flags mean
 * (open(2), openat2(2)).
 */
#include "fs/mount.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_open_internal.h"
#include "personality/linux/process/process.h"
#include "personality/linux/tty/tty.h"
#include "uapi/linux/fcntl.h"

/* What the access mode asks of the inode's permission bits: 4 read, 2 write. */
static unsigned wanted_permission(uint32_t flags)
{
    static const uint8_t by_mode[] = {[O_RDONLY] = 4, [O_WRONLY] = 2, [O_RDWR] = 6, [3] = 6};
    unsigned want = by_mode[flags & O_ACCMODE];

    return flags & O_TRUNC ? want | 2 : want;
}

/* FILE_* of O_*. */
static unsigned file_flags_of_open(uint32_t flags)
{
    static const struct {
        uint32_t open, file;
    } map[] = {
        {O_APPEND, FILE_APPEND},   {O_NONBLOCK, FILE_NONBLOCK}, {O_PATH, FILE_PATH},
        {O_NOATIME, FILE_NOATIME}, {O_DIRECT, FILE_DIRECT},     {O_DSYNC, FILE_SYNC},
    };
    static const uint8_t by_mode[] = {
        [O_RDONLY] = FILE_READ, [O_WRONLY] = FILE_WRITE, [O_RDWR] = FILE_READ | FILE_WRITE};
    uint32_t mode = flags & O_ACCMODE;
    unsigned out = mode < countof(by_mode) && !(flags & O_PATH) ? by_mode[mode] : 0;

    for (size_t i = 0; i < countof(map); i++)
        if (flags & map[i].open)
            out |= map[i].file;
    return out;
}

/* Checks that do not need the file; `how` as open(2) was given it becomes what is meant. */
static status_t check_flags(struct open_how *how)
{
    uint64_t flags = how->flags;

    if (flags & O_CREAT && flags & O_DIRECTORY)
        return ERR_INVALID_ARGS;
    if (flags & OPEN_TMPFILE_BIT &&
        (!(flags & O_DIRECTORY) || !(wanted_permission((uint32_t)flags) & 2)))
        return ERR_INVALID_ARGS;
    return OK;
}

/* May the existing file at `path` be opened so? */
static status_t check_open(const struct walk_env *env, const struct path *path, uint32_t flags)
{
    struct inode *inode = path->dentry->inode;
    unsigned want = wanted_permission(flags);
    struct inode_attr attr;
    status_t st;

    inode_attr_get(inode, &attr);
    if (attr.type == INODE_SYMLINK)
        return ERR_LOOP;
    if (attr.type == INODE_DIR && (want & 2 || flags & O_CREAT))
        return ERR_NOT_FILE;
    st = inode_permission(env, inode, want);
    if (st != OK)
        return st;
    if (want & 2 && mount_is_read_only(path->mount) &&
        (attr.type == INODE_FILE || attr.type == INODE_DIR))
        return ERR_READ_ONLY;
    if (attr.type == INODE_SOCKET)
        return ERR_IO_NOT_PRESENT;
    if (flags & O_NOATIME && env->uid != attr.uid && !env->override_owner)
        return ERR_NOT_PERMITTED;
    return OK;
}

/* /dev/tty is whatever terminal the caller's session has (tty(4)). */
static bool is_dev_tty(struct inode *inode)
{
    return inode->attr.type == INODE_CHAR &&
           inode->attr.rdev == DEV(TTY_MAJOR, TTY_MINOR_CONTROLLING);
}

enum lease_use open_lease_use(uint64_t flags)
{
    return (flags & O_ACCMODE) == O_RDONLY ? LEASE_USE_READ : LEASE_USE_WRITE;
}

/* OK, or ERR_SHOULD_WAIT and in `*leased` a reference to what is to be waited for. */
static status_t break_leases(struct inode *inode, uint32_t flags, struct inode **leased)
{
    status_t st = lease_break(inode, open_lease_use(flags));

    if (st != OK)
        *leased = inode_get(inode);
    return st;
}

/* Leases are looked at before the file changes; and again, for who took one meanwhile, when it
 * is open. */
static status_t open_unleased(struct walk_env *env, const struct path *path, uint32_t flags,
                              struct inode **leased, struct file **out)
{
    struct inode_attr size = {.size = 0};
    struct inode *inode = path->dentry->inode;
    status_t st = break_leases(inode, flags, leased);

    if (st == OK && flags & O_TRUNC && inode->attr.type == INODE_FILE)
        st = vfs_set_attr(env, path, &size, ATTR_SIZE);
    if (st == OK)
        st = file_open(path, file_flags_of_open(flags), out);
    if (st != OK)
        return st;
    st = break_leases(inode, flags, leased);
    if (st != OK)
        file_put(*out);
    return st;
}

/* Open the existing file at `path`; `created` just now, so the mode given to it does not count.
 * `*leased`: a reference, with ERR_SHOULD_WAIT for leases on it. */
static status_t open_place(struct syscall *call, struct walk_env *env, const struct path *path,
                           uint32_t flags, bool created, struct inode **leased,
                           struct file **out)
{
    struct inode *inode = path->dentry->inode;
    status_t st = OK;

    if (flags & O_PATH)
        return file_open(path, FILE_PATH, out);
    if (!created)
        st = check_open(env, path, flags);
    if (st != OK)
        return st;
    if (is_dev_tty(inode))
        return tty_open_controlling(call, path, file_flags_of_open(flags), out);
    st = created ? file_open(path, file_flags_of_open(flags), out)
                 : open_unleased(env, path, flags, leased, out);
    if (st == OK && !(flags & O_NOCTTY))
        tty_opened(call, *out);
    return st;
}

static unsigned walk_flags_of(const struct open_how *how)
{
    static const struct {
        uint32_t resolve;
        unsigned walk;
    } map[] = {
        {RESOLVE_NO_XDEV, WALK_NO_XDEV},         {RESOLVE_NO_MAGICLINKS, WALK_NO_MAGICLINKS},
        {RESOLVE_NO_SYMLINKS, WALK_NO_SYMLINKS}, {RESOLVE_BENEATH, WALK_BENEATH},
        {RESOLVE_IN_ROOT, WALK_IN_ROOT},
    };
    unsigned walk = (how->flags & O_NOFOLLOW ? WALK_NOFOLLOW : 0) |
                    (how->flags & O_DIRECTORY ? WALK_DIRECTORY : 0);

    for (size_t i = 0; i < countof(map); i++)
        if (how->resolve & map[i].resolve)
            walk |= map[i].walk;
    return walk;
}

/* Of a new file: what the program gave, less the umask. */
static struct inode_attr new_attr(struct syscall *call, const struct walk_env *env,
                                  const struct open_how *how)
{
    uint32_t umask = fs_context_umask(linux_process_of(call)->fs);

    return (struct inode_attr){.type = INODE_FILE,
                               .mode = (uint32_t)how->mode & 07777 & ~umask,
                               .uid = env->uid,
                               .gid = env->gid};
}

/* With O_CREAT; O_EXCL counts a symlink of that name as the file. */
static status_t walk_create(struct syscall *call, struct walk_env *env,
                            const struct path *start, const char *text,
                            const struct open_how *how, struct path *out, bool *created)
{
    bool exclusive = how->flags & O_EXCL;
    unsigned flags = walk_flags_of(how) | (exclusive ? WALK_NOFOLLOW : 0);
    struct inode_attr attr = new_attr(call, env, how);
    status_t st = path_walk_create(env, start, text, flags, &attr, out, created);

    if (st == OK && exclusive && !*created) {
        path_put(out);
        return ERR_ALREADY_EXISTS;
    }
    return st;
}

/* O_TMPFILE: the path is the directory's in whose file system it is to be. */
static status_t walk_tmpfile(struct syscall *call, struct walk_env *env,
                             const struct path *start, const char *text,
                             const struct open_how *how, struct path *out)
{
    struct inode_attr attr = new_attr(call, env, how);
    struct path dir;
    status_t st = path_walk(env, start, text, walk_flags_of(how), &dir, NULL);

    if (st != OK)
        return st;
    st = vfs_tmpfile(env, &dir, &attr, !(how->flags & O_EXCL), out);
    path_put(&dir);
    return st;
}

/* `how` has been checked. */
static status_t open_path(struct syscall *call, struct walk_env *env, const struct path *start,
                          const char *text, const struct open_how *how, struct inode **leased,
                          struct file **out)
{
    uint32_t flags = (uint32_t)how->flags;
    bool created = flags & OPEN_TMPFILE_BIT;
    struct path path;
    status_t st;

    if (created)
        st = walk_tmpfile(call, env, start, text, how, &path);
    else if (flags & O_CREAT)
        st = walk_create(call, env, start, text, how, &path, &created);
    else
        st = path_walk(env, start, text, walk_flags_of(how), &path, NULL);
    if (st != OK)
        return st;
    st = open_place(call, env, &path, flags, created, leased, out);
    path_put(&path);
    return st;
}

status_t open_at(struct syscall *call, int dirfd, user_addr_t text, struct open_how *how,
                 struct inode **leased, struct file **out)
{
    struct walk_env env;
    struct path start;
    char *path;
    status_t st;

    *out = NULL;
    *leased = NULL;
    if (how->flags & O_PATH)
        how->flags &= OPEN_PATH_FLAGS;
    st = check_flags(how);
    if (st == OK)
        st = path_from_user(call, text, &path);
    if (st != OK)
        return st;
    st = walk_start(call, dirfd, path, walk_flags_of(how), &start);
    if (st == OK) {
        walk_begin(call, &env);
        st = open_path(call, &env, path_or_null(&start), path, how, leased, out);
        walk_end(&env);
        path_put(&start);
    }
    path_free(path);
    return st;
}
