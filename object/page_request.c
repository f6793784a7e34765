/*
 * page_request.c - waiting for pages of a pager's VMO, and to write them.
 *
 * Both go the same way: a request asks either for absent pages, or that pages which are there,
 * or zero, become dirty. Those for the one and those for the other are apart, as some pages
 * that one request asks for may have come and others not.
 */
#include "base/assert.h"
#include "mm/slab.h"
#include "object/pager_internal.h"

/* The page_in of a pager's VMO. */
struct page_request_wait {
    VMO_PAGE_IN_FRAME;
    struct page_request
        *request; /* NULL: it is over, as `outcome` says; by the source's lock */
    struct waiter waiter;
    status_t outcome;
};
CO_FITS(page_request_wait, union vmo_page_in_slot);

SLAB_CACHE(request_cache, struct page_request);

static struct page_request *request_of(struct rb_node *node)
{
    return node ? container_of(node, struct page_request, node) : NULL;
}

/* The first request that ends behind `index`. */
static struct page_request *request_find(struct page_source *source, enum page_wish wish,
                                         uint64_t index)
{
    return request_of(
        rb_lower_bound(&source->requests[wish], it, request_of(it)->end <= index));
}

static struct page_request *request_next(struct page_request *r)
{
    return request_of(rb_next(&r->node));
}

/* Is the page as is wished? Caller holds vmo->lock. */
static bool granted(struct vmo *vmo, enum page_wish wish, uint64_t index)
{
    return wish == WISH_READ ? vmo_is_supplied_locked(vmo, index)
                             : vmo_is_dirty_locked(vmo, index);
}

/* May one request ask for it? Caller holds vmo->lock. */
static bool wanting(struct vmo *vmo, enum page_wish wish, uint64_t index)
{
    return !granted(vmo, wish, index) &&
           (wish == WISH_READ || vmo_is_supplied_locked(vmo, index));
}

/* The packet is part of a request, which goes its own way. */
static void request_packet_left(struct port_packet *p)
{
    (void)p;
}

/* Who may write already goes on, and is refused when he comes to what is not granted. */
static void request_end_locked(struct page_source *source, struct page_request *r, status_t st)
{
    rb_remove(&source->requests[r->wish], &r->node);
    port_recall(port_of(source->port), &r->packet);
    for (struct list *link; (link = list_pop_front(&r->waiters));) {
        struct waiter *w = container_of(link, struct waiter, link);
        struct page_request_wait *f = container_of(w, struct page_request_wait, waiter);

        f->request = NULL;
        f->outcome = r->wish == WISH_DIRTY && f->index < r->at ? OK : st;
        waiter_fire(w);
    }
    slab_free(&request_cache, r);
}

/* Pages have come, or been cut off. Caller holds vmo->lock too. */
static void advance_locked(struct vmo *vmo, struct page_source *source, struct page_request *r)
{
    r->end = MIN(r->end, vmo->size >> PAGE_SHIFT);
    while (r->at < r->end && granted(vmo, r->wish, r->at))
        r->at++;
    if (r->at >= r->end)
        request_end_locked(source, r, OK);
}

void page_requests_advance_locked(struct vmo *vmo, uint64_t first, uint64_t end)
{
    struct page_source *source = vmo->pager_data;
    struct page_request *r, *next;
    SPIN_GUARD(&source->lock);

    for (enum page_wish wish = 0; wish < PAGE_WISHES; wish++)
        for (r = request_find(source, wish, first); r && r->first < end; r = next) {
            next = request_next(r);
            advance_locked(vmo, source, r);
        }
}

void page_requests_end_locked(struct page_source *source, uint64_t first, uint64_t end,
                              status_t st)
{
    struct page_request *r, *next;

    for (enum page_wish wish = 0; wish < PAGE_WISHES; wish++)
        for (r = request_find(source, wish, first); r && r->first < end; r = next) {
            next = request_next(r);
            request_end_locked(source, r, st);
        }
}

/* A request for pages from f->index on, up to the next that is as wished, or asked for. Who
 * writes pages wants each to come in only when he comes to it. */
