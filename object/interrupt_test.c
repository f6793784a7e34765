/*
 * interrupt_test.c - interrupts of the machine and of programs; triggers against acks, destroys
 * against waits, and ports that close under many schedules.
 */
#include "object/object_test.h"

#include "object/interrupt.h"
#include "uapi/zircon/syscalls/interrupt.h"

enum { SOURCE = 5, SEEDS = 300, STEPS = 10 };

static struct handle make_handle(status_t st, struct object *obj)
{
    struct handle h;

    assert_int_equal(st, OK);
    h = handle_make(obj, obj->ops->rights);
    object_put(obj);
    return h;
}

static struct handle make_virtual(void)
{
    struct object *obj;
    status_t st = interrupt_create_virtual(&obj);

    return make_handle(st, obj);
}

static struct handle make_physical(uint32_t mode)
{
    struct object *obj;
    status_t st = interrupt_create_physical(SOURCE, mode, &obj);

    return make_handle(st, obj);
}

static struct handle make_port(void)
{
    struct object *obj;
    status_t st = port_create_bindable(&obj);

    return make_handle(st, obj);
}

struct waiter_task {
    struct interrupt_wait wait;
    struct task task;
};

static void wait_start(struct waiter_task *w, struct object *obj)
{
    w->wait = (struct interrupt_wait){.co = {.resume = interrupt_wait}, .interrupt = obj};
    spawn(&w->task, &w->wait.co);
    settle();
}

static void raise_source(void)
{
    sim_irq_raise(SOURCE);
    hal_irq_serve();
    settle();
}

static void test_a_source_is_waited_for(void **state)
{
    struct handle h = make_physical(ZX_INTERRUPT_MODE_DEFAULT);
    struct waiter_task w;
    struct object *other;

    (void)state;
    assert_int_equal(interrupt_create_physical(SOURCE, 0, &other), ERR_ALREADY_BOUND);
    sim_advance(77);
    wait_start(&w, h.obj);
    assert_false(task_done(&w.task));
    raise_source();
    assert_true(task_done(&w.task));
    assert_int_equal(w.task.status, OK);
    assert_int_equal(w.wait.timestamp, hal_time_now());
    assert_int_equal(interrupt_trigger(h.obj, 1), ERR_BAD_STATE); /* it is no virtual one */

    /* Shut until the next wait, which it then ends. */
    raise_source();
    wait_start(&w, h.obj);
    hal_irq_serve();
    settle();
    assert_int_equal(w.task.status, OK);
    handle_drop(&h);
    raise_source();
}

static void test_sources_that_are_not(void **state)
{
    struct object *obj;

    (void)state;
    assert_int_equal(interrupt_create_physical(1000, ZX_INTERRUPT_MODE_DEFAULT, &obj),
                     ERR_INVALID_ARGS);
    assert_int_equal(interrupt_create_physical(1000, ZX_INTERRUPT_MODE_LEVEL_LOW, &obj),
                     ERR_INVALID_ARGS);
    assert_int_equal(interrupt_create_physical(SOURCE, ZX_INTERRUPT_MODE_EDGE_BOTH, &obj),
                     ERR_INVALID_ARGS);
}

static unsigned packets(struct object *port)
{
    zx_port_packet_t packet;
    unsigned count = 0;

    while (try_port_wait(port, &packet) == OK) {
        assert_int_equal(packet.type, ZX_PKT_TYPE_INTERRUPT);
        assert_int_equal(packet.key, 3);
        count++;
    }
    return count;
}

static void test_levels_are_shut_until_the_ack(void **state)
{
    struct handle level = make_physical(ZX_INTERRUPT_MODE_LEVEL_HIGH), port = make_port();

    (void)state;
    sim_advance(1);
    assert_int_equal(interrupt_bind(level.obj, port.obj, 3), OK);
    raise_source();
    raise_source();
    assert_int_equal(packets(port.obj), 1);
    assert_int_equal(interrupt_of(level.obj)->timestamp, 0); /* the second has not come in */
    assert_int_equal(interrupt_ack(level.obj), OK);
    hal_irq_serve();
    assert_int_equal(packets(port.obj), 1);
    assert_int_equal(interrupt_destroy(level.obj), ERR_NOT_FOUND);
    handle_drop(&level);
    handle_drop(&port);
}

static void test_edges_are_counted_as_one(void **state)
{
    struct handle edge = make_physical(ZX_INTERRUPT_MODE_EDGE_LOW), port = make_port();

    (void)state;
    sim_advance(1);
    assert_int_equal(interrupt_bind(edge.obj, port.obj, 3), OK);
    raise_source();
    raise_source();
    raise_source();
    assert_int_equal(packets(port.obj), 1);
    assert_int_equal(interrupt_ack(edge.obj), OK);
    assert_int_equal(packets(port.obj), 1);
    assert_int_equal(interrupt_ack(edge.obj), OK);
    assert_int_equal(packets(port.obj), 0);
    assert_int_equal(interrupt_destroy(edge.obj), OK);
    handle_drop(&edge);
    handle_drop(&port);
}

