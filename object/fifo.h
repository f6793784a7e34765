/*
 * fifo.h - FIFOs: two ends, each with a ring of elements of one size that the other fills.
 *
 * READABLE: there is an element; WRITABLE: the peer is open and has room; PEER_CLOSED: it is
 * not open, though elements may be left.
 */
#pragma once

#include "object/object.h"

/*
 * Two ends, to be given handles (object/paired.h). ERR_OUT_OF_RANGE: no elements, a count that
 * is not a power of two, or a ring of more than ZX_FIFO_MAX_SIZE_BYTES.
 */
status_t fifo_create(uint64_t elem_count, uint64_t elem_size, struct object **a,
                     struct object **b) MUST_USE;

/*
 * How many of `*count` elements the peer has room for. ERR_OUT_OF_RANGE: elements of another
 * size, or none; ERR_PEER_CLOSED; ERR_SHOULD_WAIT: full.
 */
status_t fifo_room(struct object *fifo, uint64_t elem_size, uint64_t *count) MUST_USE;

/* As many as fit; how many. ERR_PEER_CLOSED, ERR_SHOULD_WAIT. */
status_t fifo_write(struct object *fifo, const void *elems, uint64_t *count) MUST_USE;

/*
 * A copy of up to `*count` of the oldest elements; `turn` is for fifo_consume. `to` has room
 * for a whole ring. ERR_OUT_OF_RANGE as above; ERR_PEER_CLOSED (and none is left),
 * ERR_SHOULD_WAIT.
 */
status_t fifo_peek(struct object *fifo, uint64_t elem_size, void *to, uint64_t *count,
                   uint64_t *turn) MUST_USE;
/* They leave the ring. False: somebody else has taken elements since. */
bool fifo_consume(struct object *fifo, uint64_t turn, uint64_t count) MUST_USE;
