/*
 * pager_test.c - pagers against those who wait for their pages: who comes first, who gives up,
 * and too little memory.
 */
#include "object/object_test.h"
#include "object/pager.h"

static struct object *pager, *port;
static struct vmo *vmo, *source;
static bool closed; /* the pager's only handle */

static int make(void **state)
{
    setup(state);
    assert_int_equal(pager_create(&pager), OK);
    object_handle_get(pager);
    closed = false;
    assert_int_equal(port_create(&port), OK);
    assert_int_equal(
        pager_create_vmo(pager, port, 7, 8 * PAGE_SIZE, VMO_RESIZABLE, false, &vmo), OK);
    assert_int_equal(vmo_create(8 * PAGE_SIZE, 0, &source), OK);
    return 0;
}

static int drop(void **state)
{
    vmo_put(source);
    vmo_put(vmo);
    object_put(port);
    if (!closed)
        object_handle_put(pager);
    object_put(pager);
    return teardown(state);
}

/* A task that waits for a page. */
struct reader {
    struct task task;
    struct vmo_page_in wait;
};

static void start(struct reader *r, uint64_t index, uint32_t count)
{
    *r = (struct reader){.wait = {.co = {.resume = vmo_page_in},
                                  .vmo = vmo,
                                  .index = index,
                                  .count = count,
                                  .interruptible = true}};
    task_spawn(&r->task, "reader", &r->wait.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
}

static status_t finish(struct reader *r)
{
    settle();
    assert_true(task_done(&r->task));
    return r->task.status;
}

static void expect_request(uint64_t first, uint64_t count)
{
    zx_port_packet_t packet;

    assert_int_equal(try_port_wait(port, &packet), OK);
    assert_int_equal(packet.type, ZX_PKT_TYPE_PAGE_REQUEST);
    assert_int_equal(packet.page_request.command, ZX_PAGER_VMO_READ);
    assert_int_equal(packet.page_request.offset, first * PAGE_SIZE);
    assert_int_equal(packet.page_request.length, count * PAGE_SIZE);
}

static void expect_no_packet(void)
{
    zx_port_packet_t packet;

    assert_int_equal(try_port_wait(port, &packet), ERR_SHOULD_WAIT);
}

static void expect_complete(void)
{
    zx_port_packet_t packet;

    assert_int_equal(try_port_wait(port, &packet), OK);
    assert_int_equal(packet.page_request.command, ZX_PAGER_VMO_COMPLETE);
}

/* Supplied before the task looks: it does not wait, and asks for nothing. */
static void a_supply_comes_first(void **state)
{
    struct reader r;

    (void)state;
    start(&r, 0, 1);
    assert_int_equal(pager_supply(vmo, 0, PAGE_SIZE, source, 0), OK);
    assert_int_equal(finish(&r), OK);
    expect_no_packet();
}

/* A supply and a detach, in either order, with a request for more than was supplied. */
static void a_supply_against_a_detach(void **state)
{
    struct reader a, b;

    (void)state;
    start(&a, 0, 2);
    start(&b, 2, 1);
    settle();
    expect_request(0, 2);
    expect_request(2, 1);
    assert_int_equal(pager_supply(vmo, 2 * PAGE_SIZE, PAGE_SIZE, source, 0), OK);
    assert_int_equal(pager_supply(vmo, 0, PAGE_SIZE, source, 0), OK);
    pager_detach(vmo);
    assert_int_equal(finish(&a), ERR_BAD_STATE);
    assert_int_equal(finish(&b), OK);
    assert_int_equal(pager_supply(vmo, PAGE_SIZE, PAGE_SIZE, source, 0), OK);
    start(&a, 1, 1);
    start(&b, 3, 1);
    assert_int_equal(finish(&a), OK);
    assert_int_equal(finish(&b), ERR_BAD_STATE);
}

/* The pager's last handle goes while somebody waits, or before. */
static void a_close_against_a_fault(void **state)
{
    struct reader a, b;

    (void)state;
    start(&a, 0, 1);
    settle();
    object_handle_put(pager);
    closed = true;
    start(&b, 0, 1);
    assert_int_equal(finish(&a), ERR_BAD_STATE);
    assert_int_equal(finish(&b), ERR_BAD_STATE);
    expect_no_packet();
}

/* A request lives as long as anybody waits for it. */
static void a_waiter_is_killed(void **state)
{
    struct reader a, b;

    (void)state;
    start(&a, 0, 4);
    start(&b, 3, 4);
    settle();
    task_interrupt(&a.task, TASK_KILL);
    assert_int_equal(finish(&a), ERR_CANCELED);
    expect_request(0, 4);
    expect_no_packet();
    task_interrupt(&b.task, TASK_SUSPEND);
    assert_int_equal(finish(&b), ERR_INTERRUPTED);
    start(&a, 2, 2);
    settle();
    expect_request(2, 2);
    task_interrupt(&a.task, TASK_KILL);
    assert_int_equal(finish(&a), ERR_CANCELED);

    start(&a, 5, 1);
    settle();
    task_interrupt(&a.task, TASK_KILL);
    assert_int_equal(finish(&a), ERR_CANCELED);
    expect_no_packet();
}

/* Killed and supplied before it runs: what it has is the page. */
static void a_kill_against_a_supply(void **state)
{
    struct reader r;

    (void)state;
    start(&r, 0, 1);
    settle();
    assert_int_equal(pager_supply(vmo, 0, PAGE_SIZE, source, 0), OK);
    task_interrupt(&r.task, TASK_KILL);
    assert_int_equal(finish(&r), OK);
    expect_no_packet();
}

static void pages_are_cut_off(void **state)
{
    struct reader a, b;

    (void)state;
    start(&a, 0, 3);
    start(&b, 6, 1);
    settle();
    assert_int_equal(vmo_set_size(vmo, PAGE_SIZE), OK);
    assert_int_equal(finish(&b), OK);
    assert_false(task_done(&a.task));
    assert_int_equal(pager_fail(vmo, 0, 2 * PAGE_SIZE, ERR_IO), ERR_OUT_OF_RANGE);
    assert_int_equal(pager_fail(vmo, 0, PAGE_SIZE, ERR_IO), OK);
    assert_int_equal(finish(&a), ERR_IO);
    expect_no_packet();
}

static void memory_is_short(void **state)
{
    struct object *other;
    struct vmo *small;
    struct reader r;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = pager_create(&other));
    object_put(other);
    FAIL_EACH(st, st = pager_create_vmo(pager, port, 1, PAGE_SIZE, 0, false, &small));
    vmo_put(small);
    expect_complete();
    FAIL_EACH(st, (start(&r, 0, 1), settle(), st = task_done(&r.task) ? r.task.status : OK));
    FAIL_EACH(st, st = pager_supply(vmo, 0, 2 * PAGE_SIZE, source, 0));
    assert_int_equal(finish(&r), OK);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_supply_comes_first),    TEST(a_supply_against_a_detach),
        TEST(a_close_against_a_fault), TEST(a_waiter_is_killed),
        TEST(a_kill_against_a_supply), TEST(pages_are_cut_off),
        TEST(memory_is_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
