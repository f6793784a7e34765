/*
 * overlay_test.c - the overlay against a model: a plain ramfs that began with the same files
 * and sees the same operations.
 */
#include "fs/overlay.h"

#include <string.h>

#include "fs/fs_test.h"
#include "fs/xattr.h"

static struct path overlay, model, lower_mount; /* at /o, /m, /l */

static struct path mount_at(const char *name, struct filesystem *fs)
{
    struct path point, mounted;

    assert_int_equal(t_mkdir(name, 0755), OK);
    assert_int_equal(walk(name, 0, &point), OK);
    assert_int_equal(mount_add(fs, &point, 0, NULL, &mounted), OK);
    filesystem_put(fs);
    path_put(&point);
    return mounted;
}

static const char *const bases[] = {"/l", "/m"};

/* The same in the lower layer and in the model. */
static void populate(void)
{
    for (unsigned i = 0; i < countof(bases); i++) {
        char p[64], q[64];
#define P(text) (snprintf(p, sizeof(p), "%s%s", bases[i], text), p)
#define Q(text) (snprintf(q, sizeof(q), "%s%s", bases[i], text), q)
        assert_int_equal(t_mkdir(P("/a"), 0755), OK);
        assert_int_equal(t_mkdir(P("/a/b"), 0755), OK);
        assert_int_equal(t_mkdir(P("/c"), 0711), OK);
        assert_int_equal(t_put(P("/a/x"), "lower x"), OK);
        assert_int_equal(t_put(P("/a/b/y"), "lower y"), OK);
        assert_int_equal(t_put(P("/z"), "lower z"), OK);
        assert_int_equal(t_link(P("/z"), Q("/c/z")), OK);
        assert_int_equal(t_symlink("a/x", P("/link")), OK);
    }
}

static void start(uint64_t seed)
{
    struct filesystem *fs, *lower;

    boot(&(struct sim_config){.seed = seed});
    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    mount_root(fs);
    assert_int_equal(ramfs_create("ramfs", 0755, &lower), OK);
    lower_mount = mount_at("/l", filesystem_get(lower));
    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    model = mount_at("/m", fs);
    populate();
    assert_int_equal(overlay_create(lower, &fs), OK);
    filesystem_put(lower);
    overlay = mount_at("/o", fs);
}

static void finish(void)
{
    dentry_shrink();
    assert_int_equal(mount_remove(&overlay, MOUNT_REMOVE), OK);
    assert_int_equal(mount_remove(&model, MOUNT_REMOVE), OK);
    assert_int_equal(mount_remove(&lower_mount, MOUNT_REMOVE), OK);
    path_put(&overlay);
    path_put(&model);
    path_put(&lower_mount);
    unmount_root();
    shut_down();
}

static int setup_overlay(void **state)
{
    (void)state;
    start(1);
    return 0;
}

static int teardown_overlay(void **state)
{
    (void)state;
    finish();
    return 0;
}

static unsigned count_words(const char *text)
{
    unsigned count = 0;

    for (; (text = strchr(text, ' ')); text++)
        count++;
    return count;
}

static void assert_same(const char *a, const char *b);

/* Each name of `a` is in `b`, and there are as many. */
static void assert_same_dir(const char *a, const char *b)
{
    char names[4096], *save, pa[256], pb[256];
    unsigned count;

    strcpy(names, t_list(a, 3));
    count = count_words(names);
    assert_int_equal(count, count_words(t_list(b, 2)));
    for (char *n = strtok_r(names, " ", &save); n; n = strtok_r(NULL, " ", &save)) {
        if (n[0] == '.')
            continue;
        snprintf(pa, sizeof(pa), "%s/%s", a, n);
        snprintf(pb, sizeof(pb), "%s/%s", b, n);
        assert_same(pa, pb);
    }
}

