/*
 * fifo.c - FIFOs: a pair of rings between two ends.
 */
#include "object/fifo.h"

#include "base/string.h"
#include "mm/slab.h"
#include "object/paired.h"

/* What one end reads. */
struct ring {
    uint32_t head, count; /* elements; guarded by the pair's lock */
    uint64_t turn;        /* counts what has been taken; guarded by the pair's lock */
    unsigned char *data;
};

/* Shared by the ends, which have a reference each. Lock order: lock -> object.lock. */
struct fifo_pair {
    atomic_uint refs;
    struct spinlock lock;
    struct object *end[2]; /* NULL: has no handles any more; guarded by lock */
    struct ring ring[2];
    uint32_t elem_count, elem_size; /* constant */
    unsigned char data[];
};

struct fifo {
    struct paired paired;
    struct fifo_pair *pair; /* reference */
    unsigned side;
};

SLAB_CACHE(fifo_cache, struct fifo);

static struct fifo *fifo_of(struct object *obj)
{
    return container_of(obj, struct fifo, paired.object);
}

static void pair_put(struct fifo_pair *pair)
{
    if (pair && atomic_fetch_sub_explicit(&pair->refs, 1, memory_order_acq_rel) == 1)
        kfree(pair);
}

static void fifo_destroy(struct object *obj)
{
    pair_put(fifo_of(obj)->pair);
    slab_free(&fifo_cache, fifo_of(obj));
}

static void fifo_on_zero_handles(struct object *obj)
{
    struct fifo *fifo = fifo_of(obj);

    {
        SPIN_GUARD(&fifo->pair->lock);
        fifo->pair->end[fifo->side] = NULL;
    }
    paired_close(&fifo->paired, ZX_FIFO_WRITABLE, ZX_FIFO_PEER_CLOSED);
}

static const struct object_ops fifo_ops = {
    .name = "fifo",
    .type = ZX_OBJ_TYPE_FIFO,
    .rights = ZX_DEFAULT_FIFO_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = fifo_destroy,
    .on_zero_handles = fifo_on_zero_handles,
    .peer = paired_peer,
};

static struct fifo_pair *pair_alloc(uint32_t count, uint32_t size)
{
    struct fifo_pair *pair = kmalloc(sizeof(*pair) + 2 * (size_t)count * size);

    if (!pair)
        return NULL;
    *pair = (struct fifo_pair){.elem_count = count, .elem_size = size};
    atomic_init(&pair->refs, 2);
    pair->ring[0].data = pair->data;
    pair->ring[1].data = pair->data + (size_t)count * size;
    return pair;
}

static void fifo_init(struct fifo *fifo, struct fifo_pair *pair, unsigned side)
{
    object_init(&fifo->paired.object, &fifo_ops, ZX_FIFO_WRITABLE);
    fifo->pair = pair;
    fifo->side = side;
    pair->end[side] = &fifo->paired.object;
}

static bool fits(uint64_t count, uint64_t size)
{
    return count && size && count <= ZX_FIFO_MAX_SIZE_BYTES && size <= ZX_FIFO_MAX_SIZE_BYTES &&
           !(count & (count - 1)) && count * size <= ZX_FIFO_MAX_SIZE_BYTES;
}

status_t fifo_create(uint64_t elem_count, uint64_t elem_size, struct object **a,
                     struct object **b)
{
    struct fifo_pair *pair;
    struct fifo *left, *right;

    if (!fits(elem_count, elem_size))
        return ERR_OUT_OF_RANGE;
    pair = pair_alloc((uint32_t)elem_count, (uint32_t)elem_size);
    left = slab_alloc(&fifo_cache);
    right = slab_alloc(&fifo_cache);
    if (!pair || !left || !right) {
        kfree(pair);
        slab_free(&fifo_cache, left);
        slab_free(&fifo_cache, right);
        return ERR_NO_MEMORY;
    }
    fifo_init(left, pair, 0);
    fifo_init(right, pair, 1);
    paired_init(&left->paired, &right->paired);
    *a = &left->paired.object;
    *b = &right->paired.object;
    return OK;
}

