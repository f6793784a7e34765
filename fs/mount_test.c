/*
 * mount_test.c - mounts bound, moved, taken away and limited: what each leaves behind when it
 * fails, and that nothing stays when all is gone.
 */
#include "fs/fs_test.h"
#include "fs/tmpfs.h"

static status_t mount_tmpfs(const char *at, const char *options)
{
    struct filesystem *fs;
    struct path point, mounted;
    status_t st = walk(at, 0, &point);

    if (st != OK)
        return st;
    st = tmpfs_create(options, &fs);
    if (st == OK) {
        st = mount_add(fs, &point, 0, "x", &mounted);
        filesystem_put(fs);
        if (st == OK)
            path_put(&mounted);
    }
    path_put(&point);
    return st;
}

/* `make(from, to)` for two names. */
#define WITH_PATHS(from, to, make)               \
    ({                                           \
        struct path a, b;                        \
        status_t st_;                            \
                                                 \
        assert_int_equal(walk(from, 0, &a), OK); \
        assert_int_equal(walk(to, 0, &b), OK);   \
        st_ = (make);                            \
        path_put(&a);                            \
        path_put(&b);                            \
        st_;                                     \
    })

static status_t bind(const char *from, const char *to, enum mount_depth depth)
{
    return WITH_PATHS(from, to, mount_bind(&a, &b, depth));
}

static status_t move(const char *from, const char *to)
{
    return WITH_PATHS(from, to, mount_move(&a, &b));
}

static status_t unmount(const char *at, enum mount_remove how)
{
    return WITH_PATHS(at, "/", mount_remove(&a, how));
}

static void make_dirs(void)
{
    assert_int_equal(t_mkdir("/a", 0755), OK);
    assert_int_equal(t_mkdir("/b", 0755), OK);
    assert_int_equal(mount_tmpfs("/a", ""), OK);
    assert_int_equal(t_mkdir("/a/m", 0755), OK);
    assert_int_equal(mount_tmpfs("/a/m", ""), OK);
    assert_int_equal(t_put("/a/m/file", "x"), OK);
}

static void unmount_all(void)
{
    assert_int_equal(unmount("/a", MOUNT_DETACH), OK);
    dentry_shrink();
}

/* A tree of mounts is bound as a whole or not at all. */
static void test_bind_without_memory(void **state)
{
    status_t st;
    unsigned nth = 1;

    (void)state;
    make_dirs();
    do {
        inject_failure_at(nth++);
        st = bind("/a", "/b", MOUNT_TREE);
        inject_failure_at(0);
        assert_int_equal(probe("/b/m/file"), st == OK ? OK : ERR_NOT_FOUND);
    } while (st == ERR_NO_MEMORY);
    assert_int_equal(st, OK);
    assert_true(nth > 4);
    assert_int_equal(unmount("/b", MOUNT_DETACH), OK);
    unmount_all();
}

static void test_mount_without_memory(void **state)
{
    status_t st;
    unsigned nth = 1;

    (void)state;
    assert_int_equal(t_mkdir("/a", 0755), OK);
    do {
        inject_failure_at(nth++);
        st = mount_tmpfs("/a", "size=4k");
        inject_failure_at(0);
    } while (st == ERR_NO_MEMORY);
    assert_int_equal(st, OK);
    assert_true(nth > 5);
    unmount_all();
}

static void test_moved_below_itself(void **state)
{
    (void)state;
    make_dirs();
    assert_int_equal(move("/a", "/a/m"), ERR_LOOP);
    assert_int_equal(move("/b", "/a/m"), ERR_INVALID_ARGS);
    assert_int_equal(move("/a", "/b"), OK);
    assert_string_equal(t_get("/b/m/file"), "x");
    assert_int_equal(move("/b", "/a"), OK);
    unmount_all();
}

/* A place that is kept open in a mount that was taken away can be nothing's point. */
static void test_point_in_detached(void **state)
{
    struct path kept;

    (void)state;
    make_dirs();
    assert_int_equal(walk("/a/m", 0, &kept), OK);
    assert_int_equal(unmount("/a", MOUNT_DETACH), OK);
    assert_int_equal(mount_bind(&kept, &root, MOUNT_ONE), ERR_INVALID_ARGS);
    assert_int_equal(mount_bind(&root, &kept, MOUNT_ONE), ERR_INVALID_ARGS);
    assert_int_equal(mount_remove(&kept, MOUNT_REMOVE), ERR_INVALID_ARGS);
    path_put(&kept);
    dentry_shrink();
}

static void test_removed_point(void **state)
{
    struct path kept;

    (void)state;
    make_dirs();
    assert_int_equal(walk("/b", 0, &kept), OK);
    assert_int_equal(t_rmdir("/b"), OK);
    assert_int_equal(mount_bind(&root, &kept, MOUNT_ONE), ERR_NOT_FOUND);
    path_put(&kept);
    unmount_all();
}

static void test_writers(void **state)
{
    struct path at;
    struct file *file;

    (void)state;
    make_dirs();
    assert_int_equal(walk("/a/m", 0, &at), OK);
    assert_int_equal(t_open("/a/m/file", FILE_WRITE, &file), OK);
    assert_int_equal(filesystem_set_read_only(at.mount->fs, true), ERR_UNAVAILABLE);
    assert_int_equal(mount_set_flags(at.mount, MOUNT_READ_ONLY, MOUNT_READ_ONLY, MOUNT_ONE),
                     ERR_UNAVAILABLE);
    assert_false(mount_is_read_only(at.mount));
    file_put(file);
    assert_int_equal(filesystem_set_read_only(at.mount->fs, true), OK);
    assert_int_equal(t_open("/a/m/file", FILE_WRITE, &file), ERR_READ_ONLY);
    path_put(&at);
    unmount_all();
}

/* Pages count as long as somebody has them, mapped or not, and a refused write is not charged.
 */
static void test_quota(void **state)
{
    static char page[PAGE_SIZE];
    struct filesystem_stat stat;
    struct file *file;
    struct path at;
    struct vmo *vmo;
    size_t done;

    (void)state;
    assert_int_equal(t_mkdir("/a", 0755), OK);
    assert_int_equal(mount_tmpfs("/a", "size=8k,nr_inodes=2"), OK);
    assert_int_equal(t_create("/a/f", INODE_FILE, 0644), OK);
    assert_int_equal(t_create("/a/g", INODE_FILE, 0644), ERR_NO_SPACE);
    assert_int_equal(walk("/a", 0, &at), OK);
    assert_int_equal(t_open("/a/f", FILE_WRITE | FILE_READ, &file), OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(t_write(file, page, sizeof(page), FILE_POSITION, &done), OK);
    assert_int_equal(t_write(file, page, sizeof(page), FILE_POSITION, &done), ERR_NO_SPACE);
    assert_int_equal(file_truncate(file, 1), OK);
    at.mount->fs->stat(at.mount->fs, &stat);
    assert_int_equal(stat.free, 1);
    vmo = inode_vmo(file->inode);
    assert_int_equal(t_unlink("/a/f"), OK);
    file_put(file);
    at.mount->fs->stat(at.mount->fs, &stat);
    assert_int_equal(stat.free, 1);
    assert_int_equal(stat.free_inodes, 1);
    vmo_put(vmo);
    at.mount->fs->stat(at.mount->fs, &stat);
    assert_int_equal(stat.free, 2);
    path_put(&at);
    unmount_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bind_without_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mount_without_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_moved_below_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(test_point_in_detached, setup, teardown),
        cmocka_unit_test_setup_teardown(test_removed_point, setup, teardown),
        cmocka_unit_test_setup_teardown(test_writers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quota, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
