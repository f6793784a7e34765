/*
 * channel.c - channels: two ends that queue messages for each other, and calls with a reply.
 */
#include "object/channel.h"

#include "base/string.h"
#include "mm/counter.h"
#include "mm/slab.h"
#include "object/paired.h"

struct channel {
    struct paired paired;
    struct list messages; /* of message.link, oldest first; guarded by object.lock */
    struct list callers;  /* of channel_exchange.waiter.link; guarded by object.lock */
    uint32_t next_number; /* of a call; guarded by object.lock */
    bool closed;          /* no handle is left; guarded by object.lock */
};

/* Transaction numbers of the kernel have this bit; those that programs choose do not. */
#define CALL_NUMBER_BIT 0x80000000u

SLAB_CACHE(channel_cache, struct channel);
SLAB_CACHE(exchange_cache, struct channel_exchange);

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
        struct channel_exchange *call = container_of(it, struct channel_exchange, waiter.link);

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
static struct channel_exchange *call_answered(struct channel *ch, struct message *m)
{
    uint32_t number;

    if (m->size < sizeof(number))
        return NULL;
    memcpy(&number, message_bytes(m), sizeof(number));
    list_for_each (it, &ch->callers) {
        struct channel_exchange *call = container_of(it, struct channel_exchange, waiter.link);

        if (call->number == number)
            return call;
    }
    return NULL;
}

/* Into the queue of the end that will read it, or to the call that waits for it there. */
static status_t channel_accept(struct channel *to, struct message *m)
{
    SPIN_GUARD(&to->paired.object.lock);
    struct channel_exchange *call;

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
    if (st == OK)
        counter_add(COUNTER_MESSAGES, 1);
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

status_t channel_exchange_create(struct object *channel, struct message *request,
                                 struct channel_exchange **out)
{
    struct channel_exchange *exchange = slab_alloc(&exchange_cache);

    if (!exchange)
        return ERR_NO_MEMORY;
    *exchange = (struct channel_exchange){
        .channel = object_get(channel), .request = request, .ended = ERR_TIMED_OUT};
    waiter_init(&exchange->waiter, NULL);
    *out = exchange;
    return OK;
}

/* No answer finds it any more. */
static void call_finish(struct channel_exchange *call)
{
    SPIN_GUARD(&call->channel->lock);

    list_remove(&call->waiter.link);
}

void channel_exchange_free(struct channel_exchange *exchange)
{
    if (!exchange)
        return;
    call_finish(exchange);
    message_free(exchange->request);
    message_free(exchange->reply);
    object_put(exchange->channel);
    slab_free(&exchange_cache, exchange);
}

/* From now on an answer finds the call. */
static void call_begin(struct channel_exchange *call, struct task *task)
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

/* The request goes to the peer. */
static status_t call_send(struct channel_exchange *call, struct task *task)
{
    status_t st;

    if (!call->request)
        return OK;
    call_begin(call, task);
    st = channel_write(call->channel, call->request);
    if (st == OK)
        call->request = NULL;
    else
        call_finish(call);
    return st;
}

/* An answer that has come counts, whatever else has. */
CO_FN(channel_call)
{
    co->status = call_send(f->exchange, task);
    if (co->status != OK)
        CO_RETURN(co->status);
    timer_arm(&f->timer, task, f->deadline);
    CO_WAIT_UNTIL(waiter_fired(&f->exchange->waiter) || timer_fired(&f->timer));
    timer_disarm(&f->timer);
    if (!waiter_fired(&f->exchange->waiter) && !timer_fired(&f->timer) && !task_killed(task))
        CO_RETURN(ERR_INTERRUPTED);
    call_finish(f->exchange);
    if (f->exchange->reply)
        CO_RETURN(OK);
    CO_RETURN(task_killed(task) ? ERR_CANCELED : f->exchange->ended);
}
CO_END
