/*
 * cpio_test.c - archives: what is in them, what is wrong with them, and mutations of them.
 */
#include "fs/cpio.h"

#include "fs/fs_test.h"

static char archive[16384];
static size_t archive_size;

static void append(const void *data, size_t size)
{
    assert_true(archive_size + size <= sizeof(archive));
    if (size)
        memcpy(archive + archive_size, data, size);
    archive_size += size;
}

static void pad(void)
{
    while (archive_size % 4)
        append("", 1);
}

struct member {
    const char *name;
    unsigned mode, ino, nlink;
    const char *data;
    unsigned rdev_major, rdev_minor;
};

static void add(struct member m)
{
    char header[128];
    size_t size = m.data ? strlen(m.data) : 0;

    snprintf(header, sizeof(header),
             "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", m.ino, m.mode, 10,
             20, m.nlink ? m.nlink : 1, 1234, size, 0, 1, m.rdev_major, m.rdev_minor,
             strlen(m.name) + 1, 0);
    append(header, 110);
    append(m.name, strlen(m.name) + 1);
    pad();
    append(m.data, size);
    pad();
}

static void add_trailer(void)
{
    add((struct member){.name = "TRAILER!!!"});
}

/* A directory, files, two links with the contents at the last, a symlink, a device. */
static void build(void)
{
    archive_size = 0;
    add((struct member){.name = ".", .mode = 040711});
    add((struct member){.name = "bin", .mode = 040755});
    add((struct member){.name = "bin/sh", .mode = 0104755, .data = "#!shell"});
    add((struct member){.name = "./one", .mode = 0100644, .ino = 7, .nlink = 2});
    add((struct member){
        .name = "/two", .mode = 0100644, .ino = 7, .nlink = 2, .data = "linked"});
    add((struct member){.name = "link", .mode = 0120777, .data = "bin/sh"});
    add((struct member){.name = "no/such/parent", .mode = 0100600, .data = "x"});
    add((struct member){.name = "null", .mode = 020666, .rdev_major = 1, .rdev_minor = 3});
    add_trailer();
}

static status_t unpack(size_t size, size_t *at)
{
    return cpio_unpack(archive, size, root.mount->fs, at);
}

static void test_members(void **state)
{
    size_t at;

    (void)state;
    build();
    assert_int_equal(unpack(archive_size, &at), OK);
    assert_int_equal(at, archive_size);
    assert_int_equal(t_stat("/").mode, 0711);
    assert_string_equal(t_list("/", 99), ". .. bin one two link no null ");
    assert_string_equal(t_get("/link"), "#!shell");
    assert_int_equal(t_stat("/bin/sh").mode, 04755);
    assert_int_equal(t_stat("/bin/sh").uid, 10);
    assert_int_equal(t_stat("/bin/sh").gid, 20);
    assert_int_equal(t_stat("/bin/sh").mtime, 1234 * NS_PER_SEC);
    assert_int_equal(t_stat("/one").ino, t_stat("/two").ino);
    assert_int_equal(t_stat("/one").nlink, 2);
    assert_string_equal(t_get("/one"), "linked");
    assert_string_equal(t_get("/no/such/parent"), "x");
    assert_int_equal(t_stat("/null").rdev, DEV(1, 3));
}

/* Several archives, with zeroes in between; what comes later replaces. */
static void test_concatenated(void **state)
{
    size_t at;

    (void)state;
    build();
    for (unsigned i = 0; i < 256; i++)
        append("", 1);
    add((struct member){.name = "bin/sh", .mode = 0100755, .data = "second"});
    add((struct member){.name = "link", .mode = 040755});
    add_trailer();
    assert_int_equal(unpack(archive_size, &at), OK);
    assert_string_equal(t_get("/bin/sh"), "second");
    assert_int_equal(t_stat("/link").type, INODE_DIR);
    assert_string_equal(t_get("/one"), "linked");
}

static status_t unpack_one(struct member m)
{
    size_t at;

    archive_size = 0;
    add(m);
    return unpack(archive_size, &at);
}

