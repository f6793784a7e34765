/*
 * fs_test.h - the machine of fs's unit tests: a ramfs as root, a walker, short forms of the
 * calls, and what has to be back at the end of each test.
 */
#pragma once

#include "vm/machine_test.h"

#include <stdio.h>

#include "base/random.h"
#include "base/string.h"
#include "fs/file.h"
#include "fs/mount.h"
#include "fs/ramfs.h"

static struct walk_env env;
static struct path root;
static unsigned inodes_at_start;

static UNUSED void boot(const struct sim_config *config)
{
    machine_boot(config, NULL);
    vfs_init();
    machine_note();
    inodes_at_start = inode_count();
}

/* `fs` (consumed) is the root of all, seen by root. */
static UNUSED void mount_root(struct filesystem *fs)
{
    assert_int_equal(mount_add(fs, NULL, 0, NULL, &root), OK);
    filesystem_put(fs);
    env = (struct walk_env){.root = root,
                            .cwd = root,
                            .override_dac = true,
                            .override_owner = true,
                            .change_owner = true};
}

static UNUSED void unmount_root(void)
{
    dentry_shrink();
    assert_int_equal(mount_remove(&root, MOUNT_REMOVE), OK);
    path_put(&root);
}

/* Nothing is left of any test. */
static UNUSED void shut_down(void)
{
    dentry_shrink();
    assert_int_equal(dentry_count(), 0);
    assert_int_equal(inode_count(), inodes_at_start);
    assert_int_equal(object_count(), 0);
    machine_end();
}

static UNUSED int setup(void **state)
{
    struct filesystem *fs;

    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    mount_root(fs);
    return 0;
}

static UNUSED int teardown(void **state)
{
    (void)state;
    unmount_root();
    shut_down();
    return 0;
}

/* From now on a user without privileges. */
static UNUSED void become(uint32_t uid, uint32_t gid)
{
    env.uid = uid;
    env.gid = gid;
    env.override_dac = env.override_owner = env.change_owner = uid == 0;
}

static UNUSED status_t walk(const char *text, unsigned flags, struct path *out)
{
    return path_walk(&env, NULL, text, flags, out, NULL);
}

/* Whether it can be walked to. */
static UNUSED status_t probe(const char *text)
{
    struct path path;
    status_t st = walk(text, WALK_NOFOLLOW, &path);

    if (st == OK)
        path_put(&path);
    return st;
}

static status_t parent_of(const char *text, struct path *parent, struct name *last)
{
    return path_walk(&env, NULL, text, WALK_PARENT, parent, last);
}

/* With parent and last component of `text`. */
#define AT_PARENT(text, call)                           \
    ({                                                  \
        struct path parent;                             \
        struct name last;                               \
        status_t st_ = parent_of(text, &parent, &last); \
                                                        \
        if (st_ == OK) {                                \
            st_ = (call);                               \
            path_put(&parent);                          \
        }                                               \
        st_;                                            \
    })

static struct inode_attr attr_for(enum inode_type type, uint32_t mode)
{
    return (struct inode_attr){.type = type, .mode = mode, .uid = env.uid, .gid = env.gid};
}

static UNUSED status_t t_mkdir(const char *text, uint32_t mode)
{
    struct inode_attr attr = attr_for(INODE_DIR, mode);

    return AT_PARENT(text, vfs_mkdir(&env, &parent, last, &attr));
}

static UNUSED status_t t_create(const char *text, enum inode_type type, uint32_t mode)
{
    struct inode_attr attr = attr_for(type, mode);
    struct path made = {0};
    status_t st = AT_PARENT(text, vfs_create(&env, &parent, last, &attr, &made));

    path_put(&made);
    return st;
}

static UNUSED status_t t_symlink(const char *target, const char *text)
{
    struct inode_attr attr = attr_for(INODE_SYMLINK, 0777);

    return AT_PARENT(text, vfs_symlink(&env, &parent, last, target, &attr));
}

static UNUSED status_t t_unlink(const char *text)
{
    return AT_PARENT(text, vfs_unlink(&env, &parent, last));
}

static UNUSED status_t t_rmdir(const char *text)
{
    return AT_PARENT(text, vfs_rmdir(&env, &parent, last));
}

static UNUSED status_t t_link(const char *from, const char *text)
{
    struct path target;
    status_t st = walk(from, WALK_NOFOLLOW, &target);

    if (st != OK)
        return st;
    st = AT_PARENT(text, vfs_link(&env, &target, &parent, last));
    path_put(&target);
    return st;
}

