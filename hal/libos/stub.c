/* stub.c - memory for system call stubs, and what is in them. */
#include "hal/libos/stub.h"

#include "base/assert.h"
#include "base/status.h"
#include "base/string.h"
#include "hal/libos/carrier.h"
#include "hal/libos/upcalls.h"

enum {
    JUMP_OPCODE = 0xe9,
    CALL_SIZE = sizeof(struct call_code),
    TAIL_MAX = COMPARE_MAX + JUMP_SIZE + 1,
    AREA_MASK = HAL_STUB_AREA - 1
};

_Static_assert(HAL_STUB_AREA == 1 << 16, "the low half of a jump's distance finds one place");

/* Code for `at`. */
struct code {
    user_addr_t at;
    unsigned size;
    uint8_t bytes[LEAD_MAX + CALL_SIZE];
};

uint8_t *user_bytes(struct hal_pt *pt, user_addr_t va)
{
    paddr_t pa;
    unsigned prot;

    if (hal_pt_query(pt, va & ~(user_addr_t)PAGE_MASK, &pa, &prot) != OK)
        return NULL;
    return (uint8_t *)hal_phys_to_virt(pa) + (va & PAGE_MASK);
}

bool user_read(struct hal_pt *pt, user_addr_t va, void *to, size_t size)
{
    for (size_t done = 0, part; done < size; done += part) {
        const uint8_t *from = user_bytes(pt, va + done);

        if (!from)
            return false;
        part = MIN(size - done, PAGE_SIZE - ((va + done) & PAGE_MASK));
        memcpy((char *)to + done, from, part);
    }
    return true;
}

uint8_t *page_byte(void *const pages[], user_addr_t first, user_addr_t va)
{
    return (uint8_t *)pages[pages_of(first, va - first + 1) - 1] + (va & PAGE_MASK);
}

/* ---- code ---- */

static void put(struct code *c, const void *bytes, size_t size)
{
    memcpy(c->bytes + c->size, bytes, size);
    c->size += (unsigned)size;
}

/* The four bytes of a distance that end an instruction. */
static void put_distance(struct code *c, user_addr_t target)
{
    int32_t distance = (int32_t)(target - (c->at + c->size + sizeof(distance)));

    put(c, &distance, sizeof(distance));
}

static void put_jump(struct code *c, user_addr_t target)
{
    static const uint8_t opcode = JUMP_OPCODE;

    put(c, &opcode, sizeof(opcode));
    put_distance(c, target);
}

static void put_call(struct code *c, user_addr_t behind)
{
    struct call_code call = call_code((int64_t)(behind - (c->at + c->size)));

    put(c, &call, sizeof(call));
}

/* They stood at `from`. False: what they reach from there is too far from here. */
static bool put_displaced(struct code *c, const struct displaced *d, user_addr_t from)
{
    int64_t moved = (int64_t)(from - c->at);
    unsigned base = c->size;

    put(c, d->bytes, d->size);
    for (unsigned i = 0; i < d->size; i++) {
        int32_t distance;

        if (!(d->distances >> i & 1))
            continue;
        memcpy(&distance, d->bytes + i, sizeof(distance));
        if (distance + moved != (int32_t)(distance + moved))
            return false;
        distance = (int32_t)(distance + moved);
        memcpy(c->bytes + base + i, &distance, sizeof(distance));
    }
    return true;
}

static void write_code(void *const pages[], void *arg)
{
    const struct code *c = arg;

    for (unsigned i = 0; i < c->size; i++)
        *page_byte(pages, c->at, c->at + i) = c->bytes[i];
}

static bool code_write(struct hal_pt *pt, struct code *c)
{
    return hal_upcalls->text_write(pt, ROUND_DOWN(c->at, PAGE_SIZE), pages_of(c->at, c->size),
                                   write_code, c) == OK;
}