static status_t check(const struct fifo *fifo, uint64_t elem_size, uint64_t count)
{
    return count && elem_size == fifo->pair->elem_size ? OK : ERR_OUT_OF_RANGE;
}

/* Both ends' signals, as they follow from what end `reader` has to read. Caller holds the lock.
 */
static void update_signals(struct fifo_pair *pair, unsigned reader)
{
    struct object *in = pair->end[reader], *out = pair->end[!reader];
    uint32_t count = pair->ring[reader].count;

    if (in)
        object_signal(in, count ? 0 : ZX_FIFO_READABLE, count ? ZX_FIFO_READABLE : 0);
    if (in && out)
        object_signal(out, count < pair->elem_count ? 0 : ZX_FIFO_WRITABLE,
                      count < pair->elem_count ? ZX_FIFO_WRITABLE : 0);
}

/* As fifo_room, of the ring to write to. Caller holds the lock. */
static status_t room_locked(const struct fifo *fifo, uint64_t *count)
{
    const struct fifo_pair *pair = fifo->pair;

    if (!pair->end[0] || !pair->end[1])
        return ERR_PEER_CLOSED;
    *count = MIN(*count, pair->elem_count - pair->ring[!fifo->side].count);
    return *count ? OK : ERR_SHOULD_WAIT;
}

status_t fifo_room(struct object *obj, uint64_t elem_size, uint64_t *count)
{
    struct fifo *fifo = fifo_of(obj);
    SPIN_GUARD(&fifo->pair->lock);
    status_t st = check(fifo, elem_size, *count);

    return st == OK ? room_locked(fifo, count) : st;
}

status_t fifo_write(struct object *obj, const void *elems, uint64_t *count)
{
    struct fifo *fifo = fifo_of(obj);
    struct fifo_pair *pair = fifo->pair;
    struct ring *ring = &pair->ring[!fifo->side];
    uint32_t size = pair->elem_size, mask = pair->elem_count - 1;
    SPIN_GUARD(&pair->lock);
    status_t st = room_locked(fifo, count);

    if (st != OK)
        return st;
    for (uint64_t i = 0; i < *count; i++)
        memcpy(ring->data + ((ring->head + ring->count++) & mask) * size,
               (const char *)elems + i * size, size);
    update_signals(pair, !fifo->side);
    return OK;
}

status_t fifo_peek(struct object *obj, uint64_t elem_size, void *to, uint64_t *count,
                   uint64_t *turn)
{
    struct fifo *fifo = fifo_of(obj);
    struct fifo_pair *pair = fifo->pair;
    struct ring *ring = &pair->ring[fifo->side];
    uint32_t mask = pair->elem_count - 1;
    SPIN_GUARD(&pair->lock);
    status_t st = check(fifo, elem_size, *count);

    if (st != OK)
        return st;
    if (!ring->count)
        return pair->end[!fifo->side] ? ERR_SHOULD_WAIT : ERR_PEER_CLOSED;
    *count = MIN(*count, ring->count);
    *turn = ring->turn;
    for (uint64_t i = 0; i < *count; i++)
        memcpy((char *)to + i * elem_size, ring->data + ((ring->head + i) & mask) * elem_size,
               elem_size);
    return OK;
}

bool fifo_consume(struct object *obj, uint64_t turn, uint64_t count)
{
    struct fifo *fifo = fifo_of(obj);
    struct ring *ring = &fifo->pair->ring[fifo->side];
    SPIN_GUARD(&fifo->pair->lock);

    if (ring->turn != turn)
        return false;
    ring->turn++;
    ring->head = (ring->head + (uint32_t)count) & (fifo->pair->elem_count - 1);
    ring->count -= (uint32_t)count;
    update_signals(fifo->pair, fifo->side);
    return true;
}
