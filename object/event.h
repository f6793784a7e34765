/*
 * event.h - events: nothing but signals; and pairs of them that can signal each other.
 */
#pragma once

#include "object/object.h"

status_t event_create(struct object **out) MUST_USE;

/* Each end sees PEER_CLOSED when the other's last handle is gone. Both are to be given handles
 * (handle_make): without one an end is never closed. */
status_t eventpair_create(struct object **a, struct object **b) MUST_USE;
