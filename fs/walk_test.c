/*
 * walk_test.c - path_resolution(7), rule by rule, and path_name, its inverse.
 */
#include "fs/fs_test.h"

static void make_tree(void)
{
    assert_int_equal(t_mkdir("/a", 0755), OK);
    assert_int_equal(t_mkdir("/a/b", 0755), OK);
    assert_int_equal(t_put("/a/file", "f"), OK);
    assert_int_equal(t_symlink("b", "/a/to_b"), OK);
    assert_int_equal(t_symlink("/a/file", "/abs"), OK);
    assert_int_equal(t_symlink("nowhere", "/dangling"), OK);
    assert_int_equal(t_symlink("loop", "/loop"), OK);
}

static void assert_place(const char *text, unsigned flags, const char *want)
{
    char buf[256];
    size_t length;
    struct path path;

    assert_int_equal(walk(text, flags, &path), OK);
    assert_int_equal(path_name(&root, &path, buf, sizeof(buf), &length), OK);
    assert_int_equal(length, strlen(want));
    assert_memory_equal(buf, want, length);
    path_put(&path);
}

static void test_places(void **state)
{
    (void)state;
    make_tree();
    assert_place("/", 0, "/");
    assert_place("//a///b//", 0, "/a/b");
    assert_place("a/./b/..", 0, "/a");
    assert_place("/..", 0, "/");
    assert_place("/../../a", 0, "/a");
    assert_place("/a/to_b", 0, "/a/b");
    assert_place("/a/to_b", WALK_NOFOLLOW, "/a/to_b");
    assert_place("/a/to_b/", WALK_NOFOLLOW, "/a/b");
    assert_place("/a/to_b/..", 0, "/a");
    assert_place("/abs", 0, "/a/file");
    assert_place("/dangling", WALK_NOFOLLOW, "/dangling");
    assert_place("", WALK_EMPTY, "/");
}

static void assert_walk(const char *text, unsigned flags, status_t want)
{
    struct path path;
    status_t st = walk(text, flags, &path);

    if (st == OK)
        path_put(&path);
    assert_int_equal(st, want);
}

static void test_errors(void **state)
{
    (void)state;
    make_tree();
    assert_walk("", 0, ERR_NOT_FOUND);
    assert_walk("/missing", 0, ERR_NOT_FOUND);
    assert_walk("/missing/x", 0, ERR_NOT_FOUND);
    assert_walk("/missing/..", 0, ERR_NOT_FOUND);
    assert_walk("/a/file/x", 0, ERR_NOT_DIR);
    assert_walk("/a/file/", 0, ERR_NOT_DIR);
    assert_walk("/a/file/.", 0, ERR_NOT_DIR);
    assert_walk("/a/file/..", 0, ERR_NOT_DIR);
    assert_walk("/a/file", WALK_DIRECTORY, ERR_NOT_DIR);
    assert_walk("/abs/", 0, ERR_NOT_DIR);
    assert_walk("/dangling", 0, ERR_NOT_FOUND);
    assert_walk("/dangling/", WALK_NOFOLLOW, ERR_NOT_FOUND);
    assert_walk("/loop", 0, ERR_LOOP);
    assert_walk("/loop/x", 0, ERR_LOOP);
    assert_walk("/loop", WALK_NOFOLLOW, OK);
}

static void test_limits(void **state)
{
    char text[4200];

    (void)state;
    memset(text, 'n', sizeof(text));
    text[0] = '/';
    text[256] = '\0';
    assert_walk(text, 0, ERR_NOT_FOUND); /* 255 bytes */
    text[256] = 'n';
    text[257] = '\0';
    assert_walk(text, 0, ERR_NAME_TOO_LONG);
    memset(text, '/', sizeof(text));
    text[4095] = '\0';
    assert_walk(text, 0, OK);
    text[4095] = '/';
    text[4096] = '\0';
    assert_walk(text, 0, ERR_NAME_TOO_LONG);
}

/* l0 -> target, l1 -> l0, ...: the walk to ln follows n + 1 links. */
static void test_forty_links(void **state)
{
    char name[16], target[16] = "target";

    (void)state;
    assert_int_equal(t_put("/target", "x"), OK);
    for (int i = 0; i <= 40; i++) {
        snprintf(name, sizeof(name), "/l%d", i);
        assert_int_equal(t_symlink(target, name), OK);
        snprintf(target, sizeof(target), "l%d", i);
    }
    assert_walk("/l39", 0, OK);
    assert_walk("/l40", 0, ERR_LOOP);
}

