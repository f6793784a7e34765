/*
 * socket_object.h - sockets: two ends that write bytes to each other, as a stream or in
 * datagrams.
 *
 * What an end has to read is a chain of chunks, made by the writer before any lock is taken.
 * READABLE: there is something; WRITABLE: the peer is open, writing is not disabled and there
 * is room; the thresholds ask for more than one byte of either. PEER_CLOSED: the peer is not
 * open, though bytes may be left.
 */
#pragma once

#include "object/object.h"

/* Bytes that wait to be read at one end. */
#define SOCKET_MAX_SIZE 0x40000u

/* A part of what is written, from the heap. */
struct socket_chunk {
    struct list link; /* of the writer's list, then the reader's chain, under its lock */
    uint32_t start;   /* bytes of `data` that have been read */
    uint32_t end, capacity;
    uint32_t
        packet; /* bytes of the datagram that begins here; 0: it goes on here, or a stream */
    unsigned char data[];
};

/* Two ends, to be given handles (object/paired.h). `options`: ZX_SOCKET_STREAM or _DATAGRAM. */
status_t socket_object_create(uint32_t options, struct object **a, struct object **b) MUST_USE;

/*
 * How many of `*size` bytes could be written now, 0 for none asked for. ERR_PEER_CLOSED;
 * ERR_BAD_STATE: disabled; ERR_SHOULD_WAIT; ERR_OUT_OF_RANGE: a datagram that never fits.
 */
status_t socket_object_room(struct object *socket, uint64_t *size) MUST_USE;

/* A chunk for the next of `left` bytes: `end` says how many, to be filled in. NULL: no memory.
 */
struct socket_chunk *socket_object_chunk_alloc(uint64_t left) MUST_USE;
void socket_object_chunks_free(struct list *chunks);

/*
 * All chunks of the list as one datagram, or as much as fits of a stream; what is not used
 * stays on the list. `*size`: bytes written. The errors of socket_room.
 */
status_t socket_object_write(struct object *socket, struct list *chunks,
                             uint64_t *size) MUST_USE;

/*
 * A copy of up to `*size` bytes that follow the first `offset` of the stream, or of the first
 * datagram; `*turn` is for socket_consume. ERR_SHOULD_WAIT, ERR_PEER_CLOSED and ERR_BAD_STATE
 * (the peer's writing is disabled) when nothing is left.
 */
status_t socket_object_peek(struct object *socket, uint64_t offset, void *to, uint64_t *size,
                            uint64_t *turn) MUST_USE;
/* So many bytes of the stream, or the first datagram, are gone. False: somebody else has taken
 * some since. */
bool socket_object_consume(struct object *socket, uint64_t turn, uint64_t size) MUST_USE;

enum socket_writing { SOCKET_KEEP, SOCKET_DISABLE, SOCKET_ENABLE };
/* Whether this end and its peer may write. ERR_BAD_STATE, and nothing changes: enabling what
 * was disabled while what it wrote is not read yet. */
status_t socket_object_set_writing(struct object *socket, enum socket_writing own,
                                   enum socket_writing peers) MUST_USE;

/* Bytes to read, or room to write, from which the threshold signals are asserted; 0: never.
 * ERR_INVALID_ARGS: above SOCKET_MAX_SIZE; ERR_PEER_CLOSED (writing). */
status_t socket_object_set_read_threshold(struct object *socket, uint64_t threshold) MUST_USE;
status_t socket_object_set_write_threshold(struct object *socket, uint64_t threshold) MUST_USE;

struct socket_state {
    uint32_t options;
    bool peer_open;
    uint64_t readable, next; /* bytes; of a datagram socket `next` is the first one's */
    uint64_t written;        /* bytes that the peer has to read */
    uint64_t read_threshold, write_threshold;
};
void socket_object_state(struct object *socket, struct socket_state *out);
