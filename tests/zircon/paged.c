/*
 * paged.c - a pager with one VMO, and those who read it.
 */
#include "tests/zircon/paged.h"

enum { SOON = 5000 }; /* milliseconds; only a failure takes so long */

zx_vaddr_t paged_map(zx_handle_t vmo, uint64_t size)
{
    zx_vaddr_t addr = 0;

    EXPECT_OK(zx_vmar_map(ztest_root_vmar(),
                          ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_ALLOW_FAULTS, 0, vmo, 0,
                          size, &addr));
    return addr;
}

void paged_unmap(zx_vaddr_t addr, uint64_t size)
{
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), addr, size));
}

uint64_t paged_word(zx_handle_t vmo, uint64_t page)
{
    uint64_t word = UINT64_MAX;

    EXPECT_OK(zx_vmo_read(vmo, &word, page * PAGE, sizeof(word)));
    return word;
}

void paged_set_word(zx_handle_t vmo, uint64_t page, uint64_t word)
{
    EXPECT_OK(zx_vmo_write(vmo, &word, page * PAGE, sizeof(word)));
}

zx_info_vmo_t paged_info(zx_handle_t vmo)
{
    zx_info_vmo_t info = {0};

    EXPECT_OK(zx_object_get_info(vmo, ZX_INFO_VMO, &info, sizeof(info), NULL, NULL));
    return info;
}

int paged_make(struct paged *p, uint64_t pages, uint32_t options)
{
    *p = (struct paged){.pages = pages};
    if (!EXPECT_OP_(zx_pager_create(0, &p->pager), ==, ZX_OK) ||
        !EXPECT_OP_(zx_port_create(0, &p->port), ==, ZX_OK) ||
        !EXPECT_OP_(
            zx_pager_create_vmo(p->pager, options, p->port, PAGED_KEY, pages * PAGE, &p->vmo),
            ==, ZX_OK))
        return 0;
    p->addr = paged_map(p->vmo, pages * PAGE);
    return p->addr != 0;
}

void paged_drop(struct paged *p)
{
    paged_unmap(p->addr, p->pages * PAGE);
    EXPECT_OK(zx_handle_close(p->vmo));
    if (p->port)
        EXPECT_OK(zx_handle_close(p->port));
    if (p->pager)
        EXPECT_OK(zx_handle_close(p->pager));
}

static int next_request(struct paged *p, uint16_t command, uint64_t *first, uint64_t *count)
{
    zx_port_packet_t packet;

    if (!EXPECT_OP_(zx_port_wait(p->port, ztest_after(ZTEST_MSEC(SOON)), &packet), ==, ZX_OK))
        return 0;
    EXPECT_EQ(packet.key, PAGED_KEY);
    EXPECT_EQ(packet.type, ZX_PKT_TYPE_PAGE_REQUEST);
    EXPECT_OK(packet.status);
    EXPECT_EQ(packet.page_request.command, command);
    *first = packet.page_request.offset / PAGE;
    *count = packet.page_request.length / PAGE;
    return 1;
}

int paged_next(struct paged *p, uint64_t *first, uint64_t *count)
{
    return next_request(p, ZX_PAGER_VMO_READ, first, count);
}

static void expect_request(struct paged *p, uint16_t command, uint64_t first, uint64_t count)
{
    uint64_t got_first, got_count;

    if (next_request(p, command, &got_first, &got_count)) {
        EXPECT_EQ(got_first, first);
        EXPECT_EQ(got_count, count);
    }
}

void paged_expect(struct paged *p, uint64_t first, uint64_t count)
{
    expect_request(p, ZX_PAGER_VMO_READ, first, count);
}

void paged_expect_dirty(struct paged *p, uint64_t first, uint64_t count)
{
    expect_request(p, ZX_PAGER_VMO_DIRTY, first, count);
}

zx_status_t paged_op(struct paged *p, uint32_t op, uint64_t first, uint64_t count)
{
    int64_t data = op == ZX_PAGER_OP_FAIL ? ZX_ERR_IO : 0;

    return zx_pager_op_range(p->pager, op, p->vmo, first * PAGE, count * PAGE, (uint64_t)data);
}

void paged_expect_ranges(struct paged *p, unsigned count, const zx_vmo_dirty_range_t *ranges)
{
    zx_vmo_dirty_range_t got[8] = {0};
    uint64_t size;
    size_t actual = 0, avail = 0;

    EXPECT_OK(zx_vmo_get_size(p->vmo, &size));
    EXPECT_OK(zx_pager_query_dirty_ranges(p->pager, p->vmo, 0, size, got, sizeof(got), &actual,
                                          &avail));
    EXPECT_EQ(actual, count);
    EXPECT_EQ(avail, count);
    for (unsigned i = 0; i < count; i++) {
        EXPECT_EQ(got[i].offset, ranges[i].offset * PAGE);
        EXPECT_EQ(got[i].length, ranges[i].length * PAGE);
        EXPECT_EQ(got[i].options, ranges[i].options);
    }
}

void paged_expect_none(struct paged *p)
{
    zx_port_packet_t packet;

    EXPECT_EQ(zx_port_wait(p->port, 0, &packet), ZX_ERR_TIMED_OUT);
}

void paged_expect_complete(struct paged *p)
{
    zx_port_packet_t packet = {0};

    EXPECT_OK(zx_port_wait(p->port, ztest_after(ZTEST_MSEC(SOON)), &packet));
    EXPECT_EQ(packet.key, PAGED_KEY);
    EXPECT_EQ(packet.type, ZX_PKT_TYPE_PAGE_REQUEST);
    EXPECT_EQ(packet.page_request.command, ZX_PAGER_VMO_COMPLETE);
}

