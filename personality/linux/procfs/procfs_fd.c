/*
 * procfs_fd.c - the links of a process to what it has open: fd/, exe, cwd, root.
 */
#include "base/format.h"
#include "base/string.h"
#include "fs/anon.h"
#include "fs/mount.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/procfs/procfs_internal.h"

/* The tables of a process that may be ending: references, or NULL. */
static struct fd_table *fds_of(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    return lp->fds ? fd_table_get(lp->fds) : NULL;
}

static struct fs_context *fs_of(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    return lp->fs ? fs_context_get(lp->fs) : NULL;
}

static struct file *exe_of(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    return lp->exe ? file_get(lp->exe) : NULL;
}

static status_t context_place(struct linux_process *lp, bool root, struct path *out)
{
    struct fs_context *fs = fs_of(lp);

    if (!fs)
        return ERR_NOT_FOUND;
    {
        SPIN_GUARD(&fs->lock);
        *out = root ? fs->root : fs->cwd;
        path_get(out);
    }
    fs_context_put(fs);
    return OK;
}

/* Below the root of whoever looks. */
static status_t name_place(const struct path *path, char *buf, size_t size, size_t *length)
{
    struct linux_thread *lt = proc_caller();
    char *text = kmalloc(PATH_BYTES);
    struct path root;
    status_t st = ERR_NO_MEMORY;

    if (!lt || context_place(lt->process, true, &root) != OK) {
        root = *path;
        path_get(&root);
    }
    if (text)
        st = path_name(&root, path, text, PATH_BYTES, length);
    if (st == OK) {
        *length = MIN(*length, size);
        memcpy(buf, text, *length);
    }
    kfree(text);
    path_put(&root);
    return st;
}

/* What has no place is named by its kind: "pipe:[17]", "anon_inode:[eventpoll]". */
static status_t name_file(struct file *file, char *buf, size_t size, size_t *length)
{
    char text[64];

    if (file->path.dentry)
        return name_place(&file->path, buf, size, length);
    if (file->inode)
        format(text, sizeof(text), "%s:[%lu]", file->ops->name,
               (unsigned long)file->inode->attr.ino);
    else
        format(text, sizeof(text), "anon_inode:%s", file->ops->name);
    *length = MIN(strlen(text), size);
    memcpy(buf, text, *length);
    return OK;
}

/* The file of descriptor `fd` of the inode's process: a reference. */
static status_t fd_file(struct inode *inode, int fd, struct file **out)
{
    struct linux_process *lp;
    struct fd_table *fds;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return ERR_NOT_FOUND;
    fds = fds_of(lp);
    st = fds && fd_get(fds, fd, out) == OK ? OK : ERR_NOT_FOUND;
    fd_table_put(fds);
    linux_process_put(lp);
    return st;
}

_Static_assert(FD_MAX <= PROC_INO_FDINFO - PROC_INO_FD, "numbers of descriptors overlap");

static int fd_of_link(struct inode *link)
{
    return (int)(link->attr.ino & (FD_MAX - 1));
}

static status_t link_readlink(struct inode *link, char *buf, size_t size, size_t *length)
{
    struct file *file;
    status_t st = fd_file(link, fd_of_link(link), &file);

    if (st != OK)
        return st;
    st = name_file(file, buf, size, length);
    file_put(file);
    return st;
}

/* A pipe and the like are opened anew; what has no inode of its own cannot be. */
static status_t file_place(struct file *file, struct path *out)
{
    if (file->path.dentry) {
        *out = file->path;
        path_get(out);
        return OK;
    }
    return file->inode ? anon_path(file->inode, NULL, out) : anon_path_closed(out);
}

static status_t link_follow(struct inode *link, struct path *out)
{
    struct file *file;
    status_t st = fd_file(link, fd_of_link(link), &file);

    if (st != OK)
        return st;
    st = file_place(file, out);
    file_put(file);
    return st;
}

static const struct gen_ops fd_link_ops = {.readlink = link_readlink, .follow = link_follow};

static int fd_of_name(struct name name)
{
    uint32_t fd = 0;

    if (!name.size || name.size > 7 || (name.size > 1 && name.text[0] == '0'))
        return -1;
    for (size_t i = 0; i < name.size; i++) {
        if (name.text[i] < '0' || name.text[i] > '9')
            return -1;
        fd = fd * 10 + (uint32_t)(name.text[i] - '0');
    }
    return fd < FD_MAX ? (int)fd : -1;
}

/* The owner's bits say how it is open. */
static uint32_t link_mode(struct file *file)
{
    unsigned flags = atomic_load_explicit(&file->flags, memory_order_relaxed);

    return 0100u | (flags & FILE_READ ? 0400u : 0) | (flags & FILE_WRITE ? 0200u : 0);
}

/* Position, flags and place (proc_pid_fdinfo(5)). */
static status_t show_fdinfo(struct inode *inode, struct seq *seq)
{
    struct file *file;
    status_t st = fd_file(inode, fd_of_link(inode), &file);

    if (st != OK)
        return st;
    seq_printf(seq, "pos:\t%lu\nflags:\t0%o\nmnt_id:\t%lu\nino:\t%lu\n",
               (unsigned long)file->position, file_open_flags(file),
               (unsigned long)(file->path.mount ? file->path.mount->id : 0),
               (unsigned long)(file->inode ? file->inode->attr.ino : 0));
    file_put(file);
    return OK;
}

static const struct gen_ops fdinfo_ops = {.show = show_fdinfo};

