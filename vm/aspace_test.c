/*
 * aspace_test.c - address spaces under random use, against a model of what each page holds,
 * with the page tables compared to the VMOs.
 */
#include "base/random.h"
#include "vm/vm_test.h"

enum { SPACES = 3, ROOM = 48 };

enum kind { NONE, PRIVATE, SHARED };

struct model_page {
    enum kind kind;
    unsigned prot;
    uint64_t word;   /* private */
    uint64_t origin; /* what it is again once discarded */
    unsigned index;  /* shared: in `common` */
};

struct space {
    struct aspace *as; /* NULL: none */
    struct model_page page[ROOM];
};

static struct space spaces[SPACES];
static struct vmo *common, *file;
static uint64_t common_word[ROOM];
static struct test_pager pager;

/* A range of one space for an operation. */
struct range {
    struct space *s;
    unsigned first, count;
};

static status_t map_range(const struct range *at, struct vmo *vmo, unsigned index,
                          unsigned prot, unsigned flags)
{
    struct vmar_map_args args = {.vmo = vmo,
                                 .vmo_offset = PAGES(index),
                                 .size = PAGES(at->count),
                                 .prot = prot,
                                 .max_prot = R | W | X,
                                 .flags = flags,
                                 .place = PLACE_OVERWRITE,
                                 .addr = AT(at->first)};
    user_addr_t out;

    return vmar_map(at->s->as->root, &args, &out);
}

static void map_something(const struct range *at, struct random *r)
{
    unsigned prot = (unsigned)random_below(r, 8), how = (unsigned)random_below(r, 3);
    unsigned index = (unsigned)random_below(r, ROOM - at->count + 1);
    struct vmo *vmo = how == 0   ? make(at->count)
                      : how == 1 ? clone_of(file, index, at->count)
                                 : vmo_get(common);

    assert_int_equal(
        map_range(at, vmo, how == 2 ? index : 0, prot, how == 2 ? MAPPING_SHARED : 0), OK);
    vmo_put(vmo);
    for (unsigned i = 0; i < at->count; i++) {
        uint64_t word = how == 1 ? index + i + 1 : 0;

        at->s->page[at->first + i] =
            (struct model_page){how == 2 ? SHARED : PRIVATE, prot, word, word, index + i};
    }
}

static void unmap_range(const struct range *at)
{
    assert_int_equal(vmar_unmap(at->s->as->root, AT(at->first), PAGES(at->count)), OK);
    memset(&at->s->page[at->first], 0, at->count * sizeof(struct model_page));
}

static void protect_range(const struct range *at, struct random *r)
{
    unsigned prot = (unsigned)random_below(r, 8), i;
    status_t st = vmar_protect(at->s->as->root, AT(at->first), PAGES(at->count), prot, false);

    for (i = 0; i < at->count && at->s->page[at->first + i].kind; i++)
        at->s->page[at->first + i].prot = prot;
    assert_int_equal(st, i == at->count ? OK : ERR_NO_MEMORY);
}

static void discard_range(const struct range *at)
{
    bool hole = false;
    status_t st = aspace_discard(at->s->as, AT(at->first), PAGES(at->count));

    for (unsigned i = 0; i < at->count; i++) {
        struct model_page *page = &at->s->page[at->first + i];

        hole = hole || !page->kind;
        page->word = page->origin;
    }
    assert_int_equal(st, hole ? ERR_NO_MEMORY : OK);
}

/* Whether the range is one mapping only the address space knows. */
static void move_range(const struct range *at, struct random *r)
{
    unsigned to = (unsigned)random_below(r, ROOM - at->count + 1);
    struct model_page moved[ROOM];
    user_addr_t out;
    status_t st = aspace_move(at->s->as, AT(at->first), PAGES(at->count), PAGES(at->count),
                              PLACE_OVERWRITE, AT(to), 0, &out);

    if (st != OK) {
        assert_true(st == ERR_FAULT || st == ERR_INVALID_ARGS);
        return;
    }
    memcpy(moved, &at->s->page[at->first], sizeof(moved[0]) * at->count);
    memset(&at->s->page[at->first], 0, sizeof(moved[0]) * at->count);
    memcpy(&at->s->page[to], moved, sizeof(moved[0]) * at->count);
}

static void fork_space(struct space *from, struct random *r)
{
    struct space *to = &spaces[random_below(r, SPACES)];

    if (to == from)
        return;
    aspace_put(to->as);
    *to = *from;
    assert_int_equal(aspace_create(&to->as), OK);
    assert_int_equal(aspace_fork(from->as, to->as), OK);
}

static uint64_t *word_of(struct model_page *page)
{
    return page->kind == SHARED ? &common_word[page->index] : &page->word;
}

static void touch(const struct range *at, struct random *r)
{
    struct user_access ua = {.aspace = at->s->as};

    for (unsigned i = at->first; i < at->first + at->count; i++) {
        struct model_page *page = &at->s->page[i];
        uint64_t word = random_u64(r);
        status_t st;

        if (random_below(r, 2)) {
            st = copy_to_user(&ua, AT(i), &word, sizeof(word));
            assert_int_equal(st, page->kind && page->prot & W ? OK : ERR_FAULT);
            if (st == OK)
                *word_of(page) = word;
            continue;
        }
        st = copy_from_user(&ua, &word, AT(i), sizeof(word));
        assert_int_equal(st, page->kind && page->prot ? OK : ERR_FAULT);
        if (st == OK)
            assert_int_equal(word, *word_of(page));
    }
}

/* --- page tables against VMOs --- */

