/*
 * handle_test.c - handle tables: values, refusals and their order, growth, closing under a
 * wait.
 */
#include "object/object_test.h"

#include "base/random.h"
#include "object/event.h"

static struct handle_table table;

static int setup_table(void **state)
{
    setup(state);
    handle_table_init(&table);
    return 0;
}

static int teardown_table(void **state)
{
    handle_table_fini(&table);
    return teardown(state);
}

static struct handle make_handle(rights_t rights)
{
    struct object *event;
    struct handle h;

    assert_int_equal(event_create(&event), OK);
    h = handle_make(event, rights);
    object_put(event);
    return h;
}

static handle_t insert(rights_t rights)
{
    struct handle h = make_handle(rights);
    handle_t value;

    assert_int_equal(handle_insert(&table, &h, &value), OK);
    assert_null(h.obj);
    return value;
}

static status_t get(handle_t value, uint32_t type, rights_t need)
{
    struct object *obj;
    status_t st = handle_get(&table, value, type, need, &obj, NULL);

    if (st == OK)
        object_put(obj);
    return st;
}

static void test_values(void **state)
{
    handle_t a = insert(ZX_RIGHT_WAIT), b = insert(0);

    (void)state;
    assert_true(a != b && (a & 3) == 3 && (b & 3) == 3);
    assert_int_equal(get(a, 0, 0), OK);
    assert_int_equal(get(a ^ 0x40, 0, 0), ERR_BAD_HANDLE);
    assert_int_equal(get(a ^ 1, 0, 0), ERR_BAD_HANDLE);
    assert_int_equal(get(a ^ 2, 0, 0), ERR_BAD_HANDLE);
    assert_int_equal(get(HANDLE_INVALID, 0, 0), ERR_BAD_HANDLE);
}

static void test_order_of_refusals(void **state)
{
    handle_t value = insert(ZX_RIGHT_WAIT);
    struct object *obj;
    rights_t rights;

    (void)state;
    assert_int_equal(get(value ^ 8, ZX_OBJ_TYPE_PORT, ZX_RIGHT_SIGNAL), ERR_BAD_HANDLE);
    assert_int_equal(get(value, ZX_OBJ_TYPE_PORT, ZX_RIGHT_SIGNAL), ERR_WRONG_TYPE);
    assert_int_equal(get(value, ZX_OBJ_TYPE_EVENT, ZX_RIGHT_SIGNAL), ERR_ACCESS_DENIED);
    assert_int_equal(get(value, ZX_OBJ_TYPE_EVENT, ZX_RIGHT_SIGNAL | ZX_RIGHT_WAIT),
                     ERR_ACCESS_DENIED);
    assert_int_equal(handle_get(&table, value, ZX_OBJ_TYPE_EVENT, ZX_RIGHT_WAIT, &obj, &rights),
                     OK);
    assert_int_equal(rights, ZX_RIGHT_WAIT);
    object_put(obj);
}

static void test_a_stale_value_stays_bad(void **state)
{
    handle_t stale = insert(0);

    (void)state;
    assert_int_equal(handle_close(&table, stale), OK);
    assert_int_equal(handle_close(&table, stale), ERR_BAD_HANDLE);
    for (unsigned i = 0; i < 10000; i++) {
        handle_t value = insert(0);

        assert_int_not_equal(value, stale);
        assert_int_equal(get(stale, 0, 0), ERR_BAD_HANDLE);
        assert_int_equal(handle_close(&table, value), OK);
    }
}

static void test_growth(void **state)
{
    static handle_t values[1000];

    (void)state;
    for (unsigned i = 0; i < countof(values); i++)
        values[i] = insert(0);
    assert_int_equal(table.count, countof(values));
    for (unsigned i = 0; i < countof(values); i += 2)
        assert_int_equal(handle_close(&table, values[i]), OK);
    for (unsigned i = 0; i < countof(values); i++)
        assert_int_equal(get(values[i], 0, 0), i % 2 ? OK : ERR_BAD_HANDLE);
    handle_table_fini(&table); /* closes the rest */
    assert_int_equal(object_count(), objects_at_start);
    assert_int_equal(get(values[1], 0, 0), ERR_BAD_HANDLE);
    insert(0); /* the table can be used on */
}

