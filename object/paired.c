/*
 * paired.c - objects that come in pairs and part when one end closes.
 */
#include "object/paired.h"

void paired_init(struct paired *a, struct paired *b)
{
    a->peer = container_of(object_get(&b->object), struct paired, object);
    b->peer = container_of(object_get(&a->object), struct paired, object);
    a->peer_koid = b->object.koid;
    b->peer_koid = a->object.koid;
}

struct object *paired_peer(struct object *obj)
{
    struct paired *end = container_of(obj, struct paired, object);
    SPIN_GUARD(&obj->lock);

    return end->peer ? object_get(&end->peer->object) : NULL;
}

/* Takes the reference out. */
static struct paired *detach(struct paired *end)
{
    SPIN_GUARD(&end->object.lock);
    struct paired *peer = end->peer;

    end->peer = NULL;
    return peer;
}

/*
 * Both ends may close at once. Each takes its own pointer out under its own lock, so each
 * reference is put once, by whoever took it.
 */
void paired_close(struct paired *end, signals_t clear, signals_t set)
{
    struct paired *peer = detach(end), *back;

    if (!peer)
        return;
    back = detach(peer);
    object_signal(&peer->object, clear, set);
    if (back)
        object_put(&back->object);
    object_put(&peer->object);
}

koid_t paired_peer_koid(const struct object *obj)
{
    return obj->ops->peer == paired_peer ? container_of(obj, struct paired, object)->peer_koid
                                         : ZX_KOID_INVALID;
}