struct call_code call_code(int64_t behind)
{
    return (struct call_code){
        .lea_rcx = {0x48, 0x8d, 0x0d},
        .distance = (int32_t)(behind - (int64_t)offsetof(struct call_code, movabs_r11)),
        .movabs_r11 = {0x49, 0xbb},
        .entry = (uintptr_t)user_entry,
        .jmp_r11 = {0x41, 0xff, 0xe3},
    };
}

/* ---- areas ---- */

static bool near(user_addr_t a, user_addr_t b)
{
    int64_t distance = (int64_t)(a - b);

    return distance == (int32_t)distance;
}

static bool area_reaches(const struct pt_stub_area *area, user_addr_t site)
{
    return area->va && near(area->va, site) && near(area->va + HAL_STUB_AREA, site);
}

/* The area of the view that has the site. False: it is in none. `va` 0: without an area. */
static bool shared_area(struct hal_pt *pt, user_addr_t site, struct pt_stub_area *area,
                        uint32_t **bytes)
{
    status_t st = hal_upcalls->text_stubs(pt, site, &area->va, bytes);

    if (st != OK)
        area->va = 0;
    return st != ERR_NOT_FOUND;
}

static bool own_area_holds(const struct hal_pt *pt, user_addr_t va)
{
    for (const struct pt_stub_area *area = pt->stubs; area < pt->stubs + PT_STUB_AREAS; area++)
        if (area->va && va - area->va < HAL_STUB_AREA)
            return true;
    return false;
}

bool stub_holds(struct hal_pt *pt, user_addr_t site, user_addr_t va)
{
    struct pt_stub_area shared;
    uint32_t *bytes;

    if (shared_area(pt, site, &shared, &bytes))
        return shared.va && va - shared.va < HAL_STUB_AREA;
    return own_area_holds(pt, va);
}

bool stub_is_at(struct hal_pt *pt, user_addr_t va)
{
    return own_area_holds(pt, va) || (hal_upcalls->is_stub && hal_upcalls->is_stub(pt, va));
}

/* The place in the area that has these low 16 bits. */
static user_addr_t area_place(const struct pt_stub_area *area, user_addr_t low)
{
    return area->va + ((low - area->va) & AREA_MASK);
}

/* Another address space may have written there. */
static const uint8_t *stub_bytes(struct hal_pt *pt, user_addr_t va)
{
    const uint8_t *bytes = user_bytes(pt, va);

    if (bytes || hal_upcalls->page_in(pt, va) != OK)
        return bytes;
    return user_bytes(pt, va);
}

static bool is_free(struct hal_pt *pt, const struct pt_stub_area *area, user_addr_t at,
                    unsigned size)
{
    const uint8_t *byte = NULL;

    if (at + size > area->va + HAL_STUB_AREA)
        return false;
    for (user_addr_t va = at; va < at + size; va++) {
        if (va == at || IS_ALIGNED(va, PAGE_SIZE))
            byte = stub_bytes(pt, va);
        if (byte && *byte++)
            return false;
    }
    return true;
}

/* One more area, within reach of the site. NULL: there is none. */
static struct pt_stub_area *area_create(struct hal_pt *pt, user_addr_t site)
{
    struct pt_stub_area *area = pt->stubs;

    while (area->va)
        if (++area == pt->stubs + PT_STUB_AREAS)
            return NULL;
    if (hal_upcalls->stub_area(pt, site, &area->va) != OK) {
        area->va = 0;
        return NULL;
    }
    return area;
}

/* What to build for one site. */
struct request {
    user_addr_t site, behind;
    const struct displaced *displaced;
    uint8_t *jumps; /* out */
};

typedef bool build_fn(struct hal_pt *pt, struct pt_stub_area *area, const struct request *rq);

