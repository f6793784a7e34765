/*
 * pager_dirty_test.c - writers of a pager's VMO that wait to be let, against write-back,
 * detach, their own end, a resize, and too little memory.
 */
#include "object/object_test.h"
#include "object/pager.h"
#include "vm/vmo_dirty.h"

static struct object *pager, *port;
static struct vmo *vmo, *source;

static int make(void **state)
{
    setup(state);
    assert_int_equal(pager_create(&pager), OK);
    object_handle_get(pager);
    assert_int_equal(port_create(&port), OK);
    assert_int_equal(pager_create_vmo(pager, port, 7, 8 * PAGE_SIZE, VMO_RESIZABLE, true, &vmo),
                     OK);
    assert_int_equal(vmo_create(8 * PAGE_SIZE, 0, &source), OK);
    assert_int_equal(pager_supply(vmo, 0, 4 * PAGE_SIZE, source, 0), OK);
    return 0;
}

static int drop(void **state)
{
    vmo_put(source);
    vmo_put(vmo);
    object_put(port);
    object_handle_put(pager);
    object_put(pager);
    return teardown(state);
}

/* A task that waits until it may write. */
struct writer {
    struct task task;
    struct vmo_page_in wait;
};

static void start(struct writer *w, uint64_t index, uint32_t count)
{
    *w = (struct writer){.wait = {.co = {.resume = vmo_page_in},
                                  .vmo = vmo,
                                  .index = index,
                                  .count = count,
                                  .interruptible = true,
                                  .write = true}};
    task_spawn(&w->task, "writer", &w->wait.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
}

static status_t finish(struct writer *w)
{
    settle();
    assert_true(task_done(&w->task));
    return w->task.status;
}

static void expect_request(unsigned command, uint64_t first, uint64_t count)
{
    zx_port_packet_t packet;

    assert_int_equal(try_port_wait(port, &packet), OK);
    assert_int_equal(packet.page_request.command, command);
    assert_int_equal(packet.page_request.offset, first * PAGE_SIZE);
    assert_int_equal(packet.page_request.length, count * PAGE_SIZE);
}

static void expect_no_packet(void)
{
    zx_port_packet_t packet;

    assert_int_equal(try_port_wait(port, &packet), ERR_SHOULD_WAIT);
}

static status_t write_page(uint64_t index)
{
    uint64_t word = 9;

    return vmo_write(vmo, index * PAGE_SIZE, &word, sizeof(word), NULL);
}

static status_t dirty(uint64_t first, uint64_t count)
{
    return pager_dirty(vmo, first * PAGE_SIZE, count * PAGE_SIZE);
}

static status_t begin(uint64_t first, uint64_t count)
{
    return pager_writeback_begin(vmo, first * PAGE_SIZE, count * PAGE_SIZE);
}

static status_t end(uint64_t first, uint64_t count)
{
    return pager_writeback_end(vmo, first * PAGE_SIZE, count * PAGE_SIZE);
}

/* The first that is not clean is this; `count` 0: none is. */
static void expect_dirty(uint64_t first, uint64_t count, bool zero)
{
    struct vmo_dirty_range r;

    assert_int_equal(vmo_next_dirty(vmo, 0, UINT64_MAX, &r), count != 0);
    if (count) {
        assert_int_equal(r.first, first);
        assert_int_equal(r.end, first + count);
        assert_int_equal(r.zero, zero);
    }
}

/* Let in the middle of a write-back: the page is dirty when that ends. Not let: it is clean,
 * and the writer still waits. */
static void a_write_against_a_writeback(void **state)
{
    struct writer w;

    (void)state;
    assert_int_equal(dirty(0, 1), OK);
    assert_int_equal(write_page(0), OK);
    assert_int_equal(begin(0, 1), OK);
    assert_int_equal(write_page(0), ERR_SHOULD_WAIT);
    start(&w, 0, 1);
    settle();
    expect_request(ZX_PAGER_VMO_DIRTY, 0, 1);
    assert_int_equal(end(0, 1), OK);
    expect_dirty(0, 0, false);
    settle();
    assert_false(task_done(&w.task));
    assert_int_equal(dirty(0, 1), OK);
    assert_int_equal(finish(&w), OK);

    assert_int_equal(begin(0, 1), OK);
    start(&w, 0, 1);
    settle();
    assert_int_equal(dirty(0, 1), OK);
    assert_int_equal(end(0, 1), OK);
    assert_int_equal(finish(&w), OK);
    expect_dirty(0, 1, false);
    assert_int_equal(write_page(0), OK);
    expect_no_packet();
}

/* Let, and written back before the writer runs: he asks again. */
static void a_writeback_comes_first(void **state)
{
    struct writer w;

    (void)state;
    start(&w, 2, 1);
    settle();
    expect_request(ZX_PAGER_VMO_DIRTY, 2, 1);
    assert_int_equal(dirty(2, 1), OK);
    assert_int_equal(begin(2, 1), OK);
    assert_int_equal(end(2, 1), OK);
    assert_int_equal(finish(&w), OK);
    assert_int_equal(write_page(2), ERR_SHOULD_WAIT);
}

/* Some of a request's pages are let: who waits for one of them goes on, whatever comes then. */
static void a_detach_against_a_writer(void **state)
{
    struct writer a, b;

    (void)state;
    start(&a, 0, 4);
    start(&b, 3, 1);
    settle();
    expect_request(ZX_PAGER_VMO_DIRTY, 0, 4);
    expect_no_packet();
    assert_int_equal(dirty(0, 2), OK);
    settle();
    assert_false(task_done(&a.task) || task_done(&b.task));
    pager_detach(vmo);
    assert_int_equal(finish(&a), OK);
    assert_int_equal(finish(&b), ERR_BAD_STATE);
    assert_int_equal(write_page(0), OK);
    start(&a, 2, 1);
    assert_int_equal(finish(&a), ERR_BAD_STATE);
    assert_int_equal(begin(0, 4), OK);
    assert_int_equal(end(0, 4), OK);
    expect_dirty(0, 0, false);
}

/* A request lives as long as anybody waits for it; one for a page to come in is apart. */
static void a_writer_is_killed(void **state)
{
    struct writer a, b;

    (void)state;
    start(&a, 3, 4);
    settle();
    expect_request(ZX_PAGER_VMO_DIRTY, 3, 1);
    start(&b, 4, 4);
    settle();
    expect_request(ZX_PAGER_VMO_READ, 4, 1);
    task_interrupt(&a.task, TASK_KILL);
    assert_int_equal(finish(&a), ERR_CANCELED);
    assert_int_equal(pager_supply(vmo, 4 * PAGE_SIZE, PAGE_SIZE, source, 0), OK);
    assert_int_equal(finish(&b), OK);
    start(&a, 3, 4);
    settle();
    task_interrupt(&a.task, TASK_SUSPEND);
    assert_int_equal(finish(&a), ERR_INTERRUPTED);
    expect_no_packet();
    expect_dirty(0, 0, false);
}

static void a_writer_is_cut_off(void **state)
{
    struct writer a, b;

    (void)state;
    assert_int_equal(vmo_set_size(vmo, 10 * PAGE_SIZE), OK);
    expect_dirty(8, 2, true);
    start(&a, 3, 1);
    start(&b, 8, 2);
    settle();
    expect_request(ZX_PAGER_VMO_DIRTY, 3, 1);
    expect_request(ZX_PAGER_VMO_DIRTY, 8, 2);
    assert_int_equal(vmo_set_size(vmo, PAGE_SIZE), OK);
    assert_int_equal(finish(&a), OK);
    assert_int_equal(finish(&b), OK);
    assert_int_equal(write_page(3), ERR_OUT_OF_RANGE);
    assert_int_equal(dirty(3, 1), ERR_OUT_OF_RANGE);
    expect_dirty(0, 0, false);
    assert_int_equal(vmo_set_size(vmo, 3 * PAGE_SIZE), OK);
    expect_dirty(1, 2, true);
}

/* Zeroes that are written back come from the pager; a clone sees them all the time. */
static void zeroes_are_written_back(void **state)
{
    uint64_t word = 1;
    struct vmo *clone;

    (void)state;
    assert_int_equal(vmo_set_size(vmo, 10 * PAGE_SIZE), OK);
    assert_int_equal(vmo_clone(vmo, 0, 10 * PAGE_SIZE, &clone), OK);
    assert_int_equal(vmo_read(clone, 9 * PAGE_SIZE, &word, sizeof(word), NULL), OK);
    assert_int_equal(word, 0);
    assert_int_equal(vmo_committed_pages(vmo), 4);
    assert_int_equal(begin(8, 2), OK);
    assert_int_equal(dirty(9, 1), OK);
    assert_int_equal(end(8, 2), OK);
    expect_dirty(9, 1, false);
    assert_int_equal(vmo_read(clone, 8 * PAGE_SIZE, &word, sizeof(word), NULL),
                     ERR_SHOULD_WAIT);
    assert_int_equal(dirty(8, 1), ERR_NOT_FOUND);
    vmo_put(clone);
}

static void memory_is_short(void **state)
{
    struct writer w;
    status_t st;

    (void)state;
    assert_int_equal(vmo_set_size(vmo, 200 * PAGE_SIZE), OK);
    FAIL_EACH(st, (start(&w, 0, 1), settle(), st = task_done(&w.task) ? w.task.status : OK));
    FAIL_EACH(st, st = dirty(100, 2), expect_dirty(8, 192, true));
    assert_int_equal(dirty(0, 1), OK);
    assert_int_equal(finish(&w), OK);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_write_against_a_writeback),
        TEST(a_writeback_comes_first),
        TEST(a_detach_against_a_writer),
        TEST(a_writer_is_killed),
        TEST(a_writer_is_cut_off),
        TEST(zeroes_are_written_back),
        TEST(memory_is_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
