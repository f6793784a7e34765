/*
 * fd_test.c - descriptor tables: numbers, limits, close on exec, copies, and what closing ends.
 */
#include "fs/fs_test.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_lock.h"

enum { LIMIT = 1024 };

static struct fd_table *table;
static unsigned closed;

static void note_close(struct file *file)
{
    (void)file;
    closed++;
}

static const struct file_ops ops = {.name = "test", .close = note_close};

static int open_table(void **state)
{
    setup(state);
    closed = 0;
    assert_int_equal(fd_table_create(&table), OK);
    return 0;
}

static int close_table(void **state)
{
    fd_table_put(table);
    return teardown(state);
}

static struct file *new_file(void)
{
    struct file *file;

    assert_int_equal(file_create(&ops, FILE_READ, NULL, NULL, &file), OK);
    return file;
}

/* A new file's only reference is the table's. */
static int add(uint32_t lowest, unsigned flags)
{
    struct file *file = new_file();
    int fd = -1;
    status_t st = fd_install(table, lowest, LIMIT, file, flags, &fd);

    file_put(file);
    return st == OK ? fd : st;
}

static void test_lowest(void **state)
{
    (void)state;
    assert_int_equal(add(0, 0), 0);
    assert_int_equal(add(0, 0), 1);
    assert_int_equal(add(0, 0), 2);
    assert_int_equal(add(10, 0), 10);
    assert_int_equal(fd_close(table, 1), OK);
    assert_int_equal(closed, 1);
    assert_int_equal(add(0, 0), 1);
    assert_int_equal(add(0, 0), 3);
    assert_int_equal(add(10, 0), 11);
}

static void test_growth_and_limit(void **state)
{
    (void)state;
    for (int fd = 0; fd < LIMIT; fd++)
        assert_int_equal(add(0, 0), fd);
    assert_int_equal(add(0, 0), ERR_TOO_MANY_FILES);
    assert_int_equal(add(LIMIT, 0), ERR_TOO_MANY_FILES);
    assert_int_equal(fd_close(table, 500), OK);
    assert_int_equal(add(0, 0), 500);
    assert_int_equal(fd_replace(table, LIMIT, LIMIT, NULL, 0), ERR_BAD_FD);
}

static void test_bad_descriptors(void **state)
{
    struct file *file;
    unsigned flags;

    (void)state;
    for (int fd = -1; fd <= 5000; fd += 5001) {
        assert_int_equal(fd_get(table, fd, &file), ERR_BAD_FD);
        assert_int_equal(fd_close(table, fd), ERR_BAD_FD);
        assert_int_equal(fd_flags(table, fd, &flags), ERR_BAD_FD);
        assert_int_equal(fd_set_flags(table, fd, 0), ERR_BAD_FD);
    }
}

static void test_replace(void **state)
{
    struct file *file = new_file();

    (void)state;
    assert_int_equal(add(0, 0), 0);
    assert_int_equal(fd_replace(table, 0, LIMIT, file, FD_CLOEXEC_), OK);
    assert_int_equal(closed, 1);
    assert_int_equal(fd_replace(table, 300, LIMIT, file, 0), OK);
    file_put(file);
    assert_int_equal(fd_close(table, 0), OK);
    assert_int_equal(closed, 1);
    assert_int_equal(fd_close(table, 300), OK);
    assert_int_equal(closed, 2);
}

static void test_cloexec(void **state)
{
    unsigned flags;

    (void)state;
    add(0, FD_CLOEXEC_);
    add(0, 0);
    add(200, FD_CLOEXEC_);
    assert_int_equal(fd_flags(table, 0, &flags), OK);
    assert_int_equal(flags, FD_CLOEXEC_);
    assert_int_equal(fd_set_flags(table, 1, FD_CLOEXEC_), OK);
    assert_int_equal(fd_set_flags(table, 1, 0), OK);
    fd_table_close_on_exec(table);
    assert_int_equal(closed, 2);
    assert_int_equal(fd_flags(table, 1, &flags), OK);
    assert_int_equal(flags, 0);
    assert_int_equal(add(0, 0), 0);
}

