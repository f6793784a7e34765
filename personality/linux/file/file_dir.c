/*
 * file_dir.c - directories: getdents64, getdents, getcwd, chdir, fchdir, chroot.
 */
#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/stat.h"

enum { DENTS_CHUNK = 32 << 10 };

/* Entries on their way to the program, in kernel memory. */
struct dents {
    char *data;
    size_t size, used;
    bool old;  /* getdents' records: the type is their last byte */
    bool full; /* an entry did not fit */
};

static unsigned char dirent_type(enum inode_type type)
{
    static const unsigned char types[] = {
        [INODE_FILE] = 8,  [INODE_DIR] = 4,  [INODE_SYMLINK] = 10, [INODE_CHAR] = 2,
        [INODE_BLOCK] = 6, [INODE_FIFO] = 1, [INODE_SOCKET] = 12,
    };

    return types[type];
}

/* Head, name, NUL, and for the old form the type, rounded up to 8 bytes. */
static size_t dent_size(const struct dents *d, size_t name_size)
{
    size_t head = d->old ? offsetof(struct linux_dirent64, type) + 2
                         : offsetof(struct linux_dirent64, name) + 1;

    return ROUND_UP(head + name_size, (size_t)8);
}

static bool emit(void *arg, struct name name, uint64_t ino, enum inode_type type, uint64_t next)
{
    struct dents *d = arg;
    size_t size = dent_size(d, name.size);
    struct linux_dirent64 head = {.ino = ino, .off = (int64_t)next, .reclen = (uint16_t)size};
    char *at = d->data + d->used;

    if (size > d->size - d->used) {
        d->full = true;
        return false;
    }
    memset(at, 0, size);
    memcpy(at, &head, offsetof(struct linux_dirent64, type));
    if (d->old) {
        memcpy(at + offsetof(struct linux_dirent64, type), name.text, name.size);
        at[size - 1] = (char)dirent_type(type);
    } else {
        at[offsetof(struct linux_dirent64, type)] = (char)dirent_type(type);
        memcpy(at + offsetof(struct linux_dirent64, name), name.text, name.size);
    }
    d->used += size;
    return true;
}

/* The cursor moves only with entries that the program got. */
static status_t read_entries(struct syscall *call, struct file *file, struct dents *d)
{
    uint64_t at = file->readdir_at;
    status_t st = file_readdir(file, emit, d);

    if (st == OK && !d->used && d->full)
        st = ERR_INVALID_ARGS; /* not even one fits */
    if (st == OK)
        st = copy_to_user(&call->thread->user, call->arg[1], d->data, d->used);
    if (st != OK)
        file->readdir_at = at;
    else
        call->result = (int64_t)d->used;
    return st;
}

static status_t get_entries(struct syscall *call, struct task *task, struct file *file,
                            bool old)
{
    struct dents d = {.old = old};
    status_t st;

    d.size = MIN((uint32_t)call->arg[2], (uint32_t)DENTS_CHUNK);
    d.data = kmalloc(DENTS_CHUNK);
    if (!d.data)
        return ERR_NO_MEMORY;
    st = read_entries(call, file, &d);
    mutex_unlock(&file->position_lock, task);
    kfree(d.data);
    return st;
}

/* Two threads that read one directory by one description take turns. */
struct get_dents {
    struct co co;
    struct syscall *call; /* in */
    bool old;             /* in */
    struct file *file;
    struct mutex_lock lock;
};

static CO_FN(get_dents)
{
    status_t st;

    st = call_fd_get(f->call, (int)f->call->arg[0], &f->file);
    if (st != OK)
        CO_RETURN(st);
    if (!(atomic_load_explicit(&f->file->flags, memory_order_relaxed) & FILE_DIRECTORY))
        st = ERR_NOT_DIR;
    else
        CO_CALL(st, f->lock, mutex_lock, .mutex = &f->file->position_lock);
    if (st == OK)
        st = get_entries(f->call, task, f->file, f->old);
    file_put(f->file);
    CO_RETURN(st);
}
CO_END

struct sys_getdents64 {
    SYSCALL_FRAME;
    struct get_dents get;
};
SYSCALL_WAIT(sys_getdents64);

CO_FN(sys_getdents64)
{
    status_t st;

    CO_CALL(st, f->get, get_dents, .call = f->call);
    CO_RETURN(st);
}
CO_END

struct sys_getdents {
    SYSCALL_FRAME;
    struct get_dents get;
};
SYSCALL_WAIT(sys_getdents);

CO_FN(sys_getdents)
{
    status_t st;

    CO_CALL(st, f->get, get_dents, .call = f->call, .old = true);
    CO_RETURN(st);
}
CO_END

status_t sys_getcwd(struct syscall *call)
{
    uint64_t size = call->arg[1];
    struct walk_env env;
    char *buf = kmalloc(PATH_BYTES);
    struct inode_attr attr;
    size_t length;
    status_t st;

    if (!buf)
        return ERR_NO_MEMORY;
    walk_begin(call, &env);
    inode_attr_get(env.cwd.dentry->inode, &attr);
    st = attr.nlink ? path_name(&env.root, &env.cwd, buf, PATH_BYTES - 1, &length)
                    : ERR_NOT_FOUND; /* it has been removed */
    walk_end(&env);
    if (st == OK && length + 1 > size)
        st = ERR_OUT_OF_RANGE;
    if (st == OK) {
        buf[length] = '\0';
        st = copy_to_user(&call->thread->user, call->arg[0], buf, length + 1);
    }
    if (st == OK)
        call->result = (int64_t)length + 1;
    kfree(buf);
    return st;
}

/* To enter a directory takes search permission. */
static status_t check_enter(struct walk_env *env, const struct path *path)
{
    return inode_permission(env, path->dentry->inode, 1);
}

status_t sys_chdir(struct syscall *call)
{
    struct walk_env env;
    struct path path;
    status_t st;

    walk_begin(call, &env);
    st = walk_at(call, &env, AT_FDCWD, call->arg[0], WALK_DIRECTORY, &path);
    if (st == OK) {
        st = check_enter(&env, &path);
        if (st == OK)
            fs_context_set_cwd(linux_process_of(call)->fs, &path);
        path_put(&path);
    }
    walk_end(&env);
    return st;
}

status_t sys_fchdir(struct syscall *call)
{
    struct walk_env env;
    struct file *file;
    status_t st = call_fd_get_any(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    walk_begin(call, &env);
    if (!file->path.dentry || file->inode->attr.type != INODE_DIR)
        st = ERR_NOT_DIR;
    else
        st = check_enter(&env, &file->path);
    if (st == OK)
        fs_context_set_cwd(linux_process_of(call)->fs, &file->path);
    walk_end(&env);
    file_put(file);
    return st;
}

status_t sys_chroot(struct syscall *call)
{
    struct walk_env env;
    struct path path;
    status_t st;

    walk_begin(call, &env);
    st = walk_at(call, &env, AT_FDCWD, call->arg[0], WALK_DIRECTORY, &path);
    if (st == OK) {
        st = check_enter(&env, &path);
        if (st == OK && !env.override_dac)
            st = ERR_NOT_PERMITTED;
        if (st == OK)
            fs_context_set_root(linux_process_of(call)->fs, &path);
        path_put(&path);
    }
    walk_end(&env);
    return st;
}