static void check_page(struct mapping *m, user_addr_t at)
{
    uint64_t index = (at - m->region.base + m->offset) >> PAGE_SHIFT, parent_index;
    paddr_t pa = frame(m->region.aspace, at);
    unsigned prot = rights(m->region.aspace, at);
    struct page *page;
    bool ours, ignored;

    if (!pa)
        return;
    assert_false(prot & ~mapping_hal_prot(m));
    page = vmo_peek_locked(m->vmo, index, &ours);
    assert_true(ours || !(prot & W));
    if (!page && vmo_from_parent(m->vmo, index, &parent_index)) {
        page = vmo_peek_locked(m->vmo->parent, parent_index, &ignored);
        assert_non_null(page);
    }
    assert_int_equal(pa, page_to_phys(page ? page : vmo_zero_page(m->vmo, index)));
}

/* What is mapped is what the VMO shows, with no more rights than are due. */
static void check_page_tables(struct aspace *of)
{
    user_addr_t at = AT(0);

    while (at < AT(ROOM)) {
        struct mapping *m = mapping_find_from(of->root, at);
        user_addr_t next = m ? m->region.base : AT(ROOM);

        for (; at < next; at += PAGE_SIZE)
            assert_int_equal(frame(of, at), 0);
        for (; m && at < region_end(&m->region); at += PAGE_SIZE)
            check_page(m, at);
    }
}

static void step(struct random *r)
{
    struct range at = {&spaces[random_below(r, SPACES)], (unsigned)random_below(r, ROOM), 0};

    at.count = (unsigned)random_below(r, MIN(ROOM - at.first, 20u)) + 1;
    if (!at.s->as)
        return;
    switch (random_below(r, 16)) {
    case 0:
    case 1:
        map_something(&at, r);
        break;
    case 2:
        unmap_range(&at);
        break;
    case 3:
        protect_range(&at, r);
        break;
    case 4:
        discard_range(&at);
        break;
    case 5:
        move_range(&at, r);
        break;
    case 6:
        fork_space(at.s, r);
        break;
    default:
        touch(&at, r);
    }
}

static void random_use(void **state)
{
    struct random r;

    (void)state;
    random_seed(&r, 3);
    memset(spaces, 0, sizeof(spaces));
    memset(common_word, 0, sizeof(common_word));
    assert_int_equal(aspace_create(&spaces[0].as), OK);
    common = make(ROOM);
    file = make_file(&pager, ROOM);
    for (unsigned i = 0; i < 30000; i++) {
        step(&r);
        for (unsigned s = 0; s < SPACES && i % 8 == 0; s++)
            if (spaces[s].as)
                check_page_tables(spaces[s].as);
    }
    for (unsigned s = 0; s < SPACES; s++)
        aspace_put(spaces[s].as);
    vmo_put(common);
    vmo_put(file);
}

/* --- a file that changes its size under those who map it --- */

enum { CPUS = 4, ROUNDS = 100 };

static atomic_uint finished;

static void file_round(struct random *r, unsigned cpu)
{
    unsigned page = (unsigned)random_below(r, ROOM);
    user_addr_t at = AT(page + (cpu % 2 ? 0 : 100));
    struct user_access ua = {.aspace = as};
    uint64_t word;
    status_t st;

    if (cpu == 0 && random_below(r, 4) == 0) {
        assert_int_equal(vmo_set_size(file, PAGES(page)), OK);
        for (unsigned i = page; i < ROOM; i++)
            assert_int_equal(frame(as, AT(i)), 0);
        assert_int_equal(vmo_set_size(file, PAGES(ROOM)), OK);
        return;
    }
    if (cpu == 1 && random_below(r, 8) == 0) {
        assert_int_equal(aspace_discard(as, AT(100), PAGES(ROOM)), OK);
        return;
    }
    /* Mappings split and join meanwhile. */
    if (cpu > 1 && random_below(r, 4) == 0)
        assert_int_equal(vmar_protect(as->root, ROUND_DOWN(at, PAGE_SIZE), PAGE_SIZE,
                                      random_below(r, 2) ? R : R | W, true),
                         OK);
    st = copy_from_user(&ua, &word, at, sizeof(word));
    if (st == OK)
        assert_true(word == page + 1 || (cpu % 2 == 0 && word == 0));
    if (random_below(r, 4) == 0)
        assert_int_equal(copy_to_user(&ua, at + 8, &word, sizeof(word)) != ERR_USER_PAGE, 1);
}

static void file_entry(void)
{
    unsigned cpu = hal_cpu_id();
    struct random r;

    random_seed(&r, cpu + 1);
    for (unsigned i = 0; i < ROUNDS; i++)
        file_round(&r, cpu);
    if (atomic_fetch_add(&finished, 1) == CPUS - 1)
        sim_stop();
    for (;;) {
        hal_irq_serve();
        hal_cpu_halt();
    }
}

static void truncation_races(void **state)
{
    for (unsigned seed = 1; seed <= 40; seed++) {
        boot(&(struct sim_config){
            .cpus = CPUS, .seed = seed, .switch_one_in = 5, .memory = 64 * MIB});
        atomic_store(&finished, 0);
        assert_int_equal(aspace_create(&as), OK);
        file = make_file(&pager, ROOM);
        map(vmo_get(file), 0, ROOM, R | W, MAPPING_SHARED);
        map(clone_of(file, 0, ROOM), 100, ROOM, R | W, 0);
        assert_int_equal(sim_run(file_entry), SIM_STOPPED);
        check_page_tables(as);
        vmo_put(file);
        aspace_put(as);
        teardown(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(random_use),
        cmocka_unit_test(truncation_races),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