static void test_bad_members(void **state)
{
    char name[400];

    (void)state;
    memset(name, 'n', sizeof(name));
    name[256] = '\0';
    assert_int_equal(unpack_one((struct member){.name = "a/../b", .mode = 0100644}),
                     ERR_INVALID_ARGS);
    assert_int_equal(unpack_one((struct member){.name = "..", .mode = 040755}),
                     ERR_INVALID_ARGS);
    assert_int_equal(unpack_one((struct member){.name = name, .mode = 0100644}),
                     ERR_NAME_TOO_LONG);
    assert_int_equal(unpack_one((struct member){.name = "x", .mode = 0644}), ERR_INVALID_ARGS);
    assert_int_equal(unpack_one((struct member){.name = "x", .mode = 0120777}),
                     ERR_INVALID_ARGS);
    assert_int_equal(unpack_one((struct member){.name = ".", .mode = 0100644}),
                     ERR_INVALID_ARGS);
    assert_int_equal(unpack_one((struct member){.name = "f", .mode = 0100644}), OK);
    assert_int_equal(unpack_one((struct member){.name = "f/x", .mode = 0100644}), ERR_NOT_DIR);
    assert_int_equal(unpack_one((struct member){.name = "d/x", .mode = 0100644}), OK);
    assert_int_equal(unpack_one((struct member){.name = "d", .mode = 0100644}), ERR_NOT_EMPTY);
}

static void test_bad_headers(void **state)
{
    size_t at;

    (void)state;
    build();
    archive[3] = '9';
    assert_int_equal(unpack(archive_size, &at), ERR_INVALID_ARGS);
    build();
    archive[20] = 'g';
    assert_int_equal(unpack(archive_size, &at), ERR_INVALID_ARGS);
    build();
    memcpy(archive + 94, "00000000", 8); /* size of name */
    assert_int_equal(unpack(archive_size, &at), ERR_INVALID_ARGS);
    build();
    memcpy(archive + 94, "ffffffff", 8);
    assert_int_equal(unpack(archive_size, &at), ERR_INVALID_ARGS);
    build();
    memcpy(archive + 54, "ffffffff", 8); /* size of data */
    assert_int_equal(unpack(archive_size, &at), ERR_OUT_OF_RANGE);
    assert_int_equal(unpack(0, &at), OK);
}

/* From memory of just its size, so that the sanitizer sees a step beyond. */
static status_t unpack_copy(size_t size)
{
    char *copy = test_malloc(size ? size : 1);
    size_t at;
    status_t st;

    memcpy(copy, archive, size);
    st = cpio_unpack(copy, size, root.mount->fs, &at);
    assert_true(at <= size);
    test_free(copy);
    return st;
}

static void empty_root(void)
{
    struct filesystem *fs;

    unmount_root();
    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    mount_root(fs);
}

/* Cut off anywhere: told so, unless it is between two members. */
static void test_truncated(void **state)
{
    struct cpio_entry e;
    size_t edge = 0;

    (void)state;
    build();
    for (size_t size = 0; size < archive_size; size++) {
        size_t next = edge;

        if (size > edge && cpio_next(archive, archive_size, &next, &e) == OK && size >= next)
            edge = next;
        status_t st = unpack_copy(size);
        if (size == edge)
            assert_int_equal(st, OK);
        else if (st != OK)
            assert_int_equal(st, ERR_OUT_OF_RANGE);
        empty_root();
    }
}

static void test_mutations(void **state)
{
    struct random r;

    (void)state;
    random_seed(&r, 5);
    for (int round = 0; round < 3000; round++) {
        build();
        for (uint64_t n = 1 + random_below(&r, 4); n; n--)
            archive[random_below(&r, archive_size)] =
                random_below(&r, 2) ? "0123456789abcdef/."[random_below(&r, 18)]
                                    : (char)random_u64(&r);
        unpack_copy(1 + random_below(&r, archive_size));
        if (round % 16 == 0)
            empty_root();
    }
}

static void test_no_memory(void **state)
{
    size_t at;
    status_t st;

    (void)state;
    build();
    for (unsigned nth = 1;; nth++) {
        inject_failure_at(nth);
        st = unpack(archive_size, &at);
        inject_failure_at(0);
        if (st == OK)
            break;
        assert_int_equal(st, ERR_NO_MEMORY);
        empty_root();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_members, setup, teardown),
        cmocka_unit_test_setup_teardown(test_concatenated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_members, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_headers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_truncated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mutations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