static void assert_same(const char *a, const char *b)
{
    struct inode_attr attr, want;
    char text[256];

    assert_int_equal(probe(b), OK);
    attr = t_stat(a);
    want = t_stat(b);
    assert_int_equal(attr.type, want.type);
    assert_int_equal(attr.mode, want.mode);
    assert_int_equal(attr.nlink, want.nlink);
    if (attr.type == INODE_DIR) {
        assert_same_dir(a, b);
        return;
    }
    assert_int_equal(attr.size, want.size);
    if (attr.type == INODE_FILE) {
        strcpy(text, t_get(a));
        assert_string_equal(text, t_get(b));
    }
}

/* One operation, given by its numbers, below `base`. */
static status_t act(const char *base, unsigned op, const char *a, const char *b, unsigned n)
{
    char p[64], q[64], text[32];

    snprintf(p, sizeof(p), "%s%s", base, a);
    snprintf(q, sizeof(q), "%s%s", base, b);
    snprintf(text, sizeof(text), "text %u", n);
    switch (op) {
    case 0:
        return t_put(p, text);
    case 1:
        return t_mkdir(p, 0700 | n % 64);
    case 2:
        return t_unlink(p);
    case 3:
        return t_rmdir(p);
    case 4:
        return t_link(p, q);
    case 5:
        return t_rename(p, q, 0);
    case 6:
        return t_rename(p, q, VFS_RENAME_EXCHANGE);
    case 7:
        return t_symlink(text, p);
    case 8:
        return t_set_attr(p, (struct inode_attr){.mode = 0600 | n % 64}, ATTR_MODE);
    default:
        return t_set_attr(p, (struct inode_attr){.size = n % 9000}, ATTR_SIZE);
    }
}

static void random_path(struct random *r, char *out)
{
    static const char *const names[] = {"/a", "/b", "/c", "/x", "/y", "/z", "/link"};
    unsigned depth = 1 + (unsigned)random_below(r, 3);

    *out = '\0';
    while (depth--)
        strcat(out, names[random_below(r, countof(names))]);
}

static void run_random(uint64_t seed)
{
    struct random r;
    char a[64], b[64];

    start(seed);
    random_seed(&r, seed);
    for (int step = 0; step < 400; step++) {
        unsigned op = (unsigned)random_below(&r, 10), n = (unsigned)random_below(&r, 100000);
        status_t got, want;

        random_path(&r, a);
        random_path(&r, b);
        got = act("/o", op, a, b, n);
        want = act("/m", op, a, b, n);
        if (got != want)
            fail_msg("seed %d step %d: op %u %s %s: %s, model %s", (int)seed, step, op, a, b,
                     status_text(got), status_text(want));
        if (random_below(&r, 20) == 0)
            dentry_shrink();
        if (random_below(&r, 10) == 0)
            assert_same_dir("/o", "/m");
    }
    assert_same_dir("/o", "/m");
    dentry_shrink();
    assert_same_dir("/o", "/m");
    assert_string_equal(t_list("/l", 9), ". .. a c z link ");
    assert_string_equal(t_get("/l/a/b/y"), "lower y");
    finish();
}

static void test_random(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        run_random(seed);
}

static void test_inode_numbers(void **state)
{
    uint64_t file, dir;

    (void)state;
    file = t_stat("/o/a/x").ino;
    dir = t_stat("/o/a").ino;
    assert_int_equal(t_put("/o/a/x", "mine"), OK);
    dentry_shrink();
    assert_int_equal(t_stat("/o/a/x").ino, file);
    assert_int_equal(t_rename("/o/a", "/o/moved", 0), OK);
    dentry_shrink();
    assert_int_equal(t_stat("/o/moved").ino, dir);
    assert_int_equal(t_stat("/o/moved/x").ino, file);
    assert_string_equal(t_get("/o/moved/b/y"), "lower y");
    assert_string_equal(t_get("/l/a/x"), "lower x");
}

/* Two lower names of one file stay one file, whichever is written to. */
static void test_hard_links(void **state)
{
    (void)state;
    assert_int_equal(t_put("/o/c/z", "both"), OK);
    dentry_shrink();
    assert_string_equal(t_get("/o/z"), "both");
    assert_int_equal(t_unlink("/o/z"), OK);
    assert_int_equal(t_stat("/o/c/z").nlink, 1);
    assert_string_equal(t_get("/l/z"), "lower z");
}

