/*
 * vfs_test.c - making and removing names in a ramfs: every refusal, and what changes otherwise.
 */
#include "fs/fs_test.h"

#include "hal/time.h"

static void test_create(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/d", 0750), OK);
    assert_int_equal(t_mkdir("/d", 0750), ERR_ALREADY_EXISTS);
    assert_int_equal(t_mkdir("/", 0750), ERR_ALREADY_EXISTS);
    assert_int_equal(t_mkdir("/d/.", 0750), ERR_ALREADY_EXISTS);
    assert_int_equal(t_mkdir("/d/x/", 0750), OK);
    assert_int_equal(t_create("/d/dev", INODE_CHAR, 0600), OK);
    assert_int_equal(t_create("/d/fifo", INODE_FIFO, 0600), OK);
    assert_int_equal(t_create("/none/x", INODE_FILE, 0600), ERR_NOT_FOUND);
    assert_int_equal(t_create("/d/fifo/x", INODE_FILE, 0600), ERR_NOT_DIR);
    assert_int_equal(t_symlink("", "/d/empty"), ERR_NOT_FOUND);
    assert_int_equal(t_symlink("anything", "/d/link"), OK);
    assert_int_equal(t_stat("/d").mode, 0750);
    assert_int_equal(t_stat("/d").nlink, 3);
    assert_int_equal(t_stat("/d/link").size, 8);
    assert_string_equal(t_list("/d", 2), ". .. x dev fifo link ");
    assert_string_equal(t_list("/d", 100), ". .. x dev fifo link ");
}

static void test_create_permissions(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/d", 0755), OK);
    assert_int_equal(t_mkdir("/group", 02777), OK);
    assert_int_equal(t_set_attr("/group", (struct inode_attr){.gid = 33}, ATTR_GID), OK);
    become(1000, 1000);
    assert_int_equal(t_mkdir("/d/x", 0755), ERR_ACCESS_DENIED);
    assert_int_equal(t_mkdir("/d", 0755), ERR_ALREADY_EXISTS);
    assert_int_equal(t_create("/group/f", INODE_FILE, 0644), OK);
    assert_int_equal(t_mkdir("/group/d", 0755), OK);
    assert_int_equal(t_stat("/group/f").gid, 33);
    assert_int_equal(t_stat("/group/f").mode, 0644);
    assert_int_equal(t_stat("/group/d").mode, 02755);
    become(0, 0);
}

static void test_link(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/d", 0755), OK);
    assert_int_equal(t_put("/f", "one"), OK);
    assert_int_equal(t_link("/f", "/d/g"), OK);
    assert_int_equal(t_stat("/f").nlink, 2);
    assert_int_equal(t_stat("/f").ino, t_stat("/d/g").ino);
    assert_int_equal(t_put("/d/g", "two"), OK);
    assert_string_equal(t_get("/f"), "two");
    assert_int_equal(t_link("/f", "/d/g"), ERR_ALREADY_EXISTS);
    assert_int_equal(t_link("/d", "/e"), ERR_NOT_PERMITTED);
    assert_int_equal(t_unlink("/f"), OK);
    assert_int_equal(t_stat("/d/g").nlink, 1);
    assert_string_equal(t_get("/d/g"), "two");
}

static void test_link_of_deleted(void **state)
{
    struct path target;

    (void)state;
    assert_int_equal(t_put("/f", "x"), OK);
    assert_int_equal(walk("/f", 0, &target), OK);
    assert_int_equal(t_unlink("/f"), OK);
    assert_int_equal(AT_PARENT("/g", vfs_link(&env, &target, &parent, last)), ERR_NOT_FOUND);
    path_put(&target);
}

static void test_unlink(void **state)
{
    struct file *file;
    char buf[8];
    size_t done;

    (void)state;
    assert_int_equal(t_mkdir("/d", 0755), OK);
    assert_int_equal(t_put("/d/f", "kept"), OK);
    assert_int_equal(t_unlink("/d"), ERR_NOT_FILE);
    assert_int_equal(t_unlink("/"), ERR_NOT_FILE);
    assert_int_equal(t_unlink("/d/none"), ERR_NOT_FOUND);
    assert_int_equal(t_open("/d/f", FILE_READ, &file), OK);
    assert_int_equal(t_unlink("/d/f"), OK);
    assert_int_equal(probe("/d/f"), ERR_NOT_FOUND);
    assert_int_equal(t_read(file, buf, sizeof(buf), 0, &done), OK);
    assert_int_equal(done, 4);
    assert_memory_equal(buf, "kept", 4);
    file_put(file);
    assert_int_equal(t_put("/d/f", "new"), OK);
    become(1000, 1000);
    assert_int_equal(t_unlink("/d/f"), ERR_ACCESS_DENIED);
    assert_int_equal(t_unlink("/d/none"), ERR_NOT_FOUND);
    become(0, 0);
}

