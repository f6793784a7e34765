/*
 * pipe_capacity.c - pipes of another size (F_SETPIPE_SZ of fcntl(2)): what a pipe holds moves
 * to another ring.
 *
 * Who does that is reader and writer at once, so nobody else looks at the ring meanwhile.
 */
#include "fs/pipe.h"

#include "base/string.h"
#include "fs/pipe_internal.h"
#include "mm/slab.h"

void pipe_free_ring(struct pipe *p, struct page **pages, uint32_t slots)
{
    for (uint32_t i = 0; i < slots; i++)
        if (pages[i])
            page_put(pages[i]);
    if (pages != p->first_pages)
        kfree(pages);
}

uint32_t pipe_capacity(struct file *file)
{
    struct pipe *p = file->data;
    SPIN_GUARD(&p->lock);

    return pipe_bytes(p);
}

static status_t begin(struct pipe *p, uint32_t size)
{
    SPIN_GUARD(&p->lock);

    if (p->reading || p->writing || pipe_used(p) > size)
        return ERR_UNAVAILABLE;
    p->reading = p->writing = true;
    return OK;
}

/* What is in the pipe, from the beginning of the new ring on. */
static status_t copy_ring(struct pipe *p, struct page **pages)
{
    uint32_t size = pipe_used(p), done = 0;
    status_t st = OK;

    while (st == OK && done < size) {
        uint32_t at = p->read + done,
                 part = (uint32_t)MIN(PAGE_SIZE - at % PAGE_SIZE, PAGE_SIZE - done % PAGE_SIZE);
        struct page **to = &pages[done / PAGE_SIZE];

        part = MIN(part, size - done);
        if (!*to)
            st = page_alloc(to);
        if (st == OK)
            memcpy((char *)page_data(*to) + done % PAGE_SIZE, pipe_at(p, at), part);
        done += part;
    }
    return st;
}

/* Back to work; on OK with the ring in `*pages`, which then is the old one. */
static void end(struct pipe *p, status_t st, struct page ***pages, uint32_t *slots)
{
    SPIN_GUARD(&p->lock);

    if (st == OK) {
        struct page **old_pages = p->pages;
        uint32_t old_slots = p->slots;

        p->pages = *pages;
        p->slots = *slots;
        p->written -= p->read;
        p->read = 0;
        *pages = old_pages;
        *slots = old_slots;
    }
    p->reading = p->writing = p->reader_waits = p->writer_waits = false;
    pipe_update_locked(p);
}

static uint32_t slots_for(uint32_t size)
{
    uint32_t slots = 1;

    while (slots * PAGE_SIZE < size)
        slots *= 2;
    return slots;
}

status_t pipe_set_capacity(struct file *file, uint32_t size)
{
    struct pipe *p = file->data;
    uint32_t slots = slots_for(size);
    struct page **pages = kzalloc(slots * sizeof(struct page *));
    status_t st;

    if (!pages)
        return ERR_NO_MEMORY;
    st = begin(p, slots * PAGE_SIZE);
    if (st == OK) {
        st = copy_ring(p, pages);
        end(p, st, &pages, &slots);
    }
    pipe_free_ring(p, pages, slots);
    return st;
}