static void test_open_across_copy_up(void **state)
{
    struct file *reader, *writer;
    struct vmo *before, *after;
    char buf[16];
    size_t done;

    (void)state;
    assert_int_equal(t_open("/o/z", FILE_READ, &reader), OK);
    assert_int_equal(file_mmap(reader, 0, 4096, &before), OK);
    assert_int_equal(t_open("/o/z", FILE_WRITE, &writer), OK);
    assert_int_equal(t_write(writer, "UPPER", 5, 0, &done), OK);
    assert_int_equal(t_read(reader, buf, sizeof(buf), 0, &done), OK);
    assert_memory_equal(buf, "UPPER z", 7);
    assert_int_equal(vmo_read(before, 0, buf, 7, NULL), OK);
    assert_memory_equal(buf, "lower z", 7);
    assert_int_equal(file_mmap(reader, 0, 4096, &after), OK);
    assert_ptr_not_equal(before, after);
    vmo_put(before);
    vmo_put(after);
    file_put(reader);
    file_put(writer);
    assert_string_equal(t_get("/l/z"), "lower z");
}

static void test_opaque(void **state)
{
    (void)state;
    assert_int_equal(t_unlink("/o/a/b/y"), OK);
    assert_int_equal(t_rmdir("/o/a/b"), OK);
    assert_int_equal(t_mkdir("/o/a/b", 0755), OK);
    assert_string_equal(t_list("/o/a/b", 9), ". .. ");
    assert_int_equal(t_put("/o/a/b/y", "new"), OK);
    assert_int_equal(t_unlink("/o/a/b/y"), OK);
    dentry_shrink();
    assert_int_equal(probe("/o/a/b/y"), ERR_NOT_FOUND);
    assert_int_equal(t_rmdir("/o/a"), ERR_NOT_EMPTY);
}

static size_t xattr_length(const char *name)
{
    size_t length = 0;
    struct path path;

    assert_int_equal(walk(name, 0, &path), OK);
    if (vfs_get_xattr(&env, path.dentry->inode, "trusted.x", NULL, 0, &length) != OK)
        length = 99;
    path_put(&path);
    return length;
}

static void set_xattr(const char *name, const char *value)
{
    struct path path;

    assert_int_equal(walk(name, 0, &path), OK);
    assert_int_equal(vfs_set_xattr(&env, &path, path.dentry->inode, "trusted.x", value,
                                   value ? strlen(value) : 0, 0),
                     OK);
    path_put(&path);
}

static void test_xattrs_are_copied_up(void **state)
{
    (void)state;
    env.administers = true;
    set_xattr("/l/z", "below");
    assert_int_equal(xattr_length("/o/z"), 5);
    assert_int_equal(t_put("/o/z", "changed"), OK);
    assert_int_equal(xattr_length("/o/z"), 5);
    set_xattr("/o/z", "above it");
    assert_int_equal(xattr_length("/o/z"), 8);
    assert_int_equal(xattr_length("/l/z"), 5);
    set_xattr("/l/a/x", "x");
    set_xattr("/o/a/x", NULL);
    assert_int_equal(xattr_length("/o/a/x"), 99);
    assert_int_equal(xattr_length("/l/a/x"), 1);
}

static void test_no_stacking(void **state)
{
    struct filesystem *fs;

    (void)state;
    assert_int_equal(overlay_create(overlay.mount->fs, &fs), ERR_NOT_SUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test_setup_teardown(test_inode_numbers, setup_overlay, teardown_overlay),
        cmocka_unit_test_setup_teardown(test_hard_links, setup_overlay, teardown_overlay),
        cmocka_unit_test_setup_teardown(test_open_across_copy_up, setup_overlay,
                                        teardown_overlay),
        cmocka_unit_test_setup_teardown(test_opaque, setup_overlay, teardown_overlay),
        cmocka_unit_test_setup_teardown(test_xattrs_are_copied_up, setup_overlay,
                                        teardown_overlay),
        cmocka_unit_test_setup_teardown(test_no_stacking, setup_overlay, teardown_overlay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
