/*
 * pager_internal.h - what lies between a pager and its VMOs, shared by pager.c and
 * page_request.c.
 */
#pragma once

#include "base/rbtree.h"
#include "object/pager.h"
#include "object/port_internal.h"
#include "vm/vmo_dirty.h"

struct pager {
    struct object object;
    struct spinlock lock;
    struct list sources; /* of page_source.link; guarded by lock */
    bool closed;         /* no handle is left; guarded by lock */
};

/* What pages are asked for: to come in, or that they may be written. */
enum page_wish { WISH_READ, WISH_DIRTY, PAGE_WISHES };

/* The pager_data of a VMO, with which it lives and dies. */
struct page_source {
    struct pager *pager;    /* reference; constant */
    struct object *port;    /* reference; constant */
    uint64_t key;           /* constant */
    struct list link;       /* pager.sources; guarded by the pager's lock */
    struct vmo_dirty dirty; /* the VMO's; guarded by its lock */
    struct spinlock lock;
    struct rb_tree
        requests[PAGE_WISHES];    /* of page_request.node, by `first`; guarded by lock */
    bool detached;                /* guarded by lock */
    struct port_packet *complete; /* the last packet; NULL once sent; guarded by lock */
};

/* Guarded by its source's lock. Gone with the last of its waiters, or before. */
struct page_request {
    struct rb_node node; /* page_source.requests */
    enum page_wish wish; /* constant */
    uint64_t first, end; /* pages; those before `at` are as was wished */
    uint64_t at;
    struct list waiters; /* of pager_wait.waiter.link; not empty */
    struct port_packet packet;
};

/* page_request.c */

/* The page_in of a pager's VMO. */
extern co_fn page_request_wait;

/* Pages [first, end) of the VMO have come or become dirty, or been cut off: requests that have
 * all they asked for end. Caller holds vmo->lock. */
void page_requests_advance_locked(struct vmo *vmo, uint64_t first, uint64_t end);
/* The requests that touch [first, end) end with `st`. Caller holds the source's lock. */
void page_requests_end_locked(struct page_source *source, uint64_t first, uint64_t end,
                              status_t st);

static inline struct port_packet page_packet(const struct page_source *source,
                                             void (*left)(struct port_packet *p),
                                             const zx_packet_page_request_t *what)
{
    return (struct port_packet){
        .packet = {.key = source->key, .type = ZX_PKT_TYPE_PAGE_REQUEST, .page_request = *what},
        .left = left,
    };
}