static void test_rmdir(void **state)
{
    struct path gone;
    struct inode_attr attr = {.type = INODE_FILE, .mode = 0644};
    struct path made;

    (void)state;
    assert_int_equal(t_mkdir("/d", 0755), OK);
    assert_int_equal(t_mkdir("/d/e", 0755), OK);
    assert_int_equal(t_put("/f", "x"), OK);
    assert_int_equal(t_rmdir("/d"), ERR_NOT_EMPTY);
    assert_int_equal(t_rmdir("/f"), ERR_NOT_DIR);
    assert_int_equal(t_rmdir("/d/e/."), ERR_INVALID_ARGS);
    assert_int_equal(t_rmdir("/d/e/.."), ERR_NOT_EMPTY);
    assert_int_equal(t_rmdir("/"), ERR_UNAVAILABLE);
    assert_int_equal(walk("/d/e", 0, &gone), OK);
    assert_int_equal(t_rmdir("/d/e"), OK);
    assert_int_equal(t_stat("/d").nlink, 2);
    assert_int_equal(vfs_create(&env, &gone, (struct name){"n", 1}, &attr, &made),
                     ERR_NOT_FOUND);
    path_put(&gone);
    assert_int_equal(t_rmdir("/d"), OK);
    assert_int_equal(probe("/d"), ERR_NOT_FOUND);
}

static void test_sticky(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/tmp", 01777), OK);
    become(1, 1);
    assert_int_equal(t_put("/tmp/mine", "x"), OK);
    become(2, 2);
    assert_int_equal(t_put("/tmp/his", "x"), OK);
    assert_int_equal(t_unlink("/tmp/mine"), ERR_NOT_PERMITTED);
    assert_int_equal(t_rename("/tmp/mine", "/tmp/x", 0), ERR_NOT_PERMITTED);
    assert_int_equal(t_rename("/tmp/his", "/tmp/mine", 0), ERR_NOT_PERMITTED);
    assert_int_equal(t_unlink("/tmp/his"), OK);
    become(1, 1);
    assert_int_equal(t_unlink("/tmp/mine"), OK);
    become(0, 0);
}

static void test_rename(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/a", 0755), OK);
    assert_int_equal(t_mkdir("/b", 0755), OK);
    assert_int_equal(t_put("/a/f", "f"), OK);
    assert_int_equal(t_put("/a/g", "g"), OK);
    assert_int_equal(t_rename("/a/none", "/a/x", 0), ERR_NOT_FOUND);
    assert_int_equal(
        t_rename("/a/f", "/b/a-name-that-needs-a-string-of-its-own-on-the-heap", 0), OK);
    assert_string_equal(t_get("/b/a-name-that-needs-a-string-of-its-own-on-the-heap"), "f");
    assert_int_equal(probe("/a/f"), ERR_NOT_FOUND);
    assert_int_equal(
        t_rename("/b/a-name-that-needs-a-string-of-its-own-on-the-heap", "/a/g", 0), OK);
    assert_string_equal(t_get("/a/g"), "f");
    assert_int_equal(t_rename("/a/g", "/a/g", 0), OK);
    assert_int_equal(t_rename("/a", "/c", 0), OK);
    assert_string_equal(t_get("/c/g"), "f");
    assert_int_equal(t_rename("/c", "/b/c", 0), OK);
    assert_int_equal(t_stat("/b").nlink, 3);
    assert_string_equal(t_get("/b/c/../c/g"), "f");
    assert_string_equal(t_list("/", 9), ". .. b ");
}

