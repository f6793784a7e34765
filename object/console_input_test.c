/*
 * console_input_test.c - readers of what is typed: each byte is one reader's, and no reader
 * sleeps on while there are bytes.
 */
#include "object/object_test.h"

#include "object/console_input.h"

enum { READERS = 3, BYTES = 12, SEEDS = 200 };

static unsigned typed, taken; /* bytes, of which `taken` have been read; by the reader's lock */
static bool ended;

static status_t read_typed(char *to, size_t size, size_t *actual)
{
    *actual = MIN(size, (size_t)(typed - taken));
    for (size_t i = 0; i < *actual; i++)
        to[i] = (char)('a' + taken++);
    if (*actual)
        return OK;
    return ended ? ERR_IO : ERR_SHOULD_WAIT;
}

static const struct console_input input = {.read = read_typed};

struct reader {
    struct console_read read;
    struct task task;
};

static void start(struct reader *r, size_t size)
{
    r->read = (struct console_read){.co = {.resume = console_read}, .size = size};
    spawn(&r->task, &r->read.co);
}

static void type(unsigned count)
{
    typed += count;
    console_input_arrived();
}

static int setup_input(void **state)
{
    setup(state);
    typed = taken = 0;
    ended = false;
    console_input_set(&input);
    return 0;
}

static void test_without_input(void **state)
{
    struct reader r;

    (void)state;
    console_input_set(NULL);
    start(&r, 1);
    settle();
    assert_int_equal(r.task.status, ERR_NOT_SUPPORTED);
}

static void test_a_reader_waits(void **state)
{
    struct reader r, killed;

    (void)state;
    start(&r, 4);
    start(&killed, 4);
    settle();
    task_interrupt(&killed.task, TASK_KILL);
    settle();
    assert_int_equal(killed.task.status, ERR_CANCELED);
    assert_false(task_done(&r.task));
    type(6);
    settle();
    assert_int_equal(r.task.status, OK);
    assert_int_equal(r.read.actual, 4);
    assert_memory_equal(r.read.bytes, "abcd", 4);
    start(&r, 4);
    settle();
    assert_int_equal(r.read.actual, 2); /* what there is */
    start(&r, 4);
    settle();
    ended = true;
    type(0);
    settle();
    assert_int_equal(r.task.status, ERR_IO);
}

struct typist {
    struct co co;
    unsigned done;
    struct task task;
};

static CO_FN(typist)
{
    for (f->done = 0; f->done < BYTES; f->done++) {
        type(1);
        CO_YIELD();
    }
    CO_RETURN(OK);
}
CO_END

static void test_several_readers(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct typist t = {.co = {.resume = typist}};
        struct reader readers[READERS];

        boot_with(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 5});
        typed = taken = 0;
        ended = false;
        for (unsigned i = 0; i < READERS; i++)
            start(&readers[i], 1);
        spawn(&t.task, &t.co);
        assert_int_equal(sim_run(executor_run), SIM_IDLE);
        for (unsigned i = 0; i < READERS; i++) {
            assert_int_equal(readers[i].task.status, OK);
            assert_int_equal(readers[i].read.actual, 1);
        }
        assert_int_equal(taken, READERS);
        teardown(NULL);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_input, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_without_input),
        TEST(test_a_reader_waits),
        cmocka_unit_test(test_several_readers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