/* Links in the middle of links, with text left over at each level. */
static void test_nested_links(void **state)
{
    (void)state;
    make_tree();
    assert_int_equal(t_mkdir("/a/b/c", 0755), OK);
    assert_int_equal(t_symlink("a/to_b/c", "/one"), OK);
    assert_int_equal(t_symlink("one/../to_c/", "/two"), OK);
    assert_int_equal(t_symlink("/a/b/c", "/a/b/to_c"), OK);
    assert_int_equal(t_symlink("../two", "/a/three"), OK);
    assert_place("/two", 0, "/a/b/c");
    assert_place("/a/three/../.././three/.", 0, "/a/b/c");
    assert_place("/a/three/../../to_b/to_c/../../file", 0, "/a/file");
}

static void test_permissions(void **state)
{
    (void)state;
    make_tree();
    assert_int_equal(t_mkdir("/closed", 0700), OK);
    assert_int_equal(t_put("/closed/x", "x"), OK);
    assert_int_equal(t_mkdir("/group", 0710), OK);
    assert_int_equal(t_put("/group/x", "x"), OK);
    assert_int_equal(t_set_attr("/group", (struct inode_attr){.gid = 7}, ATTR_GID), OK);
    become(1000, 1000);
    assert_walk("/closed", 0, OK);
    assert_walk("/closed/x", 0, ERR_ACCESS_DENIED);
    assert_walk("/closed/.", 0, ERR_ACCESS_DENIED);
    assert_walk("/closed/missing", 0, ERR_ACCESS_DENIED);
    assert_walk("/group/x", 0, ERR_ACCESS_DENIED);
    env.groups = (const uint32_t[]){3, 7};
    env.group_count = 2;
    assert_walk("/group/x", 0, OK);
    env.group_count = 0;
    become(0, 0);
    assert_walk("/closed/x", 0, OK);
}

/* The owner's bits decide for the owner, even where others may do more; and root may not
 * execute what nobody may. */
static void test_permission_classes(void **state)
{
    struct path path;

    (void)state;
    assert_int_equal(t_create("/x", INODE_FILE, 0077), OK);
    assert_int_equal(t_create("/data", INODE_FILE, 0666), OK);
    assert_int_equal(walk("/data", 0, &path), OK);
    assert_int_equal(inode_permission(&env, path.dentry->inode, 6), OK);
    assert_int_equal(inode_permission(&env, path.dentry->inode, 1), ERR_ACCESS_DENIED);
    path_put(&path);
    env.override_dac = false;
    assert_int_equal(walk("/x", 0, &path), OK);
    assert_int_equal(inode_permission(&env, path.dentry->inode, 4), ERR_ACCESS_DENIED);
    env.uid = 5;
    assert_int_equal(inode_permission(&env, path.dentry->inode, 4), OK);
    path_put(&path);
}

static void test_parent(void **state)
{
    static const struct {
        const char *text, *last;
    } cases[] = {{"/a/new", "new"}, {"/a/new//", "new"}, {"/", ""},     {"/a/..", ".."},
                 {"/a/.", "."},     {"/a/to_b", "to_b"}, {"new", "new"}};

    (void)state;
    make_tree();
    for (unsigned i = 0; i < countof(cases); i++) {
        struct path parent;
        struct name last;

        assert_int_equal(parent_of(cases[i].text, &parent, &last), OK);
        assert_int_equal(last.size, strlen(cases[i].last));
        assert_memory_equal(last.text, cases[i].last, last.size);
        path_put(&parent);
    }
}

static void test_create(void **state)
{
    struct inode_attr attr = {.type = INODE_FILE, .mode = 0644};
    struct path path;
    bool created;

    (void)state;
    make_tree();
    assert_int_equal(path_walk_create(&env, NULL, "/dangling", 0, &attr, &path, &created), OK);
    assert_true(created);
    path_put(&path);
    assert_int_equal(probe("/nowhere"), OK);
    assert_int_equal(path_walk_create(&env, NULL, "/nowhere", 0, &attr, &path, &created), OK);
    assert_false(created);
    path_put(&path);
    assert_int_equal(path_walk_create(&env, NULL, "/new/", 0, &attr, &path, &created),
                     ERR_NOT_FILE);
    assert_int_equal(path_walk_create(&env, NULL, "/none/new", 0, &attr, &path, &created),
                     ERR_NOT_FOUND);
    assert_int_equal(path_walk_create(&env, NULL, "/loop", 0, &attr, &path, &created),
                     ERR_LOOP);
    become(9, 9);
    assert_int_equal(path_walk_create(&env, NULL, "/new", 0, &attr, &path, &created),
                     ERR_ACCESS_DENIED);
}