static void test_copy(void **state)
{
    struct fd_table *copy;
    struct file *file;
    unsigned flags;
    int fd = 0;

    (void)state;
    add(0, 0);
    add(100, FD_CLOEXEC_);
    assert_int_equal(fd_table_copy(table, &copy), OK);
    assert_int_equal(fd_close(table, 0), OK);
    assert_int_equal(fd_close(table, 100), OK);
    assert_int_equal(closed, 0);
    assert_int_equal(fd_flags(copy, 100, &flags), OK);
    assert_int_equal(flags, FD_CLOEXEC_);
    assert_int_equal(fd_next(copy, &fd, &file), OK);
    assert_int_equal(fd++, 0);
    file_put(file);
    assert_int_equal(fd_next(copy, &fd, &file), OK);
    assert_int_equal(fd++, 100);
    file_put(file);
    assert_int_equal(fd_next(copy, &fd, &file), ERR_NOT_FOUND);
    fd_table_put(copy);
    assert_int_equal(closed, 2);
}

static void test_no_memory(void **state)
{
    struct fd_table *copy;
    unsigned live = 0;

    (void)state;
    add(0, 0);
    for (unsigned nth = 1; nth < 8; nth++) {
        status_t st;

        inject_failure_at(nth);
        st = fd_table_copy(table, &copy);
        inject_failure_at(0);
        if (st == OK) {
            live++;
            fd_table_put(copy);
        } else {
            assert_int_equal(st, ERR_NO_MEMORY);
        }
    }
    assert_in_range(live, 1, 7);
}

static struct file_lock range_of(struct inode *inode, const void *owner, uint64_t start,
                                 uint64_t end, bool write)
{
    return (struct file_lock){.inode = inode,
                              .owner = owner,
                              .family = LOCK_RANGES,
                              .write = write,
                              .start = start,
                              .end = end,
                              .pid = 1};
}

/* A task that takes a lock. */
static struct file_lock_wait wait;
static struct task task;

static status_t lock(struct file_lock want, bool waits)
{
    wait =
        (struct file_lock_wait){.co = {.resume = file_lock_wait}, .want = want, .wait = waits};
    task_spawn(&task, "lock", &wait.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    settle_tasks();
    return task_done(&task) ? task.status : ERR_SHOULD_WAIT;
}

static void test_locks(void **state)
{
    struct file_lock found;
    struct file *file;
    int a, b;

    (void)state;
    assert_int_equal(t_put("/f", "text"), OK);
    assert_int_equal(t_open("/f", FILE_READ | FILE_WRITE, &file), OK);

    /* The owner's own locks are no conflict; a part given back leaves two. */
    assert_int_equal(lock(range_of(file->inode, &a, 0, 99, true), false), OK);
    assert_int_equal(lock(range_of(file->inode, &a, 10, 19, false), false), OK);
    assert_int_equal(lock(range_of(file->inode, &b, 10, 19, false), false), OK);
    assert_int_equal(lock(range_of(file->inode, &b, 15, 20, false), false), ERR_SHOULD_WAIT);
    found = range_of(file->inode, &b, 15, 20, false);
    assert_true(file_lock_find(&found, &found));
    assert_int_equal(found.start, 20);
    assert_int_equal(found.end, 99);

    /* A waiter gets it when it is given back. */
    assert_int_equal(lock(range_of(file->inode, &b, 50, 59, true), true), ERR_SHOULD_WAIT);
    found = range_of(file->inode, &a, 0, 99, false);
    assert_int_equal(file_lock_release(&found), OK);
    settle_tasks();
    assert_true(task_done(&task));
    assert_int_equal(task.status, OK);

    file_lock_descriptor_closed(file, (struct fd_table *)&b);
    found = range_of(file->inode, &a, 0, UINT64_MAX, true);
    assert_false(file_lock_find(&found, &found));
    file_put(file);
}

/* A killed waiter leaves nothing behind. */
static void test_lock_cancel(void **state)
{
    struct file *file;
    int a, b;

    (void)state;
    assert_int_equal(t_put("/f", "text"), OK);
    assert_int_equal(t_open("/f", FILE_READ | FILE_WRITE, &file), OK);
    assert_int_equal(lock(range_of(file->inode, &a, 0, 9, true), false), OK);
    assert_int_equal(lock(range_of(file->inode, &b, 0, 9, true), true), ERR_SHOULD_WAIT);
    task_interrupt(&task, TASK_KILL);
    settle_tasks();
    assert_int_equal(task.status, ERR_CANCELED);
    file_lock_descriptor_closed(file, (struct fd_table *)&a);
    file_put(file);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_table, close_table)
    const struct CMUnitTest tests[] = {
        TEST(test_lowest),          TEST(test_growth_and_limit),
        TEST(test_bad_descriptors), TEST(test_replace),
        TEST(test_cloexec),         TEST(test_copy),
        TEST(test_no_memory),       TEST(test_locks),
        TEST(test_lock_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
