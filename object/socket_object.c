/*
 * socket_object.c - sockets: a pair of chains of chunks between two ends.
 */
#include "object/socket_object.h"

#include "base/string.h"
#include "mm/slab.h"
#include "object/paired.h"
#include "uapi/zircon/syscalls/socket.h"

/* Small writes to a stream share chunks of the least size; no chunk is larger than a page. */
#define CHUNK_MIN 192u
#define CHUNK_MAX (4096u - (uint32_t)sizeof(struct socket_chunk))

/* What one end reads. All guarded by the pair's lock. */
struct chain {
    struct list chunks; /* of socket_chunk.link, oldest first */
    uint64_t size;
    uint64_t turn;            /* counts what has been taken */
    uint64_t read_threshold;  /* of the reader */
    uint64_t write_threshold; /* of the writer */
    bool disabled;            /* nothing may be written */
};

/* Shared by the ends, which have a reference each. Lock order: lock -> object.lock. */
struct socket_pair {
    atomic_uint refs;
    uint32_t options; /* constant */
    struct spinlock lock;
    struct object *end[2]; /* NULL: has no handles any more; guarded by lock */
    struct chain chain[2];
};

struct socket {
    struct paired paired;
    struct socket_pair *pair; /* reference */
    unsigned side;
};

SLAB_CACHE(socket_cache, struct socket);
SLAB_CACHE(socket_pair_cache, struct socket_pair);

static struct socket *socket_of(struct object *obj)
{
    return container_of(obj, struct socket, paired.object);
}

#define chunk_of(node) container_of(node, struct socket_chunk, link)

void socket_object_chunks_free(struct list *chunks)
{
    for (struct list *node; (node = list_pop_front(chunks));)
        kfree(chunk_of(node));
}

static void socket_destroy(struct object *obj)
{
    struct socket_pair *pair = socket_of(obj)->pair;

    if (atomic_fetch_sub_explicit(&pair->refs, 1, memory_order_acq_rel) == 1) {
        socket_object_chunks_free(&pair->chain[0].chunks);
        socket_object_chunks_free(&pair->chain[1].chunks);
        slab_free(&socket_pair_cache, pair);
    }
    slab_free(&socket_cache, socket_of(obj));
}

static void socket_on_zero_handles(struct object *obj)
{
    struct socket *s = socket_of(obj);
    struct chain *chain = &s->pair->chain[s->side];
    struct list unread;

    list_init(&unread);
    {
        SPIN_GUARD(&s->pair->lock);
        s->pair->end[s->side] = NULL;
        for (struct list *node; (node = list_pop_front(&chain->chunks));)
            list_push_back(&unread, node);
        chain->size = 0;
        chain->turn++;
    }
    socket_object_chunks_free(&unread);
    paired_close(&s->paired, ZX_SOCKET_WRITABLE, ZX_SOCKET_PEER_CLOSED);
}

static const struct object_ops socket_ops = {
    .name = "socket",
    .type = ZX_OBJ_TYPE_SOCKET,
    .rights = ZX_DEFAULT_SOCKET_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = socket_destroy,
    .on_zero_handles = socket_on_zero_handles,
    .peer = paired_peer,
};

static void socket_init(struct socket *s, struct socket_pair *pair, unsigned side)
{
    object_init(&s->paired.object, &socket_ops, ZX_SOCKET_WRITABLE);
    s->pair = pair;
    s->side = side;
    pair->end[side] = &s->paired.object;
    list_init(&pair->chain[side].chunks);
}

status_t socket_object_create(uint32_t options, struct object **a, struct object **b)
{
    struct socket_pair *pair = slab_alloc_zeroed(&socket_pair_cache);
    struct socket *left = slab_alloc(&socket_cache), *right = slab_alloc(&socket_cache);

    if (!pair || !left || !right) {
        slab_free(&socket_pair_cache, pair);
        slab_free(&socket_cache, left);
        slab_free(&socket_cache, right);
        return ERR_NO_MEMORY;
    }
    atomic_init(&pair->refs, 2);
    pair->options = options;
    socket_init(left, pair, 0);
    socket_init(right, pair, 1);
    paired_init(&left->paired, &right->paired);
    *a = &left->paired.object;
    *b = &right->paired.object;
    return OK;
}

/* Those of `mask` that are not in `on` go. */
static void change_signals(struct object *end, signals_t mask, signals_t on)
{
    if (end)
        object_signal(end, mask & ~on, on);
}

/* The signals of both ends that follow from what end `reader` has to read. Caller holds the
 * lock. */
