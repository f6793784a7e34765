/*
 * channel.c - channels: two ends that queue messages for each other, and calls with a reply.
 */
#include "object/channel.h"

#include "base/string.h"
#include "mm/slab.h"
#include "object/paired.h"
#include "object/thread.h"

struct channel {
    struct paired paired;
    struct list messages; /* of message.link, oldest first; guarded by object.lock */
    struct list callers;  /* of channel_call.waiter.link; guarded by object.lock */
    uint32_t next_number; /* of a call; guarded by object.lock */
    bool closed;          /* no handle is left; guarded by object.lock */
};

/* Transaction numbers of the kernel have this bit; those that programs choose do not. */
#define CALL_NUMBER_BIT 0x80000000u

SLAB_CACHE(channel_cache, struct channel);

static struct channel *channel_of(struct object *obj)
{
    return container_of(obj, struct channel, paired.object);
}

static void channel_destroy(struct object *obj)
{
    slab_free(&channel_cache, channel_of(obj));
}

static void channel_on_zero_handles(struct object *obj)
{
    struct list messages;

    list_init(&messages);
    channel_close(obj, &messages);
    messages_free(&messages);
}

static const struct object_ops channel_ops = {
    .name = "channel",
    .type = ZX_OBJ_TYPE_CHANNEL,
    .rights = ZX_DEFAULT_CHANNEL_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = channel_destroy,
    .on_zero_handles = channel_on_zero_handles,
    .peer = paired_peer,
};

static struct channel *channel_alloc(void)
{
    struct channel *ch = slab_alloc_zeroed(&channel_cache);

    if (!ch)
        return NULL;
    object_init(&ch->paired.object, &channel_ops, ZX_CHANNEL_WRITABLE);
    list_init(&ch->messages);
    list_init(&ch->callers);
    return ch;
}

status_t channel_create(struct object **a, struct object **b)
{
    struct channel *left = channel_alloc(), *right = channel_alloc();

    if (!left || !right) {
        object_put(left ? &left->paired.object : NULL);
        object_put(right ? &right->paired.object : NULL);
        return ERR_NO_MEMORY;
    }
    paired_init(&left->paired, &right->paired);
    *a = &left->paired.object;
    *b = &right->paired.object;
    return OK;
}

/* Every call under way ends with `why`. Caller holds the lock. */
static void end_calls(struct channel *ch, status_t why)
{
    list_for_each_safe (it, &ch->callers) {
        struct channel_call *call = container_of(it, struct channel_call, waiter.link);

        call->ended = why;
        waiter_fire(&call->waiter);
    }
}

void channel_close(struct object *obj, struct list *messages)
{
    struct channel *ch = channel_of(obj);
    struct object *peer = paired_peer(obj);

    {
        SPIN_GUARD(&obj->lock);
        ch->closed = true;
        end_calls(ch, ERR_CANCELED);
        for (struct list *m; (m = list_pop_front(&ch->messages));)
            list_push_back(messages, m);
    }
    paired_close(&ch->paired, ZX_CHANNEL_WRITABLE, ZX_CHANNEL_PEER_CLOSED);
    if (peer) {
        SPIN_GUARD(&peer->lock);
        end_calls(channel_of(peer), ERR_PEER_CLOSED);
    }
    object_put(peer);
}

/* The call that `m` answers; NULL: none. Caller holds the lock. */
static struct channel_call *call_answered(struct channel *ch, struct message *m)
{
    uint32_t number;

    if (m->size < sizeof(number))
        return NULL;
    memcpy(&number, message_bytes(m), sizeof(number));
    list_for_each (it, &ch->callers) {
        struct channel_call *call = container_of(it, struct channel_call, waiter.link);

        if (call->number == number)
            return call;
    }
    return NULL;
}

/* Into the queue of the end that will read it, or to the call that waits for it there. */
static status_t channel_accept(struct channel *to, struct message *m)
{
    SPIN_GUARD(&to->paired.object.lock);
    struct channel_call *call;

    if (to->closed)
        return ERR_PEER_CLOSED;
    call = call_answered(to, m);
    if (call) {
        call->reply = m;
        waiter_fire(&call->waiter);
        return OK;
    }
    list_push_back(&to->messages, &m->link);
    object_signal_locked(&to->paired.object, 0, ZX_CHANNEL_READABLE);
    return OK;
}

