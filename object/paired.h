/*
 * paired.h - objects that come in pairs and signal each other: channels, event pairs.
 *
 * A concrete type embeds `struct paired` first. While an end has handles it holds a reference
 * to its peer; when its last handle goes it lets go of the peer and the peer of it, so the
 * cycle lives no longer than the handles: whoever creates a pair gives both ends handles. The
 * locks of two ends are never held together.
 */
#pragma once

#include "object/object.h"

struct paired {
    struct object object;
    struct paired *peer; /* reference; NULL: an end is closed; guarded by object.lock */
    koid_t peer_koid;    /* stays when the peer goes; constant */
};

/* Both were initialised by object_init, and nobody else has seen them. */
void paired_init(struct paired *a, struct paired *b);

/* A reference for the caller; NULL: closed. object_ops.peer. */
struct object *paired_peer(struct object *obj);

/* The last handle of `end` is gone: parts the two; the peer's signals change as said. */
void paired_close(struct paired *end, signals_t clear, signals_t set);

/* For info records: 0 for an object that is not of a pair. */
koid_t paired_peer_koid(const struct object *obj);