void paged_supply(struct paged *p, uint64_t first, uint64_t count)
{
    zx_handle_t aux;

    ASSERT_OK(zx_vmo_create(count * PAGE, 0, &aux));
    for (uint64_t i = 0; i < count; i++)
        paged_set_word(aux, i, first + i + 1);
    EXPECT_OK(zx_pager_supply_pages(p->pager, p->vmo, first * PAGE, count * PAGE, aux, 0));
    EXPECT_OK(zx_handle_close(aux));
}

int paged_make_supplied(struct paged *p, uint64_t pages, uint32_t options)
{
    if (!paged_make(p, pages, options))
        return 0;
    paged_supply(p, 0, pages);
    return 1;
}

static zx_status_t read_page(const struct paged_reader *r, uint64_t page)
{
    uint64_t word = 0;
    zx_status_t st = ZX_OK;

    if (r->how == PAGED_READ)
        st = zx_vmo_read(r->vmo, &word, page * PAGE, sizeof(word));
    else
        word = *(volatile uint64_t *)(r->addr + page * PAGE);
    if (st != ZX_OK)
        return st;
    return word == page + 1 ? ZX_OK : ZX_ERR_IO_DATA_LOSS;
}

static zx_status_t write_pages(const struct paged_reader *r)
{
    static uint64_t words[PAGED_WRITE_MAX * PAGE / sizeof(uint64_t)];

    for (uint64_t i = 0; i < PAGED_WRITE_MAX; i++)
        words[i * PAGE / sizeof(uint64_t)] = PAGED_WRITTEN;
    return zx_vmo_write(r->vmo, words, r->first * PAGE, r->count * PAGE);
}

static void reader(void *arg)
{
    struct paged_reader *r = arg;

    r->status = ZX_OK;
    if (r->how == PAGED_COMMIT || r->how == PAGED_ZERO) {
        r->status =
            zx_vmo_op_range(r->vmo, r->how == PAGED_ZERO ? ZX_VMO_OP_ZERO : ZX_VMO_OP_COMMIT,
                            r->first * PAGE, r->count * PAGE, NULL, 0);
        return;
    }
    if (r->how == PAGED_WRITE) {
        r->status = write_pages(r);
        return;
    }
    if (r->how == PAGED_STORE) {
        for (uint64_t i = 0; i < r->count; i++)
            *(volatile uint64_t *)(r->addr + (r->first + i) * PAGE) = PAGED_WRITTEN;
        return;
    }
    for (uint64_t i = 0; i < r->count && r->status == ZX_OK; i++)
        r->status = read_page(r, r->first + i);
}

void paged_read_other(struct paged_reader *r, zx_handle_t vmo, zx_vaddr_t addr,
                      enum paged_how how, uint64_t first, uint64_t count)
{
    *r = (struct paged_reader){
        .how = how, .vmo = vmo, .addr = addr, .first = first, .count = count};
    ASSERT_OK(ztest_thread_start(&r->thread, reader, r));
}

void paged_read(struct paged_reader *r, struct paged *p, enum paged_how how, uint64_t first,
                uint64_t count)
{
    paged_read_other(r, p->vmo, p->addr, how, first, count);
}

int paged_asked(struct paged *p, struct paged_reader *r, enum paged_how how, uint64_t pages)
{
    if (!paged_make(p, pages, 0))
        return 0;
    paged_read(r, p, how, 0, pages);
    paged_expect(p, 0, pages);
    return 1;
}

zx_status_t paged_done(struct paged_reader *r)
{
    ztest_thread_join(&r->thread);
    return r->status;
}

CHILD(touches_a_word)
{
    zx_vaddr_t addr;
    uint32_t size, handles;

    if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) != ZX_OK ||
        zx_channel_read(channel, 0, &addr, NULL, sizeof(addr), 0, &size, &handles) != ZX_OK)
        return 1;
    return *(volatile uint64_t *)addr == 0 ? 2 : 0;
}

int paged_touch(struct paged_toucher *t, zx_handle_t vmo, uint64_t pages, uint64_t at)
{
    zx_vaddr_t word;

    if (!ztest_child_run(&t->child, ztest_job(), "touches_a_word"))
        return 0;
    EXPECT_OK(zx_vmar_map(t->child.vmar, ZX_VM_PERM_READ | ZX_VM_ALLOW_FAULTS, 0, vmo, 0,
                          pages * PAGE, &t->addr));
    word = t->addr + at * PAGE;
    EXPECT_OK(zx_channel_write(t->child.channel, 0, &word, sizeof(word), NULL, 0));
    return 1;
}

int64_t paged_touched(struct paged_toucher *t)
{
    return ztest_child_join(&t->child);
}

int paged_want(struct paged_wanter *w, struct paged *p, enum paged_how how)
{
    w->how = how;
    if (how == PAGED_TOUCH)
        return paged_touch(&w->toucher, p->vmo, p->pages, 0);
    paged_read(&w->reader, p, how, 0, 1);
    return 1;
}

void paged_expect_refused(struct paged_wanter *w, zx_status_t status)
{
    if (w->how == PAGED_TOUCH)
        EXPECT_EQ(paged_touched(&w->toucher), ZX_TASK_RETCODE_EXCEPTION_KILL);
    else
        EXPECT_EQ(paged_done(&w->reader), status);
}
