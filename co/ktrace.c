/*
 * ktrace.c - the trace's buffer: filled from its beginning, or a fixed part and then a ring.
 */
#include "co/ktrace.h"

#include "base/string.h"
#include "hal/spinlock.h"
#include "hal/time.h"
#include "mm/page.h"

enum { ORDER = 8, BYTES = PAGE_SIZE << ORDER };

atomic_uint ktrace_groups;

/* Leaf. Sizes and places are multiples of 8, so that no tag is torn. */
static struct {
    struct spinlock lock;
    unsigned char *buffer; /* BYTES; NULL: nobody has asked yet. This and the rest by lock */
    size_t fixed;          /* bytes written from the beginning */
    bool circular;         /* behind those is a ring, of what is left */
    uint64_t oldest, end;  /* positions in the ring, which only grow */
} trace;

static size_t ring_size(void)
{
    return BYTES - trace.fixed;
}

static unsigned char *ring_at(uint64_t position)
{
    return trace.buffer + trace.fixed + position % ring_size();
}

static void ring_write(const unsigned char *from, size_t size)
{
    uint32_t tag;

    while (trace.end + size - trace.oldest > ring_size()) {
        memcpy(&tag, ring_at(trace.oldest), sizeof(tag));
        trace.oldest += KTRACE_LEN(tag);
    }
    for (size_t i = 0; i < size; i += 8, trace.end += 8)
        memcpy(ring_at(trace.end), from + i, 8);
}

/* False: dropped. A buffer that is full ends the trace. */
static bool record(const void *from, size_t size)
{
    SPIN_GUARD(&trace.lock);

    if (!trace.buffer)
        return false;
    if (trace.circular) {
        ring_write(from, size);
        return true;
    }
    if (size > ring_size()) {
        atomic_store_explicit(&ktrace_groups, 0, memory_order_relaxed);
        return false;
    }
    memcpy(trace.buffer + trace.fixed, from, size);
    trace.fixed += size;
    return true;
}

void ktrace_16(uint32_t tag, uint32_t arg)
{
    const ktrace_header_t r = {tag, arg, (uint64_t)hal_time_now()};

    (void)record(&r, sizeof(r));
}

void ktrace_32(uint32_t tag, uint32_t tid, const uint32_t args[4])
{
    const ktrace_rec_32b_t r = {tag,     tid,    (uint64_t)hal_time_now(), args[0], args[1],
                                args[2], args[3]};

    (void)record(&r, sizeof(r));
}

status_t ktrace_probe(uint32_t id, uint32_t tid, uint32_t arg0, uint32_t arg1)
{
    const ktrace_rec_32b_t r = {.tag = TAG_PROBE_24(id),
                                .tid = tid,
                                .ts = (uint64_t)hal_time_now(),
                                .a = arg0,
                                .b = arg1};

    return ktrace_on(KTRACE_GRP_PROBE) && record(&r, KTRACE_LEN(r.tag)) ? OK : ERR_UNAVAILABLE;
}

void ktrace_name(uint32_t tag, uint32_t id, uint32_t arg, const char *name)
{
    ktrace_rec_name_t r = {.id = id, .arg = arg};
    size_t length = strnlen(name, KTRACE_NAME_MAX - 1);
    size_t size = ROUND_UP(offsetof(ktrace_rec_name_t, name) + length + 1, 8);

    memcpy(r.name, name, length);
    r.tag = (tag & ~0xfu) | (uint32_t)(size >> 3);
    (void)record(&r, size);
}

void ktrace_init(void)
{
    ktrace_stop();
    trace.buffer = NULL;
}

void ktrace_rewind(void (*fill)(void))
{
    const uint64_t ticks_per_ms = NS_PER_MS;

    {
        SPIN_GUARD(&trace.lock);
        trace.fixed = 0;
        trace.circular = false;
        trace.oldest = trace.end = 0;
    }
    ktrace_32(TAG_VERSION, 0, (uint32_t[4]){KTRACE_VERSION});
    ktrace_32(TAG_TICKS_PER_MS, 0,
              (uint32_t[4]){(uint32_t)ticks_per_ms, (uint32_t)(ticks_per_ms >> 32)});
    fill();
}

/* True: it is ours to fill. */
static bool take_buffer(struct page *page)
{
    SPIN_GUARD(&trace.lock);

    if (trace.buffer)
        return false;
    trace.buffer = page_data(page);
    return true;
}

static bool has_buffer(void)
{
    SPIN_GUARD(&trace.lock);

    return trace.buffer != NULL;
}

status_t ktrace_open(void (*fill)(void))
{
    struct page *page;
    status_t st;

    if (has_buffer())
        return OK;
    st = page_alloc_order(ORDER, &page);
    if (st != OK)
        return st;
    if (take_buffer(page))
        ktrace_rewind(fill);
    else
        page_free(page);
    return OK;
}

status_t ktrace_start(uint32_t groups, bool circular)
{
    SPIN_GUARD(&trace.lock);

    if (trace.circular && !circular)
        return ERR_BAD_STATE;
    /* What there is stays; of a full buffer nothing can be a ring. */
    if (circular && ring_size() < sizeof(ktrace_rec_name_t) + 8)
        return ERR_NO_RESOURCES;
    trace.circular = circular;
    atomic_store_explicit(&ktrace_groups, groups, memory_order_relaxed);
    return OK;
}

void ktrace_stop(void)
{
    atomic_store_explicit(&ktrace_groups, 0, memory_order_relaxed);
}

size_t ktrace_size(void)
{
    SPIN_GUARD(&trace.lock);

    return trace.fixed + (size_t)(trace.end - trace.oldest);
}

size_t ktrace_read(size_t offset, void *to, size_t size)
{
    SPIN_GUARD(&trace.lock);
    size_t total = trace.fixed + (size_t)(trace.end - trace.oldest);

    size = offset < total ? MIN(size, total - offset) : 0;
    for (size_t i = 0; i < size; i++, offset++)
        ((unsigned char *)to)[i] = offset < trace.fixed
                                       ? trace.buffer[offset]
                                       : *ring_at(trace.oldest + offset - trace.fixed);
    return size;
}
