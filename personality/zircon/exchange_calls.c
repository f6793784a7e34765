/*
 * exchange_calls.c - zx_channel_call and its etc. form, as the vDSO makes them: _noretry begins
 * the exchange, and _finish takes it up again after an interruption. In between the thread has
 * it.
 */
#include "object/channel.h"
#include "personality/zircon/message_in.h"
#include "personality/zircon/message_out.h"
#include "personality/zircon/policy.h"

/* They differ in what their pointers to handles point to. */
_Static_assert(sizeof(zx_channel_call_args_t) == sizeof(zx_channel_call_etc_args_t),
               "the forms are laid out alike");

/* Arguments from the deadline on: args, actual_bytes, actual_handles. */
struct exchange_call {
    struct co co;
    struct syscall *call;   /* in */
    enum message_form form; /* in */
    unsigned at;            /* in: which argument the deadline is; 0: it is taken up again */
    struct object *channel; /* reference; NULL: none */
    struct channel_exchange *exchange;
    struct message *message;
    zx_channel_call_args_t args;
    status_t outcome;
    union {
        struct transfer transfer;
        struct message_in in;
        struct channel_call wait;
        struct sizes_out sizes;
        struct message_out out;
    };
};
static co_fn exchange_call;

static bool gathers(const struct exchange_call *f)
{
    return (uint32_t)f->call->arg[1] & ZX_CHANNEL_WRITE_USE_IOVEC;
}

/* What was interrupted and never taken up again is over. */
static status_t check_new(struct exchange_call *f)
{
    channel_exchange_free(f->call->thread->exchange);
    f->call->thread->exchange = NULL;
    if ((uint32_t)f->call->arg[1] & ~ZX_CHANNEL_WRITE_USE_IOVEC)
        return ERR_INVALID_ARGS;
    if (!gathers(f) && f->args.wr_num_bytes < sizeof(uint32_t))
        return ERR_INVALID_ARGS;
    return call_object(f->call, 0, ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_READ | ZX_RIGHT_WRITE,
                       &f->channel);
}

/* The request as an exchange; it is consumed. */
static status_t make_exchange(struct exchange_call *f)
{
    status_t st = f->in.message->size < sizeof(uint32_t)
                      ? ERR_INVALID_ARGS
                      : channel_exchange_create(f->channel, f->in.message, &f->exchange);

    if (st != OK)
        message_free(f->in.message);
    return st;
}

/* The thread keeps what goes on; what is over leaves its reply. */
static void note_outcome(struct exchange_call *f)
{
    f->call->thread->exchange = f->outcome == ERR_INTERRUPTED ? f->exchange : NULL;
    if (f->outcome == ERR_INTERRUPTED) {
        f->call->result = ZX_ERR_INTERNAL_INTR_RETRY;
        return;
    }
    f->message = f->exchange->reply;
    f->exchange->reply = NULL;
    channel_exchange_free(f->exchange);
}

static bool reply_fits(const struct exchange_call *f)
{
    return f->message->size <= f->args.rd_num_bytes &&
           f->message->handle_count <= f->args.rd_num_handles;
}

/* Unlike a reading, a call has to be told how much came. */
static status_t check_places(const struct exchange_call *f)
{
    return f->call->arg[f->at + 2] && f->call->arg[f->at + 3] ? OK : ERR_INVALID_ARGS;
}

static CO_FN(exchange_call)
{
    f->channel = NULL;
    f->exchange = f->call->thread->exchange;
    if (!f->at && !f->exchange)
        CO_RETURN(ERR_BAD_STATE);
    CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
            .direction = FROM_USER, .kernel = &f->args, .user = f->call->arg[f->at + 1],
            .size = sizeof(f->args));
    if (f->outcome != OK)
        CO_RETURN(f->outcome);

    if (f->at) {
        f->outcome = check_new(f);
        if (f->outcome != OK)
            f->channel = NULL;
        CO_CALL(f->outcome, f->in, message_in, .call = f->call, .before = f->outcome,
                .channel = f->channel, .bytes = (user_addr_t)f->args.wr_bytes,
                .handles = (user_addr_t)f->args.wr_handles, .size = f->args.wr_num_bytes,
                .handle_count = f->args.wr_num_handles, .form = f->form, .gather = gathers(f));
        if (f->outcome == OK)
            f->outcome = make_exchange(f);
        object_put(f->channel);
        if (f->outcome != OK)
            CO_RETURN(f->outcome);
    }
    CO_CALL(f->outcome, f->wait, channel_call, .exchange = f->exchange,
            .deadline = call_deadline(f->call, (time_ns_t)f->call->arg[f->at]));
    note_outcome(f);
    if (f->outcome != OK)
        CO_RETURN(f->outcome == ERR_INTERRUPTED ? OK : f->outcome);

    f->outcome = check_places(f);
    if (f->outcome == OK)
        CO_CALL(f->outcome, f->sizes, sizes_out, .thread = f->call->thread,
                .size = f->message->size, .handles = f->message->handle_count,
                .size_out = f->call->arg[f->at + 2], .handles_out = f->call->arg[f->at + 3]);
    if (f->outcome == OK && !reply_fits(f))
        f->outcome = ERR_BUFFER_TOO_SMALL;
    if (f->outcome != OK) {
        message_free(f->message);
        CO_RETURN(f->outcome);
    }
    CO_CALL(f->outcome, f->out, message_out, .call = f->call, .message = f->message,
            .form = f->form, .bytes = (user_addr_t)f->args.rd_bytes,
            .handles = (user_addr_t)f->args.rd_handles);
    CO_RETURN(f->outcome);
}
CO_END

#define EXCHANGE_CALL(name, handles_form, deadline)                                    \
    struct zircon_channel_call_##name {                                                \
        SYSCALL_FRAME;                                                                 \
        struct exchange_call exchange;                                                 \
    };                                                                                 \
    SYSCALL_WAIT(zircon_channel_call_##name);                                          \
    CO_FN(zircon_channel_call_##name)                                                  \
    {                                                                                  \
        status_t st;                                                                   \
                                                                                       \
        CO_CALL(st, f->exchange, exchange_call, .call = f->call, .form = handles_form, \
                .at = deadline);                                                       \
        CO_RETURN(st);                                                                 \
    }                                                                                  \
    CO_END

EXCHANGE_CALL(noretry, MESSAGE_HANDLES, 2)
EXCHANGE_CALL(finish, MESSAGE_HANDLES, 0)
EXCHANGE_CALL(etc_noretry, MESSAGE_HANDLE_INFOS, 2)
EXCHANGE_CALL(etc_finish, MESSAGE_HANDLE_INFOS, 0)
