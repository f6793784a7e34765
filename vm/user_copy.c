/*
 * user_copy.c - page by page through the page tables and the linear map.
 */
#include "vm/user_copy.h"

#include "base/status.h"
#include "base/string.h"

static bool range_is_user(user_addr_t addr, size_t size)
{
    return addr >= HAL_USER_BASE && addr <= HAL_USER_END && size <= HAL_USER_END - addr;
}

/* The kernel's side of a transfer; it advances with each part. */
struct transfer {
    char *to;
    const char *from;
    const struct user_piece *pieces;
    unsigned count;
    user_addr_t at;   /* of pieces: the part's address */
    uint32_t *word;   /* for the atomics: what was there */
    uint32_t desired; /* what it becomes if it was *word */
    bool stop;        /* this part was the last one */
};

/* Serve the bytes of one page, which stays while pt_lock is held. */
typedef void part_fn(struct transfer *t, void *user, size_t size);

/*
 * Serve one part if its page is mapped with these rights: ERR_NOT_FOUND: it is not. ERR_FAULT:
 * a device's, which the linear map does not have.
 */
static status_t try_part(struct aspace *as, user_addr_t addr, size_t size, unsigned access,
                         part_fn *fn, struct transfer *t)
{
    unsigned prot;
    paddr_t pa;
    SPIN_GUARD(&as->pt_lock);

    if (hal_pt_query(&as->pt, ROUND_DOWN(addr, PAGE_SIZE), &pa, &prot) != OK || access & ~prot)
        return ERR_NOT_FOUND;
    if (!page_of_phys(pa))
        return ERR_FAULT;
    fn(t, (char *)hal_phys_to_virt(pa) + (addr & PAGE_MASK), size);
    return OK;
}

/* Bring the page in, or say what has to be waited for. */
static status_t bring_in(struct user_access *ua, user_addr_t addr, unsigned access)
{
    status_t st = try_vm_fault(ua->aspace, addr, access);

    if (st == OK)
        return OK;
    if (st != ERR_SHOULD_WAIT)
        return ERR_FAULT;
    ua->fault_addr = addr;
    ua->fault_access = access;
    return ERR_USER_PAGE;
}

static status_t each_part(struct user_access *ua, user_addr_t addr, size_t size,
                          unsigned access, part_fn *fn, struct transfer *t)
{
    status_t st;

    if (!size)
        return OK;
    if (!range_is_user(addr, size))
        return ERR_FAULT;
    while (size && !t->stop) {
        size_t part = MIN(size, PAGE_SIZE - (addr & PAGE_MASK));

        st = try_part(ua->aspace, addr, part, access, fn, t);
        if (st == OK) {
            addr += part;
            size -= part;
            continue;
        }
        st = st == ERR_NOT_FOUND ? bring_in(ua, addr, access) : st;
        if (st != OK)
            return st;
    }
    return OK;
}

static void part_out_of_user(struct transfer *t, void *user, size_t size)
{
    memcpy(t->to, user, size);
    t->to += size;
}

status_t copy_from_user(struct user_access *ua, void *to, user_addr_t from, size_t size)
{
    struct transfer t = {.to = to};

    return each_part(ua, from, size, HAL_PROT_READ, part_out_of_user, &t);
}

static void part_into_user(struct transfer *t, void *user, size_t size)
{
    memcpy(user, t->from, size);
    t->from += size;
}

status_t copy_to_user(struct user_access *ua, user_addr_t to, const void *from, size_t size)
{
    struct transfer t = {.from = from};

    return each_part(ua, to, size, HAL_PROT_WRITE, part_into_user, &t);
}

/* What of a piece is in this part: its first and last byte, in the user's addresses. */
static bool piece_in_part(const struct transfer *t, const struct user_piece *piece, size_t size,
                          user_addr_t *first, user_addr_t *end)
{
    *first = MAX(piece->user, t->at);
    *end = MIN(piece->user + piece->size, t->at + size);
    return *first < *end;
}

static void part_pieces_out(struct transfer *t, void *user, size_t size)
{
    user_addr_t first, end;

    for (const struct user_piece *p = t->pieces; p < t->pieces + t->count; p++)
        if (piece_in_part(t, p, size, &first, &end))
            memcpy((char *)p->kernel + (first - p->user), (char *)user + (first - t->at),
                   end - first);
    t->at += size;
}