static void test_rename_refusals(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/a", 0755), OK);
    assert_int_equal(t_mkdir("/a/b", 0755), OK);
    assert_int_equal(t_mkdir("/e", 0755), OK);
    assert_int_equal(t_put("/f", "f"), OK);
    assert_int_equal(t_rename("/a", "/a/b/c", 0), ERR_INVALID_ARGS);
    assert_int_equal(t_rename("/a", "/a/c", 0), ERR_INVALID_ARGS);
    assert_int_equal(t_rename("/a/b", "/a", 0), ERR_NOT_EMPTY);
    assert_int_equal(t_rename("/e", "/a", 0), ERR_NOT_EMPTY);
    assert_int_equal(t_rename("/f", "/a", 0), ERR_NOT_FILE);
    assert_int_equal(t_rename("/a", "/f", 0), ERR_NOT_DIR);
    assert_int_equal(t_rename("/a/.", "/x", 0), ERR_UNAVAILABLE);
    assert_int_equal(t_rename("/", "/x", 0), ERR_UNAVAILABLE);
    assert_int_equal(t_rename("/f", "/a", VFS_RENAME_NOREPLACE), ERR_ALREADY_EXISTS);
    assert_int_equal(t_rename("/f", "/none", VFS_RENAME_EXCHANGE), ERR_NOT_FOUND);
    assert_int_equal(t_rename("/f", "/a", VFS_RENAME_NOREPLACE | VFS_RENAME_EXCHANGE),
                     ERR_INVALID_ARGS);
    assert_int_equal(t_rename("/a", "/a/b", VFS_RENAME_EXCHANGE), ERR_INVALID_ARGS);
    assert_int_equal(t_rename("/f", "/a", 8), ERR_INVALID_ARGS);
    assert_int_equal(t_rename("/a", "/e", 0), OK);
    become(1, 1);
    assert_int_equal(t_rename("/f", "/g", 0), ERR_ACCESS_DENIED);
    become(0, 0);
}

static void test_exchange(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/a", 0755), OK);
    assert_int_equal(t_mkdir("/a/d", 0755), OK);
    assert_int_equal(t_put("/a/d/in", "in"), OK);
    assert_int_equal(t_mkdir("/b", 0755), OK);
    assert_int_equal(t_put("/b/f", "f"), OK);
    assert_int_equal(t_rename("/a/d", "/b/f", VFS_RENAME_EXCHANGE), OK);
    assert_string_equal(t_get("/a/d"), "f");
    assert_string_equal(t_get("/b/f/in"), "in");
    assert_int_equal(t_stat("/a").nlink, 2);
    assert_int_equal(t_stat("/b").nlink, 3);
    dentry_shrink();
    assert_string_equal(t_get("/a/d"), "f");
    assert_string_equal(t_get("/b/f/in"), "in");
}

static void test_rename_of_links(void **state)
{
    (void)state;
    assert_int_equal(t_put("/f", "f"), OK);
    assert_int_equal(t_link("/f", "/g"), OK);
    assert_int_equal(t_rename("/f", "/g", 0), OK);
    assert_int_equal(probe("/f"), OK);
    assert_int_equal(t_stat("/g").nlink, 2);
}

static void test_chmod_chown(void **state)
{
    (void)state;
    assert_int_equal(t_create("/f", INODE_FILE, 06755), OK);
    assert_int_equal(
        t_set_attr("/f", (struct inode_attr){.uid = 5, .gid = 5}, ATTR_UID | ATTR_GID), OK);
    assert_int_equal(t_stat("/f").mode, 0755);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.mode = 06755}, ATTR_MODE), OK);
    become(6, 6);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.mode = 0777}, ATTR_MODE),
                     ERR_NOT_PERMITTED);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.uid = 6}, ATTR_UID),
                     ERR_NOT_PERMITTED);
    become(5, 6);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.uid = 6}, ATTR_UID),
                     ERR_NOT_PERMITTED);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.gid = 7}, ATTR_GID),
                     ERR_NOT_PERMITTED);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.gid = 6}, ATTR_GID), OK);
    assert_int_equal(t_stat("/f").mode, 0755);
    become(5, 5);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.mode = 02711}, ATTR_MODE), OK);
    assert_int_equal(t_stat("/f").mode, 0711); /* not in its group */
    become(0, 0);
}

static void test_times(void **state)
{
    struct inode_attr attr = {.atime = 11, .mtime = 22};

    (void)state;
    assert_int_equal(t_create("/f", INODE_FILE, 0622), OK);
    become(1, 1);
    assert_int_equal(t_set_attr("/f", attr, ATTR_ATIME | ATTR_MTIME), ERR_NOT_PERMITTED);
    assert_int_equal(t_set_attr("/f", attr, ATTR_ATIME | ATTR_MTIME | ATTR_NOW), OK);
    assert_true(t_stat("/f").mtime != 22);
    become(0, 0);
    assert_int_equal(t_set_attr("/f", attr, ATTR_ATIME | ATTR_MTIME), OK);
    assert_int_equal(t_stat("/f").atime, 11);
    assert_int_equal(t_stat("/f").mtime, 22);
    sim_advance(5);
    assert_string_equal(t_get("/f"), "");
    assert_int_equal(t_stat("/f").atime, 11);
    assert_int_equal(t_put("/f", "x"), OK);
    assert_int_equal(t_stat("/f").mtime, inode_time_now());
    assert_string_equal(t_get("/f"), "x");
    assert_int_equal(t_stat("/f").atime, inode_time_now());
}