static void test_insert_without_memory(void **state)
{
    struct handle h = make_handle(0);
    handle_t value;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = handle_insert(&table, &h, &value));
}

static void test_full(void **state)
{
    struct handle h = make_handle(0);
    status_t st = OK;
    handle_t value;

    (void)state;
    while (st == OK) {
        struct handle copy = handle_make(h.obj, 0);

        st = handle_insert(&table, &copy, &value);
        handle_drop(&copy);
    }
    assert_int_equal(st, ERR_NO_RESOURCES);
    assert_int_equal(table.count, 1u << 18);
    handle_drop(&h);
}

static void test_remove_gives_it_out(void **state)
{
    handle_t value = insert(ZX_RIGHT_SIGNAL);
    struct handle h;

    (void)state;
    assert_int_equal(handle_remove(&table, value, &h), OK);
    assert_int_equal(h.rights, ZX_RIGHT_SIGNAL);
    assert_int_equal(atomic_load(&h.obj->handles), 1);
    assert_int_equal(handle_remove(&table, value, &h), ERR_BAD_HANDLE);
    handle_drop(&h);
    assert_null(h.obj);
    handle_drop(&h); /* nothing to drop */
}

static void test_observe_needs_wait(void **state)
{
    handle_t value = insert(ZX_RIGHT_SIGNAL);
    struct observer ob = {.want = ZX_EVENT_SIGNALED};

    (void)state;
    assert_int_equal(handle_observe(&table, value ^ 4, &ob, NULL), ERR_BAD_HANDLE);
    assert_int_equal(handle_observe(&table, value, &ob, NULL), ERR_ACCESS_DENIED);
}

/* Closed, moved out, or gone with the table: each ends the wait. */
static status_t wait_ended_by(void (*end)(handle_t value))
{
    handle_t value = insert(ZX_RIGHT_WAIT);
    struct test_wait w = {.table = &table,
                          .value = value,
                          .observer = {.want = ZX_EVENT_SIGNALED},
                          .deadline = TIME_INFINITE};

    test_wait_run(&w);
    assert_false(task_done(&w.task));
    end(value);
    settle();
    assert_true(task_done(&w.task));
    assert_true(w.wait.observed & SIGNAL_HANDLE_CLOSED);
    return w.task.status;
}

static void end_close(handle_t value)
{
    assert_int_equal(handle_close(&table, value), OK);
}

static void end_remove(handle_t value)
{
    struct handle h;

    assert_int_equal(handle_remove(&table, value, &h), OK);
    handle_drop(&h);
}

static void end_fini(handle_t value)
{
    (void)value;
    handle_table_fini(&table);
}

static void test_waits_end_with_the_handle(void **state)
{
    (void)state;
    assert_int_equal(wait_ended_by(end_close), ERR_CANCELED);
    assert_int_equal(wait_ended_by(end_remove), ERR_CANCELED);
    assert_int_equal(wait_ended_by(end_fini), ERR_CANCELED);
}

/* Random inserts, closes and look-ups against a list of what must be there. */
static void test_against_a_model(void **state)
{
    static handle_t known[300];
    unsigned count = 0;
    struct random r;

    (void)state;
    random_seed(&r, 1);
    for (unsigned step = 0; step < 20000; step++) {
        unsigned i = count ? (unsigned)random_below(&r, count) : 0;

        if (count < countof(known) && (count == 0 || random_below(&r, 2))) {
            known[count++] = insert(0);
        } else if (random_below(&r, 4)) {
            assert_int_equal(handle_close(&table, known[i]), OK);
            known[i] = known[--count];
        } else {
            handle_t guess = (handle_t)random_u64(&r);
            bool is_known = false;

            for (unsigned k = 0; k < count; k++)
                is_known |= known[k] == guess;
            assert_int_equal(get(guess, 0, 0), is_known ? OK : ERR_BAD_HANDLE);
        }
        assert_int_equal(table.count, count);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_table, teardown_table)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values),
        TEST(test_order_of_refusals),
        TEST(test_a_stale_value_stays_bad),
        TEST(test_growth),
        TEST(test_insert_without_memory),
        TEST(test_full),
        TEST(test_remove_gives_it_out),
        TEST(test_observe_needs_wait),
        TEST(test_waits_end_with_the_handle),
        TEST(test_against_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