static void part_pieces_in(struct transfer *t, void *user, size_t size)
{
    user_addr_t first, end;

    for (const struct user_piece *p = t->pieces; p < t->pieces + t->count; p++)
        if (piece_in_part(t, p, size, &first, &end))
            memcpy((char *)user + (first - t->at), (char *)p->kernel + (first - p->user),
                   end - first);
    t->at += size;
}

static status_t each_piece(struct user_access *ua, const struct user_piece *pieces,
                           unsigned count, unsigned access, part_fn *fn)
{
    const struct user_piece *last = &pieces[count - 1];
    struct transfer t = {.pieces = pieces, .count = count, .at = pieces->user};

    return each_part(ua, t.at, last->user - t.at + last->size, access, fn, &t);
}

status_t copy_pieces_from_user(struct user_access *ua, const struct user_piece *pieces,
                               unsigned count)
{
    return each_piece(ua, pieces, count, HAL_PROT_READ, part_pieces_out);
}

status_t copy_pieces_to_user(struct user_access *ua, const struct user_piece *pieces,
                             unsigned count)
{
    return each_piece(ua, pieces, count, HAL_PROT_WRITE, part_pieces_in);
}

static void part_clear(struct transfer *t UNUSED, void *user, size_t size)
{
    memset(user, 0, size);
}

status_t clear_user(struct user_access *ua, user_addr_t to, size_t size)
{
    struct transfer t = {0};

    return each_part(ua, to, size, HAL_PROT_WRITE, part_clear, &t);
}

/* Copied first and looked at then: another thread may change what the user has there. A little
 * at a time, since most strings are far shorter than what there is room for. */
static void part_string(struct transfer *t, void *user, size_t size)
{
    enum { AT_A_TIME = 64 };
    const char *from = user;

    while (size && !t->stop) {
        size_t part = MIN(size, (size_t)AT_A_TIME);
        const char *end;

        memcpy(t->to, from, part);
        end = memchr(t->to, 0, part);
        t->stop = end;
        t->to += end ? (size_t)(end - t->to) : part;
        from += part;
        size -= part;
    }
}

status_t copy_string_from_user(struct user_access *ua, char *to, user_addr_t from, size_t size,
                               size_t *length)
{
    struct transfer t = {.to = to};
    size_t room = 0;
    status_t st;

    /* The string may end before what the buffer has room for leaves user memory. */
    if (from >= HAL_USER_BASE && from < HAL_USER_END)
        room = MIN(size, HAL_USER_END - from);
    if (size && !room)
        return ERR_FAULT;
    st = each_part(ua, from, room, HAL_PROT_READ, part_string, &t);
    if (st != OK)
        return st;
    if (!t.stop)
        return room < size ? ERR_FAULT : ERR_NAME_TOO_LONG;
    *length = (size_t)(t.to - to);
    return OK;
}

static void part_load(struct transfer *t, void *user, size_t size UNUSED)
{
    *t->word = __atomic_load_n((uint32_t *)user, __ATOMIC_ACQUIRE);
}

status_t user_load_u32(struct user_access *ua, user_addr_t addr, uint32_t *out)
{
    struct transfer t = {.word = out};

    if (!IS_ALIGNED(addr, sizeof(*out)))
        return ERR_INVALID_ARGS;
    return each_part(ua, addr, sizeof(*out), HAL_PROT_READ, part_load, &t);
}

static void part_cmpxchg(struct transfer *t, void *user, size_t size UNUSED)
{
    __atomic_compare_exchange_n((uint32_t *)user, t->word, t->desired, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
}

status_t user_cmpxchg_u32(struct user_access *ua, user_addr_t addr, uint32_t expect,
                          uint32_t desired, uint32_t *old)
{
    uint32_t found = expect;
    struct transfer t = {.word = &found, .desired = desired};
    status_t st;

    if (!IS_ALIGNED(addr, sizeof(found)))
        return ERR_INVALID_ARGS;
    st = each_part(ua, addr, sizeof(found), HAL_PROT_WRITE, part_cmpxchg, &t);
    if (st == OK)
        *old = found;
    return st;
}
