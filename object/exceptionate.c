/*
 * exceptionate.c - the place of an exception channel: bound, sent to, shut.
 */
#include "object/exceptionate.h"

#include "object/channel.h"

static atomic_uint bound; /* ends that the kernel holds */

bool exceptions_bound(void)
{
    return atomic_load_explicit(&bound, memory_order_acquire) != 0;
}

static bool end_listens(struct object *end)
{
    return end && !(object_signals(end) & ZX_CHANNEL_PEER_CLOSED);
}

struct object *exceptionate_end(struct exceptionate *e, rights_t *rights)
{
    SPIN_GUARD(&e->lock);

    if (!end_listens(e->end))
        return NULL;
    *rights = e->rights;
    return object_get(e->end);
}

bool exceptionate_bound(struct exceptionate *e)
{
    SPIN_GUARD(&e->lock);

    return end_listens(e->end);
}

/* With its handle count, in the place of an end whose peer is closed, or of none; which goes to
 * `*old`. */
static status_t place(struct exceptionate *e, struct object *end, rights_t rights,
                      struct object **old)
{
    SPIN_GUARD(&e->lock);

    if (e->shut)
        return ERR_BAD_STATE;
    if (end_listens(e->end))
        return ERR_ALREADY_BOUND;
    *old = e->end;
    e->end = end;
    e->rights = rights;
    return OK;
}

static void drop(struct object *end)
{
    if (!end)
        return;
    object_handle_put(end);
    object_put(end);
    atomic_fetch_sub_explicit(&bound, 1, memory_order_release);
}

status_t exceptionate_bind(struct exceptionate *e, rights_t rights, struct object **out)
{
    struct object *ours, *theirs, *old = NULL;
    status_t st = channel_create(&ours, &theirs);

    if (st != OK)
        return st;
    atomic_fetch_add_explicit(&bound, 1, memory_order_acq_rel);
    object_handle_get(ours);
    st = place(e, ours, rights, &old);
    if (st != OK) {
        drop(ours); /* a pair is taken apart by its handles */
        object_put(theirs);
        return st;
    }
    drop(old);
    *out = theirs;
    return OK;
}

void exceptionate_shut(struct exceptionate *e)
{
    struct object *end;

    {
        SPIN_GUARD(&e->lock);
        end = e->end;
        e->end = NULL;
        e->shut = true;
    }
    drop(end);
}
