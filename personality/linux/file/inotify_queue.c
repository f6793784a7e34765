/* inotify_queue.c - events on their way to the program. */
#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/file/inotify_internal.h"

enum { QUEUED_MAX = 16384, NAME_UNIT = sizeof(struct inotify_event) };

static size_t size_of(const struct queued *q)
{
    return sizeof(q->event) + q->event.len;
}

static void free_queued(struct inotify *in, struct queued *q)
{
    if (q != &in->overflow)
        kfree(q);
}

static struct queued *first_locked(struct inotify *in)
{
    return list_empty(&in->queue) ? NULL : container_of(in->queue.next, struct queued, link);
}

static void show_locked(struct inotify *in)
{
    object_signal_locked(&in->object, FILE_IN, list_empty(&in->queue) ? 0 : FILE_IN);
}

void inotify_queue_empty(struct inotify *in)
{
    struct queued *q;

    while ((q = first_locked(in))) {
        list_remove(&q->link);
        free_queued(in, q);
    }
}

struct queued *inotify_event_new(uint32_t mask, uint32_t cookie, struct name name)
{
    uint32_t len = name.size ? (uint32_t)(name.size / NAME_UNIT + 1) * NAME_UNIT : 0;
    struct queued *q = kzalloc(sizeof(*q) + len);

    if (!q)
        return NULL;
    list_init(&q->link);
    q->event = (struct inotify_event){.mask = mask, .cookie = cookie, .len = len};
    if (name.size)
        memcpy(q->name, name.text, name.size);
    return q;
}

static void push_locked(struct inotify *in, struct queued *q)
{
    list_push_back(&in->queue, &q->link);
    in->bytes += size_of(q);
    show_locked(in);
}

/* The same as the last one in the queue is not told again. */
static bool repeats_locked(struct inotify *in, const struct queued *q)
{
    const struct queued *last;

    if (list_empty(&in->queue))
        return false;
    last = container_of(in->queue.prev, struct queued, link);
    return last->event.wd == q->event.wd && last->event.mask == q->event.mask &&
           last->event.len == q->event.len && !memcmp(last->name, q->name, q->event.len);
}

struct queued *inotify_queue_locked(struct inotify *in, struct queued *q)
{
    if (q && repeats_locked(in, q))
        return q;
    if (q && in->count < QUEUED_MAX) {
        in->count++;
        push_locked(in, q);
        return NULL;
    }
    if (list_empty(&in->overflow.link))
        push_locked(in, &in->overflow);
    return q;
}

static struct queued *pop(struct inotify *in, size_t room, status_t *st)
{
    SPIN_GUARD(&in->object.lock);
    struct queued *q = first_locked(in);

    *st = !q ? ERR_SHOULD_WAIT : size_of(q) > room ? ERR_INVALID_ARGS : OK;
    if (*st != OK)
        return NULL;
    list_remove(&q->link);
    in->bytes -= size_of(q);
    in->count -= q != &in->overflow;
    show_locked(in);
    return q;
}

static void put_back(struct inotify *in, struct queued *q)
{
    SPIN_GUARD(&in->object.lock);

    list_insert_before(in->queue.next, &q->link);
    in->bytes += size_of(q);
    in->count += q != &in->overflow;
    show_locked(in);
}

status_t inotify_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct inotify *in = file->data;
    struct iobuf before = *io;
    struct queued *q;
    size_t moved;
    status_t st;

    (void)pos;
    while ((q = pop(in, iobuf_left(io), &st))) {
        before = *io;
        st = iobuf_put(io, &q->event, size_of(q), &moved);
        if (st != OK) {
            *io = before;
            put_back(in, q);
            break;
        }
        free_queued(in, q);
    }
    return io->done ? OK : st;
}
