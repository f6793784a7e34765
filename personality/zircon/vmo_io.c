/* vmo_io.c - a VMO's bytes and user memory's, piece by piece. */
#include "personality/zircon/vmo_io.h"

#include "mm/slab.h"

/* Pages from the present one on that are still to be written: the pager is asked for all. */
static uint32_t count_left(const struct vmo_io *f)
{
    uint64_t at = f->offset + f->done + f->in_page, end = f->offset + f->size;
    uint64_t count = ((end + PAGE_MASK) >> PAGE_SHIFT) - (at >> PAGE_SHIFT);

    return f->direction == TO_USER ? 1 : (uint32_t)MIN(count, (uint64_t)UINT32_MAX);
}

/* The rest of the piece between VMO and page. ERR_SHOULD_WAIT: a page has to come in first. */
static status_t move_piece(struct vmo_io *f)
{
    uint64_t offset = f->offset + f->done + f->in_page;
    void *memory = f->page + f->in_page;
    size_t size = f->piece - f->in_page, done = 0;
    status_t st = f->direction == TO_USER ? vmo_read(f->vmo, offset, memory, size, &done)
                                          : vmo_write(f->vmo, offset, memory, size, &done);

    f->in_page += done;
    return st;
}

CO_FN(vmo_io)
{
    f->page = kmalloc(PAGE_SIZE);
    f->outcome = f->page ? OK : ERR_NO_MEMORY;
    while (f->outcome == OK && f->done < f->size) {
        f->piece = MIN(f->size - f->done, PAGE_SIZE);
        if (f->direction == FROM_USER)
            CO_CALL(f->outcome, f->transfer, transfer, .thread = f->thread,
                    .direction = FROM_USER, .kernel = f->page, .user = f->user + f->done,
                    .size = f->piece);
        f->in_page = 0;
        while (f->outcome == OK && (f->outcome = move_piece(f)) == ERR_SHOULD_WAIT)
            CO_CALL(f->outcome, f->page_in, vmo_page_in, .vmo = f->vmo,
                    .index = (f->offset + f->done + f->in_page) >> PAGE_SHIFT,
                    .count = count_left(f), .interruptible = f->interruptible,
                    .write = f->direction == FROM_USER);
        if (f->outcome == OK && f->direction == TO_USER)
            CO_CALL(f->outcome, f->transfer, transfer, .thread = f->thread,
                    .direction = TO_USER, .kernel = f->page, .user = f->user + f->done,
                    .size = f->piece);
        f->done += f->piece;
    }
    kfree(f->page);
    CO_RETURN(f->outcome);
}
CO_END