static void update_signals(struct socket_pair *pair, unsigned reader)
{
    const struct chain *c = &pair->chain[reader];
    uint64_t room = pair->end[reader] ? SOCKET_MAX_SIZE - c->size : 0;
    signals_t in = c->disabled ? ZX_SOCKET_PEER_WRITE_DISABLED : 0;
    signals_t out = c->disabled ? ZX_SOCKET_WRITE_DISABLED : 0;

    if (c->size)
        in |= ZX_SOCKET_READABLE;
    if (c->read_threshold && c->size >= c->read_threshold)
        in |= ZX_SOCKET_READ_THRESHOLD;
    if (room && !c->disabled)
        out |= ZX_SOCKET_WRITABLE;
    if (c->write_threshold && room >= c->write_threshold)
        out |= ZX_SOCKET_WRITE_THRESHOLD;
    change_signals(
        pair->end[reader],
        ZX_SOCKET_READABLE | ZX_SOCKET_READ_THRESHOLD | ZX_SOCKET_PEER_WRITE_DISABLED, in);
    change_signals(pair->end[!reader],
                   ZX_SOCKET_WRITABLE | ZX_SOCKET_WRITE_THRESHOLD | ZX_SOCKET_WRITE_DISABLED,
                   out);
}

/* Of the chain to write to. Caller holds the lock. */
static status_t room_locked(const struct socket *s, uint64_t *size)
{
    const struct socket_pair *pair = s->pair;
    const struct chain *c = &pair->chain[!s->side];
    uint64_t room = SOCKET_MAX_SIZE - c->size;

    if (!pair->end[0] || !pair->end[1])
        return ERR_PEER_CLOSED;
    if (c->disabled)
        return ERR_BAD_STATE;
    if (pair->options == ZX_SOCKET_DATAGRAM && *size > SOCKET_MAX_SIZE)
        return ERR_OUT_OF_RANGE;
    if (*size && (!room || (pair->options == ZX_SOCKET_DATAGRAM && *size > room)))
        return ERR_SHOULD_WAIT;
    *size = MIN(*size, room);
    return OK;
}

status_t socket_object_room(struct object *obj, uint64_t *size)
{
    struct socket *s = socket_of(obj);
    SPIN_GUARD(&s->pair->lock);

    return room_locked(s, size);
}

struct socket_chunk *socket_object_chunk_alloc(uint64_t left)
{
    uint32_t end = (uint32_t)MIN(left, CHUNK_MAX), capacity = MAX(end, CHUNK_MIN);
    struct socket_chunk *chunk = kmalloc(sizeof(*chunk) + capacity);

    if (!chunk)
        return NULL;
    *chunk = (struct socket_chunk){.end = end, .capacity = capacity};
    list_init(&chunk->link);
    return chunk;
}

/* Bytes of the chunk to the last one of the chain, if it has room for all. */
static bool join_last(struct chain *c, const struct socket_chunk *chunk)
{
    struct socket_chunk *last;

    if (list_empty(&c->chunks))
        return false;
    last = chunk_of(c->chunks.prev);
    if (last->capacity - last->end < chunk->end)
        return false;
    memcpy(last->data + last->end, chunk->data, chunk->end);
    last->end += chunk->end;
    return true;
}

/* The first `size` bytes of the list. Caller holds the lock. */
static void append(struct chain *c, struct list *chunks, uint64_t size, bool stream)
{
    c->size += size;
    list_for_each_safe (it, chunks) {
        struct socket_chunk *chunk = chunk_of(it);

        if (!size)
            break;
        chunk->end = (uint32_t)MIN(chunk->end, size);
        size -= chunk->end;
        if (stream && join_last(c, chunk))
            continue;
        list_remove(it);
        list_push_back(&c->chunks, it);
    }
}

status_t socket_object_write(struct object *obj, struct list *chunks, uint64_t *size)
{
    struct socket *s = socket_of(obj);
    bool stream = s->pair->options == ZX_SOCKET_STREAM;
    SPIN_GUARD(&s->pair->lock);
    status_t st = room_locked(s, size);

    if (st != OK || !*size)
        return st;
    if (!stream)
        chunk_of(chunks->next)->packet = (uint32_t)*size;
    append(&s->pair->chain[!s->side], chunks, *size, stream);
    update_signals(s->pair, !s->side);
    return OK;
}

/* Copies at most `size` bytes that follow the first `offset`; how many. Under the lock. */
static uint64_t copy_out(const struct chain *c, uint64_t offset, unsigned char *to,
                         uint64_t size)
{
    uint64_t done = 0;

    list_for_each (it, &c->chunks) {
        const struct socket_chunk *chunk = chunk_of(it);
        uint64_t here = chunk->end - chunk->start;

        if (offset >= here) {
            offset -= here;
            continue;
        }
        here = MIN(here - offset, size - done);
        memcpy(to + done, chunk->data + chunk->start + offset, here);
        done += here;
        offset = 0;
        if (done == size)
            break;
    }
    return done;
}

