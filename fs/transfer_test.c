/*
 * transfer_test.c - reading and writing regular files: positions, growth, holes, user memory
 * that has to be brought in, and pages that change hands meanwhile.
 */
#include "fs/fs_test.h"

static struct file *file;

static int setup_file(void **state)
{
    setup(state);
    assert_int_equal(t_put("/f", ""), OK);
    assert_int_equal(t_open("/f", FILE_READ | FILE_WRITE, &file), OK);
    return 0;
}

static int teardown_file(void **state)
{
    file_put(file);
    return teardown(state);
}

static uint64_t size_now(void)
{
    return t_stat("/f").size;
}

static void test_position(void **state)
{
    char buf[16];
    uint64_t pos;
    size_t done;

    (void)state;
    assert_int_equal(t_write(file, "0123456789", 10, FILE_POSITION, &done), OK);
    assert_int_equal(t_read(file, buf, 4, FILE_POSITION, &done), OK);
    assert_int_equal(done, 0);
    assert_int_equal(file_seek(file, -4, 1, &pos), OK);
    assert_int_equal(pos, 6);
    assert_int_equal(t_read(file, buf, 16, FILE_POSITION, &done), OK);
    assert_int_equal(done, 4);
    assert_memory_equal(buf, "6789", 4);
    assert_int_equal(t_read(file, buf, 3, 2, &done), OK);
    assert_memory_equal(buf, "234", 3);
    assert_int_equal(t_write(file, "ab", 2, 4, &done), OK);
    assert_int_equal(file->position, 10);
    assert_string_equal(t_get("/f"), "0123ab6789");
}

static void test_seek(void **state)
{
    uint64_t pos;
    size_t done;

    (void)state;
    assert_int_equal(t_write(file, "0123456789", 10, 0, &done), OK);
    assert_int_equal(file_seek(file, 0, 2, &pos), OK);
    assert_int_equal(pos, 10);
    assert_int_equal(file_seek(file, 5, 2, &pos), OK);
    assert_int_equal(pos, 15);
    assert_int_equal(file_seek(file, -1, 0, &pos), ERR_INVALID_ARGS);
    assert_int_equal(file_seek(file, INT64_MAX, 1, &pos), ERR_OVERFLOW);
    assert_int_equal(file_seek(file, 0, 9, &pos), ERR_INVALID_ARGS);
    assert_int_equal(file_seek(file, 3, 3, &pos), OK);
    assert_int_equal(pos, 3);
    assert_int_equal(file_seek(file, 3, 4, &pos), OK);
    assert_int_equal(pos, 10);
    assert_int_equal(file_seek(file, 10, 3, &pos), ERR_IO_NOT_PRESENT);
    assert_int_equal(file_seek(file, -1, 4, &pos), ERR_IO_NOT_PRESENT);
}

static void test_append(void **state)
{
    struct file *appender;
    size_t done;

    (void)state;
    assert_int_equal(t_open("/f", FILE_WRITE | FILE_APPEND, &appender), OK);
    assert_int_equal(t_write(file, "one", 3, FILE_POSITION, &done), OK);
    assert_int_equal(t_write(appender, "two", 3, FILE_POSITION, &done), OK);
    assert_int_equal(appender->position, 6);
    assert_int_equal(t_write(file, "T", 1, FILE_POSITION, &done), OK);
    assert_string_equal(t_get("/f"), "oneTwo");
    file_put(appender);
}

/* Sparse: far away, and what is in between reads as zero and costs nothing. */
static void test_sparse(void **state)
{
    static char buf[3 * PAGE_SIZE];
    uint64_t before = free_pages();
    size_t done;

    (void)state;
    assert_int_equal(t_write(file, "end", 3, 1ull << 40, &done), OK);
    assert_int_equal(size_now(), (1ull << 40) + 3);
    assert_true(before - free_pages() < 40);
    assert_int_equal(t_read(file, buf, sizeof(buf), (1ull << 40) - PAGE_SIZE, &done), OK);
    assert_int_equal(done, PAGE_SIZE + 3);
    for (size_t i = 0; i < PAGE_SIZE; i++)
        assert_int_equal(buf[i], 0);
    assert_memory_equal(buf + PAGE_SIZE, "end", 3);
    assert_int_equal(t_write(file, "x", 1, 1ull << 47, &done), ERR_FILE_BIG);
    assert_int_equal(t_write(file, "x", 1, UINT64_MAX - 1, &done), ERR_INVALID_ARGS);
}

