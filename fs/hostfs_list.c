/*
 * hostfs_list.c - directories of the host, listed.
 *
 * The host's cursors are its own and need not fit ours, so a reader who begins has the whole
 * directory read, and goes on in that listing: what comes and goes meanwhile moves nothing. A
 * cursor is the listing's generation, the chunk, and the byte in it. The listing goes when it
 * was read to its end, or when others crowd it out; then a reader goes on in a new one.
 */
#include "fs/fs_internal.h"
#include "fs/hostfs_internal.h"
#include "mm/slab.h"

#define LISTED_ALL (1ull << 60) /* a cursor at the end, which saves the last call a listing */

enum {
    CHUNK_BYTES = 32768,
    CURSOR_CHUNK_SHIFT = 16,
    CURSOR_GENERATION_SHIFT = 40,
    GENERATIONS = 4095,
    LISTINGS_MAX = 4, /* of one directory */
};

struct entry {
    uint64_t ino;
    uint8_t type, name_size;
    char name[];
};

struct chunk {
    struct list link;
    uint32_t used;
    _Alignas(8) char entries[];
};

struct host_listing {
    struct list link, chunks;
    unsigned generation;
};

enum { CHUNK_ROOM = CHUNK_BYTES - sizeof(struct chunk) };

static size_t entry_size(size_t name_size)
{
    return ROUND_UP(sizeof(struct entry) + name_size, 8);
}

static void listing_free(struct host_listing *l)
{
    struct list *link;

    while ((link = list_pop_front(&l->chunks)))
        kfree(container_of(link, struct chunk, link));
    list_remove(&l->link);
    kfree(l);
}

void host_listings_free(struct host_inode *h)
{
    while (!list_empty(&h->listings))
        listing_free(container_of(h->listings.next, struct host_listing, link));
}

static struct chunk *last_chunk(struct host_listing *l, size_t room)
{
    struct chunk *chunk = container_of(l->chunks.prev, struct chunk, link);

    if (!list_empty(&l->chunks) && chunk->used + room <= CHUNK_ROOM)
        return chunk;
    chunk = kmalloc(CHUNK_BYTES);
    if (chunk) {
        chunk->used = 0;
        list_push_back(&l->chunks, &chunk->link);
    }
    return chunk;
}

struct gathering {
    struct host_listing *listing;
    status_t st;
};

static bool gather(void *arg, const char *name, size_t length, uint64_t ino,
                   enum hal_host_type type)
{
    struct gathering *g = arg;
    size_t size = entry_size(length);
    struct chunk *chunk = last_chunk(g->listing, size);
    struct entry *e;

    if (!chunk) {
        g->st = ERR_NO_MEMORY;
        return false;
    }
    e = (struct entry *)(chunk->entries + chunk->used);
    e->ino = ino;
    e->type = (uint8_t)inode_type_of_host(type);
    e->name_size = (uint8_t)length;
    memcpy(e->name, name, length);
    chunk->used += (uint32_t)size;
    return true;
}

static status_t read_host(struct host_node *node, struct host_listing *listing)
{
    struct gathering g = {listing, OK};
    void *buffer = kmalloc(HAL_HOST_LISTING);
    int fd;
    status_t st = buffer ? host_node_fd_get(node, &fd) : ERR_NO_MEMORY;

    if (st == OK) {
        st = hal_host_readdir(fd, buffer, gather, &g);
        host_node_fd_put(node);
    }
    kfree(buffer);
    return st == OK ? g.st : st;
}

/* The host's descriptor has one position, so one reads at a time: list_lock is held. */
static status_t begin_locked(struct host_inode *h, struct host_listing **out)
{
    struct host_listing *l = kzalloc(sizeof(*l));
    unsigned count = 0;
    status_t st;

    if (!l)
        return ERR_NO_MEMORY;
    list_init(&l->chunks);
    list_init(&l->link);
    st = read_host(h->node, l);
    if (st != OK) {
        listing_free(l);
        return st;
    }
    h->generation = h->generation % GENERATIONS + 1;
    l->generation = h->generation;
    list_insert_before(h->listings.next, &l->link);
    list_for_each (it, &h->listings)
        count++;
    if (count > LISTINGS_MAX)
        listing_free(container_of(h->listings.prev, struct host_listing, link));
    *out = l;
    return OK;
}

static struct host_listing *find_locked(struct host_inode *h, uint64_t at)
{
    list_for_each (it, &h->listings) {
        struct host_listing *l = container_of(it, struct host_listing, link);

        if (l->generation == at >> CURSOR_GENERATION_SHIFT)
            return l;
    }
    return NULL;
}

struct emission {
    bool (*emit)(void *arg, struct name name, uint64_t ino, enum inode_type type,
                 uint64_t next);
    void *arg;
    uint64_t *at, base; /* the caller's cursor; what all of this chunk have in common */
};

/* From byte `from` on, or the first entry behind it. False: the caller is full. */
static bool emit_chunk(const struct chunk *chunk, uint64_t from, const struct emission *e)
{
    for (uint32_t byte = 0; byte < chunk->used;) {
        const struct entry *entry = (const struct entry *)(chunk->entries + byte);
        uint64_t next = byte + entry_size(entry->name_size);

        if (byte >= from) {
            *e->at = e->base | byte;
            if (!e->emit(e->arg, (struct name){entry->name, entry->name_size}, entry->ino,
                         (enum inode_type)entry->type, e->base | next))
                return false;
        }
        byte = (uint32_t)next;
    }
    return true;
}

static bool emit_locked(struct host_listing *l, uint64_t place, struct emission *e)
{
    uint64_t first = place >> CURSOR_CHUNK_SHIFT, n = 0;

    list_for_each (it, &l->chunks) {
        uint64_t from = n == first ? place & ((1u << CURSOR_CHUNK_SHIFT) - 1) : 0;

        e->base = (uint64_t)l->generation << CURSOR_GENERATION_SHIFT | n << CURSOR_CHUNK_SHIFT;
        if (n >= first && !emit_chunk(container_of(it, struct chunk, link), from, e))
            return false;
        n++;
    }
    return true;
}

status_t host_readdir(struct inode *dir, uint64_t *at,
                      bool (*emit)(void *arg, struct name name, uint64_t ino,
                                   enum inode_type type, uint64_t next),
                      void *arg)
{
    struct host_inode *h = host_inode_of(dir);
    struct emission e = {.emit = emit, .arg = arg, .at = at};
    struct host_listing *l;
    status_t st = OK;
    SPIN_GUARD(&h->list_lock);

    if (*at & LISTED_ALL)
        return OK;
    l = *at ? find_locked(h, *at) : NULL;
    if (!l)
        st = begin_locked(h, &l);
    if (st != OK)
        return st;
    if (emit_locked(l, *at & ((1ull << CURSOR_GENERATION_SHIFT) - 1), &e)) {
        listing_free(l);
        *at = LISTED_ALL;
    }
    return OK;
}