status_t channel_write(struct object *channel, struct message *m)
{
    struct object *peer = paired_peer(channel);
    status_t st;

    if (!peer)
        return ERR_PEER_CLOSED;
    st = channel_accept(channel_of(peer), m);
    object_put(peer);
    return st;
}

/* Takes the message out, or says why not. On BUFFER_TOO_SMALL `*out` is one to be freed. */
static status_t take(struct channel *ch, enum channel_oversize oversize, uint32_t *size,
                     uint32_t *handles, struct message **out)
{
    SPIN_GUARD(&ch->paired.object.lock);
    struct message *m;
    bool fits;

    *out = NULL;
    if (list_empty(&ch->messages))
        return ch->paired.peer ? ERR_SHOULD_WAIT : ERR_PEER_CLOSED;

    m = container_of(ch->messages.next, struct message, link);
    fits = m->size <= *size && m->handle_count <= *handles;
    *size = m->size;
    *handles = m->handle_count;
    if (!fits && oversize == CHANNEL_KEEP)
        return ERR_BUFFER_TOO_SMALL;

    list_remove(&m->link);
    if (list_empty(&ch->messages))
        object_signal_locked(&ch->paired.object, ZX_CHANNEL_READABLE, 0);
    *out = m;
    return fits ? OK : ERR_BUFFER_TOO_SMALL;
}

status_t channel_read(struct object *channel, enum channel_oversize oversize, uint32_t *size,
                      uint32_t *handles, struct message **out)
{
    struct message *m;
    status_t st = take(channel_of(channel), oversize, size, handles, &m);

    if (st == OK)
        *out = m;
    else
        message_free(m);
    return st;
}

/* From now on an answer finds the call. Its waiter is disarmed by call_finish. */
static void call_begin(struct channel_call *call, struct task *task)
{
    struct channel *ch = channel_of(call->channel);

    waiter_init(&call->waiter, task);
    SPIN_GUARD(&ch->paired.object.lock);
    call->number = CALL_NUMBER_BIT | ch->next_number++;
    memcpy(message_bytes(call->request), &call->number, sizeof(call->number));
    if (ch->closed) {
        call->ended = ERR_CANCELED;
        waiter_fire(&call->waiter);
        return;
    }
    list_push_back(&ch->callers, &call->waiter.link);
}

static void call_finish(struct channel_call *call)
{
    SPIN_GUARD(&call->channel->lock);

    list_remove(&call->waiter.link);
}

static bool call_over(struct channel_call *call, struct task *task)
{
    return waiter_fired(&call->waiter) || timer_fired(&call->timer) || task_killed(task);
}

/* Takes the reason away. */
static bool suspended(struct task *task)
{
    if (!(task_pending(task) & TASK_SUSPEND))
        return false;
    task_clear(task, TASK_SUSPEND);
    return true;
}

/* A suspended thread stays here: the call would be a second one if it were made again. */
CO_FN(channel_call)
{
    f->ended = ERR_TIMED_OUT;
    call_begin(f, task);
    co->status = channel_write(f->channel, f->request);
    if (co->status != OK) {
        call_finish(f);
        CO_RETURN(co->status);
    }
    f->request = NULL;

    timer_arm(&f->timer, task, f->deadline);
    while (!call_over(f, task)) {
        CO_WAIT_KILLABLE(call_over(f, task) || task_pending(task) & TASK_SUSPEND);
        f->suspended |= suspended(task);
        CO_WAIT_KILLABLE(!f->suspended || !thread_task_park(task));
    }
    timer_disarm(&f->timer);
    call_finish(f);
    if (f->suspended) /* the reason may have stood for more */
        task_interrupt(task, TASK_SUSPEND);

    if (f->reply)
        CO_RETURN(OK);
    CO_RETURN(task_killed(task) ? ERR_CANCELED : f->ended);
}
CO_END