/* In the first area in reach that has room, at last in a new one. */
static bool build_somewhere(struct hal_pt *pt, build_fn *build, const struct request *rq)
{
    struct pt_stub_area *area, shared;
    uint32_t *bytes;
    bool built;

    if (shared_area(pt, rq->site, &shared, &bytes)) {
        if (!area_reaches(&shared, rq->site))
            return false;
        shared.used = *bytes;
        built = build(pt, &shared, rq);
        *bytes = shared.used;
        return built;
    }
    for (area = pt->stubs; area < pt->stubs + PT_STUB_AREAS; area++)
        if (area_reaches(area, rq->site) && build(pt, area, rq))
            return true;
    area = area_create(pt, rq->site);
    return area && area_reaches(area, rq->site) && build(pt, area, rq);
}

/* ---- the two forms ---- */

static bool build_lead(struct hal_pt *pt, struct pt_stub_area *area, const struct request *rq)
{
    struct code stub = {.size = 0}, jump = {.at = rq->site};
    const unsigned size = rq->displaced->size + CALL_SIZE;

    do {
        if (area->used + size > HAL_STUB_AREA)
            return false;
        stub.at = area->va + area->used;
        area->used += size;
    } while (!is_free(pt, area, stub.at, size));

    if (!put_displaced(&stub, rq->displaced, rq->site))
        return false;
    put_call(&stub, rq->behind);
    put_jump(&jump, stub.at);
    memcpy(rq->jumps, jump.bytes, JUMP_SIZE);
    return code_write(pt, &stub);
}

bool stub_for_lead(struct hal_pt *pt, user_addr_t site, const struct displaced *lead,
                   uint8_t jump[JUMP_SIZE])
{
    const struct request rq = {site, site + lead->size + SYSCALL_SIZE, lead, jump};

    return build_somewhere(pt, build_lead, &rq);
}

/* The tail for a stub at `at`; 0: its place is taken. */
static user_addr_t tail_place(struct hal_pt *pt, const struct pt_stub_area *area,
                              const struct request *rq, user_addr_t at)
{
    int64_t distance = (int64_t)(at - (rq->site + JUMP_SIZE));
    user_addr_t tail = area_place(area, rq->behind + JUMP_SIZE + (user_addr_t)(distance >> 16));
    bool apart = tail >= at + CALL_SIZE || at >= tail + TAIL_MAX;

    return apart && is_free(pt, area, tail, TAIL_MAX) ? tail : 0;
}

/* Both distances have their upper halves by where the area is; the lower half of the first is
 * in our choice but for its second byte, and of the second it is the upper half of the first.
 */
static bool build_compare(struct hal_pt *pt, struct pt_stub_area *area,
                          const struct request *rq)
{
    struct code stub = {.size = 0}, tail = {.at = 0}, first = {.at = rq->site},
                second = {.at = rq->behind};
    static const uint8_t breakpoint = 0xcc;

    for (unsigned r0 = 0; r0 < 256 && !tail.at; r0++) {
        stub.at = area_place(area, rq->site + JUMP_SIZE + (JUMP_OPCODE << 8) + r0);
        if (is_free(pt, area, stub.at, CALL_SIZE))
            tail.at = tail_place(pt, area, rq, stub.at);
    }
    if (!tail.at)
        return false;

    put_call(&stub, rq->behind);
    put(&tail, rq->displaced->bytes, rq->displaced->size);
    put_jump(&tail, rq->behind + rq->displaced->size);
    put(&tail, &breakpoint, sizeof(breakpoint)); /* ends with no zero */
    put_jump(&first, stub.at);
    put_jump(&second, tail.at);
    assert(!memcmp(first.bytes + SYSCALL_SIZE, second.bytes, JUMP_SIZE - SYSCALL_SIZE));
    memcpy(rq->jumps, first.bytes, SYSCALL_SIZE);
    memcpy(rq->jumps + SYSCALL_SIZE, second.bytes, JUMP_SIZE);
    return code_write(pt, &stub) && code_write(pt, &tail);
}

bool stub_for_compare(struct hal_pt *pt, user_addr_t site, const struct displaced *compare,
                      uint8_t jumps[SYSCALL_SIZE + JUMP_SIZE])
{
    const struct request rq = {site, site + SYSCALL_SIZE, compare, jumps};

    return build_somewhere(pt, build_compare, &rq);
}