/* Cut, then grown: the old bytes do not come back. */
static void test_cut_and_grown(void **state)
{
    char buf[8] = "";
    size_t done;

    (void)state;
    assert_int_equal(t_write(file, "secret", 6, 0, &done), OK);
    assert_int_equal(file_truncate(file, 2), OK);
    assert_int_equal(t_write(file, "x", 1, 5, &done), OK);
    assert_int_equal(t_read(file, buf, 8, 0, &done), OK);
    assert_int_equal(done, 6);
    assert_memory_equal(buf, "se\0\0\0x", 6);
}

/* Random writes, reads and truncations against a plain array. */
static void test_model(void **state)
{
    static char model[50000], buf[50000];
    size_t model_size = 0, done;
    struct random r;

    (void)state;
    random_seed(&r, 3);
    for (int step = 0; step < 2000; step++) {
        size_t at = random_below(&r, 30000), size = 1 + random_below(&r, 20000);

        switch (random_below(&r, 4)) {
        case 0:
            assert_int_equal(file_truncate(file, at), OK);
            if (at < model_size)
                memset(model + at, 0, model_size - at);
            model_size = at;
            break;
        case 1:
            memset(model + at, step, size);
            model_size = MAX(model_size, at + size);
            assert_int_equal(t_write(file, model + at, size, at, &done), OK);
            assert_int_equal(done, size);
            break;
        default:
            assert_int_equal(t_read(file, buf, size, at, &done), OK);
            assert_int_equal(done, at < model_size ? MIN(size, model_size - at) : 0);
            assert_memory_equal(buf, model + at, done);
        }
        assert_int_equal(size_now(), model_size);
    }
}

static void test_setid_dropped(void **state)
{
    size_t done;

    (void)state;
    assert_int_equal(t_set_attr("/f", (struct inode_attr){.mode = 06755}, ATTR_MODE), OK);
    assert_int_equal(t_write(file, "x", 1, 0, &done), OK);
    assert_int_equal(t_stat("/f").mode, 0755);
}

static void test_empty_transfers(void **state)
{
    struct file *reader;
    size_t done;

    (void)state;
    assert_int_equal(t_open("/f", FILE_READ, &reader), OK);
    assert_int_equal(t_read(file, NULL, 0, FILE_POSITION, &done), OK);
    assert_int_equal(t_write(reader, NULL, 0, FILE_POSITION, &done), ERR_BAD_FD);
    file_put(reader);
}

/* A private view of the file shows what is written to the file until it is written itself. */
static void test_private_view(void **state)
{
    struct vmo *vmo, *clone;
    char buf[4];
    size_t done;

    (void)state;
    assert_int_equal(t_write(file, "old", 3, 0, &done), OK);
    assert_int_equal(file_mmap(file, 0, PAGE_SIZE, &vmo), OK);
    assert_int_equal(vmo_clone(vmo, 0, PAGE_SIZE, &clone), OK);
    assert_int_equal(t_write(file, "new", 3, 0, &done), OK);
    assert_int_equal(vmo_read(vmo, 0, buf, 3, NULL), OK);
    assert_memory_equal(buf, "new", 3);
    assert_int_equal(vmo_read(clone, 0, buf, 3, NULL), OK);
    assert_memory_equal(buf, "new", 3);
    assert_int_equal(vmo_write(clone, 0, "own", 3, NULL), OK);
    assert_int_equal(t_write(file, "old", 3, 0, &done), OK);
    assert_int_equal(vmo_read(clone, 0, buf, 3, NULL), OK);
    assert_memory_equal(buf, "own", 3);
    vmo_put(clone);
    vmo_put(vmo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_position, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_seek, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_append, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_sparse, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_cut_and_grown, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_model, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_setid_dropped, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_empty_transfers, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_private_view, setup_file, teardown_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
