/*
 * devfs_test.c - /dev and generated files.
 */
#include "fs/devfs.h"

#include "fs/fs_test.h"
#include "fs/genfs.h"

static int setup_dev(void **state)
{
    struct filesystem *fs;

    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(devfs_register_memory(), OK);
    assert_int_equal(devfs_create(&fs), OK);
    mount_root(fs);
    return 0;
}

static void test_nodes(void **state)
{
    (void)state;
    assert_string_equal(
        t_list("/", 99),
        ". .. shm pts mqueue fd stdin stdout stderr null zero full random urandom ");
    assert_int_equal(t_stat("/null").rdev, DEV(1, 3));
    assert_int_equal(t_stat("/null").mode, 0666);
    assert_int_equal(t_stat("/shm").mode, 01777);
    assert_int_equal(devfs_register_memory(), ERR_ALREADY_EXISTS);
    assert_int_equal(t_put("/shm/x", "shared"), OK);
    assert_string_equal(t_get("/shm/x"), "shared");
}

static void test_memory_devices(void **state)
{
    static const unsigned char zero[32];
    unsigned char buf[600] = {1};
    struct file *file;
    struct vmo *vmo;
    size_t done;

    (void)state;
    assert_int_equal(t_open("/null", FILE_READ | FILE_WRITE, &file), OK);
    assert_int_equal(t_read(file, buf, 32, FILE_POSITION, &done), OK);
    assert_int_equal(done, 0);
    assert_int_equal(t_write(file, buf, 32, FILE_POSITION, &done), OK);
    assert_int_equal(done, 32);
    assert_int_equal(file_mmap(file, 0, PAGE_SIZE, &vmo), ERR_NO_DEVICE);
    assert_int_equal(file_poll(file), FILE_IN | FILE_OUT);
    file_put(file);

    assert_int_equal(t_open("/zero", FILE_READ | FILE_WRITE, &file), OK);
    assert_int_equal(t_read(file, buf, 32, FILE_POSITION, &done), OK);
    assert_memory_equal(buf, zero, 32);
    assert_int_equal(file_mmap(file, 0, PAGE_SIZE, &vmo), OK);
    vmo_put(vmo);
    file_put(file);

    assert_int_equal(t_open("/full", FILE_READ | FILE_WRITE, &file), OK);
    assert_int_equal(t_write(file, buf, 32, FILE_POSITION, &done), ERR_NO_SPACE);
    file_put(file);

    assert_int_equal(t_open("/urandom", FILE_READ, &file), OK);
    assert_int_equal(t_read(file, buf, sizeof(buf), FILE_POSITION, &done), OK);
    assert_int_equal(done, sizeof(buf));
    assert_memory_not_equal(buf + 500, zero, 32);
    file_put(file);
}

/* A range of minors. */
static status_t line_open(const struct chardev *dev, struct file *file)
{
    static const struct file_ops line_ops = {.name = "line"};
    uint64_t line = file->inode->attr.rdev - dev->dev;

    if (line == 2)
        return ERR_IO;
    file->ops = &line_ops;
    file->data = (void *)line;
    return OK;
}

static void test_ranges(void **state)
{
    static struct chardev lines = {.dev = DEV(136, 0), .minors = 4, .open = line_open};
    struct inode_attr attr = {.type = INODE_CHAR, .mode = 0620};
    struct file *file;

    (void)state;
    assert_int_equal(chardev_register(&lines), OK);
    for (unsigned i = 1; i < 5; i++) {
        struct inode *dir = root.dentry->inode, *made;
        char name[16];

        snprintf(name, sizeof(name), "line%u", i);
        attr.rdev = DEV(136, i);
        assert_int_equal(dir->ops->create(dir, (struct name){name, strlen(name)}, &attr, &made),
                         OK);
        inode_put(made);
    }
    assert_int_equal(t_open("/line3", FILE_READ, &file), OK);
    assert_int_equal((uintptr_t)file->data, 3);
    file_put(file);
    assert_int_equal(t_open("/line2", FILE_READ, &file), ERR_IO);
    assert_int_equal(t_open("/line4", FILE_READ, &file), ERR_IO_NOT_PRESENT);
}

/* A small procfs: a counter, a parameter, a link that jumps, and directories for live numbers.
 */
static unsigned shown, parameter, live = 3, released;

static status_t count_show(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "shown %u\n", ++shown);
    for (unsigned i = 0; i < 500; i++)
        seq_puts(seq, "0123456789");
    return OK;
}

static status_t parameter_show(struct inode *inode, struct seq *seq)
{
    (void)inode;
    seq_printf(seq, "%u\n", parameter);
    return OK;
}

static status_t parameter_store(struct inode *inode, const char *text, size_t size)
{
    (void)inode;
    if (size < 1 || text[0] < '0' || text[0] > '9')
        return ERR_INVALID_ARGS;
    parameter = (unsigned)(text[0] - '0');
    return OK;
}

static status_t jump_follow(struct inode *inode, struct path *out)
{
    (void)inode;
    *out = root;
    path_get(out);
    return OK;
}

static status_t jump_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    (void)inode, (void)size;
    memcpy(buf, "anywhere", 8);
    *length = 8;
    return OK;
}

static void number_release(struct inode *inode)
{
    (void)inode;
    released++;
}