static void test_without_memory(void **state)
{
    struct object *obj = NULL;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = interrupt_create_virtual(&obj));
    object_put(obj);
    FAIL_EACH(st, st = interrupt_create_physical(SOURCE, ZX_INTERRUPT_MODE_DEFAULT, &obj));
    object_put(obj);
    FAIL_EACH(st, st = port_create_bindable(&obj));
    object_put(obj);
}

static void test_a_killed_wait_leaves_nothing(void **state)
{
    struct handle h = make_virtual();
    struct waiter_task w;

    (void)state;
    wait_start(&w, h.obj);
    task_interrupt(&w.task, TASK_KILL);
    settle();
    assert_int_equal(w.task.status, ERR_CANCELED);
    assert_int_equal(interrupt_trigger(h.obj, 9), OK);
    wait_start(&w, h.obj);
    assert_int_equal(w.wait.timestamp, 9);
    object_get(h.obj);
    wait_start(&w, h.obj);
    handle_drop(&h);
    settle();
    assert_int_equal(w.task.status, ERR_CANCELED);
    object_put(w.wait.interrupt);
}

/* --- several CPUs --- */

static struct handle interrupt, port;
static unsigned triggered, taken;

static bool now_and_then(void)
{
    return sim_random(STEPS / 2) == 0;
}

static void trigger(void)
{
    if (interrupt_trigger(interrupt.obj, 1) == OK)
        triggered++;
}

static void raise(void)
{
    sim_irq_raise(SOURCE);
    triggered++;
}

static void take(void)
{
    zx_port_packet_t packet;

    if (try_port_wait(port.obj, &packet) == OK)
        taken++;
}

static void ack(void)
{
    status_t st = interrupt_ack(interrupt.obj);

    assert_true(st == OK || st == ERR_BAD_STATE || st == ERR_CANCELED);
}

static void bind_or_unbind(void)
{
    status_t st = sim_random(2) ? interrupt_bind(interrupt.obj, port.obj, 3)
                                : interrupt_unbind(interrupt.obj, port.obj);

    assert_true(st == OK || st == ERR_ALREADY_BOUND || st == ERR_NOT_FOUND ||
                st == ERR_BAD_STATE || st == ERR_CANCELED);
}

static void destroy(void)
{
    if (now_and_then()) {
        status_t st = interrupt_destroy(interrupt.obj);

        assert_true(st == OK || st == ERR_NOT_FOUND);
    }
}

static void close_port(void)
{
    if (now_and_then() && !port_of(port.obj)->closed)
        object_handle_put(port.obj);
}

static void run(struct handle subject, void (*const acts[])(void), unsigned count)
{
    struct waiter_task w[2];

    interrupt = subject;
    port = make_port();
    object_get(port.obj);
    triggered = taken = 0;
    for (unsigned i = 0; i < countof(w); i++) {
        w[i].wait = (struct interrupt_wait){.co = {.resume = interrupt_wait},
                                            .interrupt = interrupt.obj};
        spawn(&w[i].task, &w[i].wait.co);
    }
    run_actors(acts, count, STEPS);
    (void)interrupt_destroy(interrupt.obj);
    assert_int_equal(sim_run(executor_run), SIM_IDLE);
    assert_true(task_done(&w[0].task) && task_done(&w[1].task));
    assert_true(taken <= triggered);
    if (!port_of(port.obj)->closed)
        object_handle_put(port.obj);
    handle_drop(&interrupt);
    object_put(port.obj);
    object_put(port.obj);
}

static void test_triggers_acks_and_ports(void **state)
{
    static void (*const acts[])(void) = {trigger, take, ack, bind_or_unbind, close_port};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        run(make_virtual(), acts, countof(acts));
        teardown(NULL);
    }
}

static void test_destroys_against_all(void **state)
{
    static void (*const acts[])(void) = {trigger, take, ack, bind_or_unbind, destroy, destroy};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        run(make_virtual(), acts, countof(acts));
        teardown(NULL);
    }
}

/* The handler is another CPU's while this one detaches it. */
static void test_sources_against_all(void **state)
{
    static void (*const acts[])(void) = {raise, raise, take, ack, bind_or_unbind, destroy};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        run(make_physical(seed % 2 ? ZX_INTERRUPT_MODE_EDGE_LOW : ZX_INTERRUPT_MODE_LEVEL_LOW),
            acts, countof(acts));
        teardown(NULL);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_source_is_waited_for),
        TEST(test_sources_that_are_not),
        TEST(test_levels_are_shut_until_the_ack),
        TEST(test_edges_are_counted_as_one),
        TEST(test_without_memory),
        TEST(test_a_killed_wait_leaves_nothing),
        cmocka_unit_test(test_triggers_acks_and_ports),
        cmocka_unit_test(test_destroys_against_all),
        cmocka_unit_test(test_sources_against_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