/* Bytes that one read may give. */
static uint64_t next_size(const struct socket_pair *pair, const struct chain *c)
{
    if (pair->options == ZX_SOCKET_STREAM || !c->size)
        return c->size;
    return chunk_of(c->chunks.next)->packet;
}

status_t socket_object_peek(struct object *obj, uint64_t offset, void *to, uint64_t *size,
                            uint64_t *turn)
{
    struct socket *s = socket_of(obj);
    const struct chain *c = &s->pair->chain[s->side];
    SPIN_GUARD(&s->pair->lock);
    uint64_t next = next_size(s->pair, c);

    if (!c->size && !s->pair->end[!s->side])
        return ERR_PEER_CLOSED;
    if (!c->size)
        return c->disabled ? ERR_BAD_STATE : ERR_SHOULD_WAIT;
    *turn = c->turn;
    *size = offset < next ? copy_out(c, offset, to, MIN(*size, next - offset)) : 0;
    return OK;
}

/* The first `size` bytes leave; chunks that are done with go to `done`. */
static void take(struct chain *c, uint64_t size, struct list *done)
{
    c->size -= size;
    while (size) {
        struct socket_chunk *chunk = chunk_of(c->chunks.next);
        uint32_t here = (uint32_t)MIN(chunk->end - chunk->start, size);

        chunk->start += here;
        size -= here;
        if (chunk->start < chunk->end)
            continue;
        list_remove(&chunk->link);
        list_push_back(done, &chunk->link);
    }
}

bool socket_object_consume(struct object *obj, uint64_t turn, uint64_t size)
{
    struct socket *s = socket_of(obj);
    struct chain *c = &s->pair->chain[s->side];
    struct list done;
    bool ours;

    list_init(&done);
    {
        SPIN_GUARD(&s->pair->lock);
        ours = c->turn == turn;
        if (ours && size) {
            c->turn++;
            take(c, s->pair->options == ZX_SOCKET_STREAM ? size : next_size(s->pair, c), &done);
            update_signals(s->pair, s->side);
        }
    }
    socket_object_chunks_free(&done);
    return ours;
}

static bool may_change(const struct chain *c, enum socket_writing writing)
{
    return writing != SOCKET_ENABLE || !c->disabled || !c->size;
}

static void change(struct socket_pair *pair, unsigned reader, enum socket_writing writing)
{
    if (writing != SOCKET_KEEP)
        pair->chain[reader].disabled = writing == SOCKET_DISABLE;
    update_signals(pair, reader);
}

status_t socket_object_set_writing(struct object *obj, enum socket_writing own,
                                   enum socket_writing peers)
{
    struct socket *s = socket_of(obj);
    struct socket_pair *pair = s->pair;
    SPIN_GUARD(&pair->lock);

    if (!may_change(&pair->chain[!s->side], own) || !may_change(&pair->chain[s->side], peers))
        return ERR_BAD_STATE;
    change(pair, !s->side, own);
    change(pair, s->side, peers);
    return OK;
}

status_t socket_object_set_read_threshold(struct object *obj, uint64_t threshold)
{
    struct socket *s = socket_of(obj);
    SPIN_GUARD(&s->pair->lock);

    if (threshold > SOCKET_MAX_SIZE)
        return ERR_INVALID_ARGS;
    s->pair->chain[s->side].read_threshold = threshold;
    update_signals(s->pair, s->side);
    return OK;
}

status_t socket_object_set_write_threshold(struct object *obj, uint64_t threshold)
{
    struct socket *s = socket_of(obj);
    SPIN_GUARD(&s->pair->lock);

    if (!s->pair->end[!s->side])
        return ERR_PEER_CLOSED;
    if (threshold > SOCKET_MAX_SIZE)
        return ERR_INVALID_ARGS;
    s->pair->chain[!s->side].write_threshold = threshold;
    update_signals(s->pair, !s->side);
    return OK;
}

void socket_object_state(struct object *obj, struct socket_state *out)
{
    struct socket *s = socket_of(obj);
    const struct chain *in = &s->pair->chain[s->side], *to = &s->pair->chain[!s->side];
    SPIN_GUARD(&s->pair->lock);

    *out = (struct socket_state){
        .options = s->pair->options,
        .peer_open = s->pair->end[!s->side],
        .readable = in->size,
        .next = next_size(s->pair, in),
        .written = to->size,
        .read_threshold = in->read_threshold,
        .write_threshold = to->write_threshold,
    };
}