static UNUSED status_t t_rename(const char *from, const char *to, unsigned flags)
{
    struct path from_dir;
    struct name from_name;
    status_t st = parent_of(from, &from_dir, &from_name);

    if (st != OK)
        return st;
    st = AT_PARENT(to, vfs_rename(&env, &from_dir, from_name, &parent, last, flags));
    path_put(&from_dir);
    return st;
}

static UNUSED status_t t_set_attr(const char *text, struct inode_attr attr, unsigned which)
{
    struct path path;
    status_t st = walk(text, WALK_NOFOLLOW, &path);

    if (st != OK)
        return st;
    st = vfs_set_attr(&env, &path, &attr, which);
    path_put(&path);
    return st;
}

static UNUSED struct inode_attr t_stat(const char *text)
{
    struct inode_attr attr;
    struct path path;

    assert_int_equal(walk(text, WALK_NOFOLLOW, &path), OK);
    inode_attr_get(path.dentry->inode, &attr);
    path_put(&path);
    return attr;
}

static UNUSED status_t t_open(const char *text, unsigned flags, struct file **out)
{
    struct path path;
    status_t st = walk(text, 0, &path);

    if (st != OK)
        return st;
    st = file_open(&path, flags, out);
    path_put(&path);
    return st;
}

static struct task no_task;

static UNUSED status_t t_read(struct file *file, void *buf, size_t size, uint64_t at,
                              size_t *done)
{
    struct iobuf io;
    status_t st;

    iobuf_init_kernel(&io, buf, size);
    st = file_try_transfer(&no_task, file, &io, at, FILE_TRANSFER_READ);
    *done = io.done;
    return st;
}

static UNUSED status_t t_write(struct file *file, const void *buf, size_t size, uint64_t at,
                               size_t *done)
{
    struct iobuf io;
    status_t st;

    iobuf_init_kernel(&io, (void *)buf, size);
    st = file_try_transfer(&no_task, file, &io, at, FILE_TRANSFER_WRITE);
    *done = io.done;
    return st;
}

/* The whole file becomes `text`; made if missing. */
static UNUSED status_t t_put(const char *name, const char *text)
{
    struct file *file;
    size_t done;
    status_t st = probe(name) == OK ? OK : t_create(name, INODE_FILE, 0644);

    if (st == OK)
        st = t_open(name, FILE_WRITE, &file);
    if (st != OK)
        return st;
    assert_int_equal(file_truncate(file, 0), OK);
    st = t_write(file, text, strlen(text), FILE_POSITION, &done);
    if (st == OK)
        assert_int_equal(done, strlen(text));
    file_put(file);
    return st;
}

/* What the file holds, up to 255 bytes; the status's text where it cannot be read. */
static UNUSED const char *t_get(const char *name)
{
    static char text[256];
    struct file *file;
    size_t done = 0;
    status_t st = t_open(name, FILE_READ, &file);

    if (st != OK)
        return status_text(st);
    st = t_read(file, text, sizeof(text) - 1, 0, &done);
    file_put(file);
    text[done] = '\0';
    return st == OK ? text : status_text(st);
}

struct t_names {
    char text[4096]; /* each followed by a space, in the order listed */
    size_t size;
    unsigned count, limit; /* at most `limit` */
};

static UNUSED bool t_names_emit(void *arg, struct name name, uint64_t ino, enum inode_type type,
                                uint64_t next)
{
    struct t_names *names = arg;

    (void)ino, (void)type, (void)next;
    if (names->count == names->limit)
        return false;
    names->count++;
    assert_true(names->size + name.size + 2 <= sizeof(names->text));
    memcpy(names->text + names->size, name.text, name.size);
    names->size += name.size;
    names->text[names->size++] = ' ';
    return true;
}

/* All names of a directory, `chunk` at a time. */
static UNUSED const char *t_list(const char *text, unsigned chunk)
{
    static struct t_names names;
    struct file *file;
    unsigned before;

    assert_int_equal(t_open(text, FILE_READ, &file), OK);
    names = (struct t_names){0};
    do {
        before = names.count;
        names.limit = before + chunk;
        assert_int_equal(file_readdir(file, t_names_emit, &names), OK);
    } while (names.count != before);
    file_put(file);
    return names.text;
}

/* Until nothing can run. */
static UNUSED void settle_tasks(void)
{
    while (executor_step())
        ;
}