static status_t fdinfo_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct linux_process *lp;
    struct file *file;
    int fd = fd_of_name(name);
    status_t st = fd < 0 ? ERR_NOT_FOUND : fd_file(dir, fd, &file);

    if (st != OK)
        return st;
    file_put(file);
    st = proc_process(dir, &lp);
    if (st == OK) {
        st = proc_inode_create(dir, lp, PROC_INO_FDINFO + (uint32_t)fd, INODE_FILE, 0400,
                               &fdinfo_ops, out);
        linux_process_put(lp);
    }
    return st;
}

static status_t fd_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct linux_process *lp;
    struct file *file;
    int fd = fd_of_name(name);
    status_t st = fd < 0 ? ERR_NOT_FOUND : fd_file(dir, fd, &file);

    if (st != OK)
        return st;
    st = proc_process(dir, &lp);
    if (st == OK) {
        st = proc_inode_create(dir, lp, PROC_INO_FD + (uint32_t)fd, INODE_SYMLINK,
                               link_mode(file), &fd_link_ops, out);
        linux_process_put(lp);
    }
    file_put(file);
    return st;
}

/* One entry for each descriptor, numbered from `first`. */
static status_t list_fds(struct inode *dir, uint32_t first, enum inode_type type, uint64_t *at,
                         bool (*emit)(void *arg, struct name name, uint64_t ino,
                                      enum inode_type type, uint64_t next),
                         void *arg)
{
    struct linux_process *lp;
    struct fd_table *fds;
    struct file *file;
    char text[16];

    if (proc_process(dir, &lp) != OK)
        return OK;
    fds = fds_of(lp);
    for (int fd = (int)*at; fds && fd_next(fds, &fd, &file) == OK; fd++) {
        int size = format(text, sizeof(text), "%d", fd);

        file_put(file);
        if (!emit(arg, (struct name){text, (size_t)size}, proc_ino(lp, first + (uint32_t)fd),
                  type, (uint64_t)fd + 1))
            break;
        *at = (uint64_t)fd + 1;
    }
    fd_table_put(fds);
    linux_process_put(lp);
    return OK;
}

static status_t fd_readdir(struct inode *dir, uint64_t *at,
                           bool (*emit)(void *arg, struct name name, uint64_t ino,
                                        enum inode_type type, uint64_t next),
                           void *arg)
{
    return list_fds(dir, PROC_INO_FD, INODE_SYMLINK, at, emit, arg);
}

static status_t fdinfo_readdir(struct inode *dir, uint64_t *at,
                               bool (*emit)(void *arg, struct name name, uint64_t ino,
                                            enum inode_type type, uint64_t next),
                               void *arg)
{
    return list_fds(dir, PROC_INO_FDINFO, INODE_FILE, at, emit, arg);
}

const struct gen_ops proc_fd_dir_ops = {
    .lookup = fd_lookup, .readdir = fd_readdir, .attr = proc_owner_attr};
const struct gen_ops proc_fdinfo_dir_ops = {.lookup = fdinfo_lookup, .readdir = fdinfo_readdir};

/* Where exe, cwd or root of a process is. */
typedef status_t place_fn(struct linux_process *lp, struct path *out);

static status_t exe_place(struct linux_process *lp, struct path *out)
{
    struct file *exe = exe_of(lp);

    if (!exe)
        return ERR_NOT_FOUND;
    *out = exe->path;
    path_get(out);
    file_put(exe);
    return OK;
}

static status_t cwd_place(struct linux_process *lp, struct path *out)
{
    return context_place(lp, false, out);
}

static status_t root_place(struct linux_process *lp, struct path *out)
{
    return context_place(lp, true, out);
}

static status_t find_place(struct inode *link, place_fn *place, struct path *out)
{
    struct linux_process *lp;
    status_t st = proc_process(link, &lp);

    if (st != OK)
        return ERR_NOT_FOUND;
    st = place(lp, out);
    linux_process_put(lp);
    return st;
}

status_t proc_root(struct inode *inode, struct path *out)
{
    return find_place(inode, root_place, out);
}

static status_t read_place(struct inode *link, place_fn *place, char *buf, size_t size,
                           size_t *length)
{
    struct path path;
    status_t st = find_place(link, place, &path);

    if (st != OK)
        return st;
    st = name_place(&path, buf, size, length);
    path_put(&path);
    return st;
}

static status_t exe_readlink(struct inode *link, char *buf, size_t size, size_t *length)
{
    return read_place(link, exe_place, buf, size, length);
}

static status_t cwd_readlink(struct inode *link, char *buf, size_t size, size_t *length)
{
    return read_place(link, cwd_place, buf, size, length);
}

static status_t root_readlink(struct inode *link, char *buf, size_t size, size_t *length)
{
    return read_place(link, root_place, buf, size, length);
}

static status_t exe_follow(struct inode *link, struct path *out)
{
    return find_place(link, exe_place, out);
}

static status_t cwd_follow(struct inode *link, struct path *out)
{
    return find_place(link, cwd_place, out);
}

static status_t root_follow(struct inode *link, struct path *out)
{
    return find_place(link, root_place, out);
}

const struct gen_ops proc_exe_ops = {.readlink = exe_readlink, .follow = exe_follow};
const struct gen_ops proc_cwd_ops = {.readlink = cwd_readlink, .follow = cwd_follow};
const struct gen_ops proc_root_ops = {.readlink = root_readlink, .follow = root_follow};