static const struct gen_ops count_ops = {.show = count_show};
static const struct gen_ops parameter_ops = {.show = parameter_show, .store = parameter_store};
static const struct gen_ops jump_ops = {.follow = jump_follow, .readlink = jump_readlink};
static const struct gen_ops number_ops = {.release = number_release};

static const struct gen_entry entries[] = {
    {"count", INODE_FILE, 0444, &count_ops},
    {"parameter", INODE_FILE, 0644, &parameter_ops},
    {"jump", INODE_SYMLINK, 0777, &jump_ops},
};

static status_t top_lookup(struct inode *dir, struct name name, struct inode **out)
{
    const struct gen_entry *e = gen_find(entries, countof(entries), name);

    if (e)
        return gen_inode_create(dir->fs, 10 + (uint64_t)(e - entries), e->type, e->mode, 0, 0,
                                e->ops, NULL, out);
    if (name.size != 1 || name.text[0] < '0' || name.text[0] >= (char)('0' + live))
        return ERR_NOT_FOUND;
    return gen_inode_create(dir->fs, 100 + (uint64_t)name.text[0], INODE_DIR, 0555, 0, 0,
                            &number_ops, NULL, out);
}

static status_t top_readdir(struct inode *dir, uint64_t *at,
                            bool (*emit)(void *arg, struct name name, uint64_t ino,
                                         enum inode_type type, uint64_t next),
                            void *arg)
{
    (void)dir;
    if (!gen_list(entries, countof(entries), 0, 10, at, emit, arg))
        return OK;
    for (uint64_t i = *at - countof(entries); i < live; i++) {
        char digit = (char)('0' + i);

        if (!emit(arg, (struct name){&digit, 1}, 100 + i, INODE_DIR, *at + 1))
            break;
        ++*at;
    }
    return OK;
}

static const struct gen_ops top_ops = {.lookup = top_lookup, .readdir = top_readdir};

static int setup_gen(void **state)
{
    struct filesystem *fs;

    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(genfs_create("proc", 0x9fa0, &top_ops, NULL, &fs), OK);
    mount_root(fs);
    shown = parameter = released = 0;
    live = 3;
    return 0;
}

static void test_generated(void **state)
{
    static char all[6000];
    struct file *file;
    size_t done, size = 0;

    (void)state;
    assert_string_equal(t_list("/", 2), ". .. count parameter jump 0 1 2 ");
    assert_int_equal(t_open("/count", FILE_READ, &file), OK);
    do {
        assert_int_equal(t_read(file, all + size, 700, FILE_POSITION, &done), OK);
        size += done;
    } while (done);
    assert_int_equal(size, 8 + 5000);
    assert_memory_equal(all, "shown 1\n012", 11);
    assert_int_equal(shown, 1);
    assert_int_equal(t_read(file, all, 8, 0, &done), OK);
    assert_memory_equal(all, "shown 2\n", 8);
    file_put(file);
    assert_int_equal(t_open("/count", FILE_WRITE, &file), ERR_ACCESS_DENIED);
}

static void test_parameter(void **state)
{
    struct file *file;
    size_t done;

    (void)state;
    assert_int_equal(t_put("/parameter", "7"), OK);
    assert_string_equal(t_get("/parameter"), "7\n");
    assert_int_equal(t_open("/parameter", FILE_WRITE, &file), OK);
    assert_int_equal(t_write(file, "x", 1, FILE_POSITION, &done), ERR_INVALID_ARGS);
    assert_int_equal(done, 0);
    file_put(file);
    assert_int_equal(t_unlink("/parameter"), ERR_NOT_PERMITTED);
    assert_int_equal(t_mkdir("/x", 0755), ERR_NOT_PERMITTED);
}

/* Numbers come and go; who has one keeps it, and while it lives it is one place. */
static void test_dynamic(void **state)
{
    struct path one, again;

    (void)state;
    assert_int_equal(walk("/1", 0, &one), OK);
    sim_advance(10);
    assert_int_equal(walk("/1", 0, &again), OK);
    assert_ptr_equal(one.dentry, again.dentry);
    path_put(&again);
    live = 1;
    sim_advance(10);
    assert_int_equal(probe("/1"), ERR_NOT_FOUND);
    assert_int_equal(probe("/0"), OK);
    path_put(&one);
    live = 3;
    sim_advance(10);
    assert_int_equal(probe("/1"), OK);
    dentry_shrink();
    assert_true(released >= 3);
}

static void test_magic_link(void **state)
{
    struct path path;

    (void)state;
    assert_int_equal(walk("/jump", 0, &path), OK);
    assert_ptr_equal(path.dentry, root.dentry);
    path_put(&path);
    assert_int_equal(probe("/jump/jump/count"), OK);
    assert_int_equal(t_stat("/jump").type, INODE_SYMLINK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nodes, setup_dev, teardown),
        cmocka_unit_test_setup_teardown(test_memory_devices, setup_dev, teardown),
        cmocka_unit_test_setup_teardown(test_ranges, setup_dev, teardown),
        cmocka_unit_test_setup_teardown(test_generated, setup_gen, teardown),
        cmocka_unit_test_setup_teardown(test_parameter, setup_gen, teardown),
        cmocka_unit_test_setup_teardown(test_dynamic, setup_gen, teardown),
        cmocka_unit_test_setup_teardown(test_magic_link, setup_gen, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