static void test_truncate(void **state)
{
    char buf[8];
    struct file *file;
    size_t done;

    (void)state;
    assert_int_equal(t_mkdir("/d", 0755), OK);
    assert_int_equal(t_create("/fifo", INODE_FIFO, 0644), OK);
    assert_int_equal(t_put("/f", "abcdef"), OK);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.size = 3}, ATTR_SIZE), OK);
    assert_string_equal(t_get("/f"), "abc");
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.size = 6}, ATTR_SIZE), OK);
    assert_int_equal(t_open("/f", FILE_READ, &file), OK);
    assert_int_equal(file_truncate(file, 1), ERR_INVALID_ARGS);
    assert_int_equal(t_read(file, buf, sizeof(buf), 0, &done), OK);
    assert_int_equal(done, 6);
    assert_memory_equal(buf, "abc\0\0\0", 6);
    file_put(file);
    assert_int_equal(t_set_attr("/d", (struct inode_attr){.size = 3}, ATTR_SIZE), ERR_NOT_FILE);
    assert_int_equal(t_set_attr("/fifo", (struct inode_attr){0}, ATTR_SIZE), ERR_INVALID_ARGS);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.size = 1ull << 60}, ATTR_SIZE),
                     ERR_FILE_BIG);
    become(1, 1);
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.size = 3}, ATTR_SIZE),
                     ERR_ACCESS_DENIED);
    become(0, 0);
}

static void test_open(void **state)
{
    struct file *file;
    size_t done;
    char buf[4];

    (void)state;
    assert_int_equal(t_mkdir("/d", 0755), OK);
    assert_int_equal(t_create("/dev", INODE_CHAR, 0644), OK);
    assert_int_equal(t_create("/sock", INODE_SOCKET, 0644), OK);
    assert_int_equal(t_open("/d", FILE_WRITE, &file), ERR_NOT_FILE);
    assert_int_equal(t_open("/dev", FILE_READ, &file), ERR_IO_NOT_PRESENT);
    assert_int_equal(t_open("/sock", FILE_READ, &file), ERR_IO_NOT_PRESENT);
    assert_int_equal(t_open("/d", FILE_READ, &file), OK);
    assert_int_equal(t_read(file, buf, sizeof(buf), FILE_POSITION, &done), ERR_NOT_FILE);
    file_put(file);
    assert_int_equal(t_open("/sock", FILE_PATH, &file), OK);
    assert_int_equal(t_read(file, buf, sizeof(buf), FILE_POSITION, &done), ERR_BAD_FD);
    file_put(file);
}

/* A tree much deeper than a path is long, and than a stack would bear. */
static void test_deep_tree(void **state)
{
    struct path cwd = root, next;

    (void)state;
    path_get(&cwd);
    for (int i = 0; i < 5000; i++) {
        env.cwd = cwd;
        assert_int_equal(t_mkdir("d", 0755), OK);
        assert_int_equal(walk("d", 0, &next), OK);
        path_put(&cwd);
        cwd = next;
    }
    env.cwd = root;
    path_put(&cwd);
}

/* Each change, with each allocation failing in turn, is all or nothing. */
#define EACH_FAILURE(call)               \
    do {                                 \
        status_t st_;                    \
        for (unsigned nth = 1;; nth++) { \
            inject_failure_at(nth);      \
            st_ = (call);                \
            inject_failure_at(0);        \
            if (st_ != ERR_NO_MEMORY)    \
                break;                   \
            dentry_shrink();             \
        }                                \
        assert_int_equal(st_, OK);       \
    } while (0)

static void test_no_memory(void **state)
{
    (void)state;
    EACH_FAILURE(t_mkdir("/directory", 0755));
    EACH_FAILURE(t_create("/directory/file", INODE_FILE, 0644));
    EACH_FAILURE(t_symlink("target", "/directory/link"));
    EACH_FAILURE(t_link("/directory/file", "/other"));
    EACH_FAILURE(t_rename("/other", "/directory/third", 0));
    EACH_FAILURE(t_rename("/directory", "/directory2", 0));
    EACH_FAILURE(t_rename("/directory2/file", "/directory2/link", VFS_RENAME_EXCHANGE));
    EACH_FAILURE(t_unlink("/directory2/third"));
    assert_string_equal(t_list("/directory2", 9), ". .. file link ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_create, setup, teardown),
        cmocka_unit_test_setup_teardown(test_create_permissions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_link, setup, teardown),
        cmocka_unit_test_setup_teardown(test_link_of_deleted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unlink, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rmdir, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sticky, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rename, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rename_refusals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_exchange, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rename_of_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chmod_chown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_times, setup, teardown),
        cmocka_unit_test_setup_teardown(test_truncate, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deep_tree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