/* The walker's root is a wall, and a mount is stepped out of by its point. */
static void test_mounts(void **state)
{
    struct filesystem *fs;
    struct path point, mounted, inner;

    (void)state;
    make_tree();
    assert_int_equal(ramfs_create("tmpfs", 01777, &fs), OK);
    assert_int_equal(walk("/a/file", 0, &point), OK);
    assert_int_equal(mount_add(fs, &point, 0, NULL, &mounted), ERR_NOT_DIR);
    path_put(&point);
    assert_int_equal(walk("/a/b", 0, &point), OK);
    assert_int_equal(mount_add(fs, &point, 0, NULL, &mounted), OK);
    filesystem_put(fs);
    assert_int_equal(t_mkdir("/a/b/in", 0755), OK);
    assert_place("/a/b/in", 0, "/a/b/in");
    assert_place("/a/b/in/../..", 0, "/a");
    assert_place("/a/to_b/in", 0, "/a/b/in");
    assert_int_equal(t_rmdir("/a/b"), ERR_UNAVAILABLE);
    assert_int_equal(t_rename("/a/b", "/a/c", 0), ERR_UNAVAILABLE);
    assert_int_equal(t_rename("/a/b/in", "/a/in", 0), ERR_CROSS_DEVICE);
    assert_int_equal(t_link("/a/file", "/a/b/file"), ERR_CROSS_DEVICE);

    assert_int_equal(walk("/a/b/in", 0, &inner), OK);
    assert_int_equal(mount_remove(&inner, MOUNT_REMOVE), ERR_INVALID_ARGS);
    assert_int_equal(mount_remove(&mounted, MOUNT_REMOVE), ERR_UNAVAILABLE);
    env.root = inner;
    assert_place("/..", 0, "/a/b/in");
    env.root = root;
    path_put(&inner);
    dentry_shrink();
    assert_int_equal(mount_remove(&mounted, MOUNT_REMOVE), OK);
    path_put(&mounted);
    path_put(&point);
    assert_int_equal(probe("/a/b/in"), ERR_NOT_FOUND);
}

static void test_read_only_mount(void **state)
{
    struct filesystem *fs;
    struct path point, mounted;
    struct file *file;

    (void)state;
    make_tree();
    assert_int_equal(ramfs_create("tmpfs", 0755, &fs), OK);
    assert_int_equal(walk("/a/b", 0, &point), OK);
    assert_int_equal(mount_add(fs, &point, MOUNT_READ_ONLY, NULL, &mounted), OK);
    filesystem_put(fs);
    assert_int_equal(t_mkdir("/a/b/x", 0755), ERR_READ_ONLY);
    atomic_store(&mounted.mount->flags, 0);
    assert_int_equal(t_put("/a/b/x", "x"), OK);
    atomic_store(&mounted.mount->flags, MOUNT_READ_ONLY);
    assert_int_equal(t_unlink("/a/b/x"), ERR_READ_ONLY);
    assert_int_equal(t_open("/a/b/x", FILE_WRITE, &file), ERR_READ_ONLY);
    assert_int_equal(t_set_attr("/a/b/x", (struct inode_attr){0}, ATTR_MODE), ERR_READ_ONLY);
    assert_string_equal(t_get("/a/b/x"), "x");
    assert_int_equal(mount_remove(&mounted, MOUNT_DETACH), OK);
    path_put(&mounted);
    path_put(&point);
}

static void test_deleted_name(void **state)
{
    char buf[64];
    size_t length;
    struct path path;

    (void)state;
    make_tree();
    assert_int_equal(walk("/a/file", 0, &path), OK);
    assert_int_equal(t_unlink("/a/file"), OK);
    assert_int_equal(path_name(&root, &path, buf, sizeof(buf), &length), OK);
    assert_memory_equal(buf, "/a/file (deleted)", length);
    assert_int_equal(path_name(&root, &path, buf, 6, &length), ERR_NAME_TOO_LONG);
    path_put(&path);
}

/* More names than the cache keeps unused, and a walk without memory. */
static void test_pressure(void **state)
{
    char name[32];
    status_t st;

    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 200; i++) {
            snprintf(name, sizeof(name), "/file-%d", i);
            assert_int_equal(round ? probe(name) : t_put(name, name), OK);
        }
    assert_true(dentry_count() < 100);
    for (unsigned nth = 1;; nth++) {
        dentry_shrink();
        inject_failure_at(nth);
        st = probe("/file-7");
        inject_failure_at(0);
        if (st == OK)
            break;
        assert_int_equal(st, ERR_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_places, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_forty_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nested_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_permissions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_permission_classes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_create, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mounts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read_only_mount, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deleted_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pressure, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