static void request_begin_locked(struct page_request_wait *f, enum page_wish wish,
                                 struct page_request *r)
{
    struct page_source *source = f->vmo->pager_data;
    struct page_request *next = request_find(source, wish, f->index);
    uint32_t count = f->write && wish == WISH_READ ? 1 : f->count;
    uint64_t end = MIN(f->index + count, f->vmo->size >> PAGE_SHIFT);

    if (next)
        end = MIN(end, next->first);
    r->wish = wish;
    r->first = r->at = f->index;
    r->end = r->first + 1;
    while (r->end < end && wanting(f->vmo, wish, r->end))
        r->end++;
    r->packet =
        page_packet(source, request_packet_left,
                    &(zx_packet_page_request_t){
                        .command = wish == WISH_READ ? ZX_PAGER_VMO_READ : ZX_PAGER_VMO_DIRTY,
                        .offset = r->first << PAGE_SHIFT,
                        .length = (r->end - r->first) << PAGE_SHIFT,
                    });
    list_init(&r->packet.link);
    list_init(&r->waiters);
    rb_node_init(&r->node);
    rb_insert(&source->requests[wish], &r->node, it, request_of(it)->first <= r->first);
    port_send(port_of(source->port), &r->packet);
}

/*
 * Wait for the request that has the page, or make it one. Under vmo->lock: pages are put in or
 * made dirty under it before requests are looked at, so none is unseen between the look and the
 * wait.
 */
static status_t join_locked(struct page_request_wait *f, enum page_wish wish,
                            struct page_request **fresh)
{
    struct page_source *source = f->vmo->pager_data;
    struct page_request *r;
    SPIN_GUARD(&source->lock);

    if (source->detached)
        return ERR_BAD_STATE;
    r = request_find(source, wish, f->index);
    if (!r || r->first > f->index) {
        r = *fresh;
        if (!r)
            return ERR_NO_MEMORY;
        *fresh = NULL;
        request_begin_locked(f, wish, r);
    }
    list_push_back(&r->waiters, &f->waiter.link);
    f->request = r;
    return ERR_SHOULD_WAIT;
}

/* What has to be waited for; PAGE_WISHES: nothing, or all is cut off. Caller holds vmo->lock.
 */
static enum page_wish wish_of(const struct page_request_wait *f)
{
    if (f->index >= f->vmo->size >> PAGE_SHIFT)
        return PAGE_WISHES;
    if (!granted(f->vmo, WISH_READ, f->index))
        return WISH_READ;
    return f->write && f->vmo->dirty->trap && !granted(f->vmo, WISH_DIRTY, f->index)
               ? WISH_DIRTY
               : PAGE_WISHES;
}

/* OK: nothing has to be waited for; look again. */
static status_t join(struct page_request_wait *f, struct task *task)
{
    struct page_request *fresh = slab_alloc_zeroed(&request_cache);
    enum page_wish wish;
    status_t st = OK;

    waiter_init(&f->waiter, task);
    {
        SPIN_GUARD(&f->vmo->lock);
        wish = wish_of(f);
        if (wish != PAGE_WISHES)
            st = join_locked(f, wish, &fresh);
    }
    if (fresh)
        slab_free(&request_cache, fresh);
    return st;
}

static void leave(struct page_request_wait *f)
{
    struct page_source *source = f->vmo->pager_data;
    SPIN_GUARD(&source->lock);

    list_remove(&f->waiter.link);
    if (f->request && list_empty(&f->request->waiters))
        request_end_locked(source, f->request, OK);
}

static bool interrupted(struct page_request_wait *f, struct task *task)
{
    return f->interruptible ? task_pending(task) != 0 : task_killed(task);
}

CO_FN(page_request_wait)
{
    status_t st;

    st = join(f, task);
    if (st != ERR_SHOULD_WAIT)
        CO_RETURN(st);
    while (!waiter_fired(&f->waiter) && !interrupted(f, task))
        CO_SUSPEND();
    leave(f);
    CO_RETURN(waiter_fired(&f->waiter) ? f->outcome : task_interrupted_status(task));
}
CO_END
