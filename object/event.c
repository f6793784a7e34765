/*
 * event.c - events and event pairs: signals and nothing else.
 */
#include "object/event.h"

#include "mm/slab.h"
#include "object/paired.h"

struct event {
    struct object object;
};

struct eventpair {
    struct paired paired;
};

SLAB_CACHE(event_cache, struct event);
SLAB_CACHE(eventpair_cache, struct eventpair);

static void event_destroy(struct object *obj)
{
    slab_free(&event_cache, container_of(obj, struct event, object));
}

static const struct object_ops event_ops = {
    .name = "event",
    .type = ZX_OBJ_TYPE_EVENT,
    .rights = ZX_DEFAULT_EVENT_RIGHTS,
    .user_signals = ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_ALL,
    .destroy = event_destroy,
};

status_t event_create(struct object **out)
{
    struct event *event = slab_alloc(&event_cache);

    if (!event)
        return ERR_NO_MEMORY;
    object_init(&event->object, &event_ops, 0);
    *out = &event->object;
    return OK;
}

static void eventpair_destroy(struct object *obj)
{
    slab_free(&eventpair_cache, container_of(obj, struct eventpair, paired.object));
}

static void eventpair_on_zero_handles(struct object *obj)
{
    paired_close(container_of(obj, struct paired, object), 0, ZX_EVENTPAIR_PEER_CLOSED);
}

static const struct object_ops eventpair_ops = {
    .name = "eventpair",
    .type = ZX_OBJ_TYPE_EVENTPAIR,
    .rights = ZX_DEFAULT_EVENTPAIR_RIGHTS,
    .user_signals = ZX_EVENTPAIR_SIGNALED | ZX_USER_SIGNAL_ALL,
    .destroy = eventpair_destroy,
    .on_zero_handles = eventpair_on_zero_handles,
    .peer = paired_peer,
};

status_t eventpair_create(struct object **a, struct object **b)
{
    struct eventpair *left = slab_alloc(&eventpair_cache);
    struct eventpair *right = slab_alloc(&eventpair_cache);

    if (!left || !right) {
        slab_free(&eventpair_cache, left);
        slab_free(&eventpair_cache, right);
        return ERR_NO_MEMORY;
    }
    object_init(&left->paired.object, &eventpair_ops, 0);
    object_init(&right->paired.object, &eventpair_ops, 0);
    paired_init(&left->paired, &right->paired);
    *a = &left->paired.object;
    *b = &right->paired.object;
    return OK;
}
