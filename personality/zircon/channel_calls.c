/*
 * channel_calls.c - zx_channel_*, but for calls with an answer (exchange_calls.c).
 */
#include "object/channel.h"
#include "personality/zircon/message_in.h"
#include "personality/zircon/message_out.h"
#include "personality/zircon/policy.h"
#include "uapi/zircon/syscalls/channel.h"

status_t zircon_channel_create(struct syscall *call)
{
    struct object *a, *b;
    status_t st;

    if (call->arg[0] != 0)
        return ERR_INVALID_ARGS;
    st = call_policy(call, ZX_POL_NEW_CHANNEL);
    if (st == OK)
        st = channel_create(&a, &b);
    return st == OK ? call_give_pair(call, a, call->arg[1], b, call->arg[2]) : st;
}

/* Both forms of reading differ in how handles are reported only. */
struct channel_read_call {
    struct co co;
    struct syscall *call;   /* in */
    enum message_form form; /* in */
    struct message *message;
    uint32_t size, handles;
    status_t outcome;
    union {
        struct sizes_out sizes;
        struct message_out out;
    };
};
static co_fn channel_read_call;

static status_t take_message(struct channel_read_call *f)
{
    uint32_t options = (uint32_t)f->call->arg[1];
    struct object *channel;
    status_t st;

    if (options & ~ZX_CHANNEL_READ_MAY_DISCARD)
        return ERR_INVALID_ARGS;
    st = call_object(f->call, 0, ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_READ, &channel);
    if (st != OK)
        return st;
    f->size = (uint32_t)f->call->arg[4];
    f->handles = (uint32_t)f->call->arg[5];
    st = channel_read(channel, options ? CHANNEL_DISCARD : CHANNEL_KEEP, &f->size, &f->handles,
                      &f->message);
    object_put(channel);
    return st;
}

static CO_FN(channel_read_call)
{
    status_t st;

    f->outcome = take_message(f);
    if (f->outcome != OK && f->outcome != ERR_BUFFER_TOO_SMALL)
        CO_RETURN(f->outcome);

    CO_CALL(st, f->sizes, sizes_out, .thread = f->call->thread, .size = f->size,
            .handles = f->handles, .size_out = f->call->arg[6], .handles_out = f->call->arg[7]);
    if (st != OK || f->outcome != OK) {
        message_free(f->message);
        CO_RETURN(st != OK ? st : f->outcome);
    }
    CO_CALL(st, f->out, message_out, .call = f->call, .message = f->message, .form = f->form,
            .bytes = f->call->arg[2], .handles = f->call->arg[3]);
    CO_RETURN(st);
}
CO_END

struct zircon_channel_read {
    SYSCALL_FRAME;
    struct channel_read_call read;
};
SYSCALL_WAIT(zircon_channel_read);

CO_FN(zircon_channel_read)
{
    status_t st;

    CO_CALL(st, f->read, channel_read_call, .call = f->call, .form = MESSAGE_HANDLES);
    CO_RETURN(st);
}
CO_END

struct zircon_channel_read_etc {
    SYSCALL_FRAME;
    struct channel_read_call read;
};
SYSCALL_WAIT(zircon_channel_read_etc);

CO_FN(zircon_channel_read_etc)
{
    status_t st;

    CO_CALL(st, f->read, channel_read_call, .call = f->call, .form = MESSAGE_HANDLE_INFOS);
    CO_RETURN(st);
}
CO_END

/* The channel argument, or why there is none. */
static status_t open_channel(struct syscall *call, rights_t need, struct object **out)
{
    *out = NULL;
    return (uint32_t)call->arg[1] & ~ZX_CHANNEL_WRITE_USE_IOVEC
               ? ERR_INVALID_ARGS
               : call_object(call, 0, ZX_OBJ_TYPE_CHANNEL, need, out);
}

static bool gathers(const struct syscall *call)
{
    return (uint32_t)call->arg[1] & ZX_CHANNEL_WRITE_USE_IOVEC;
}

/* Both forms of writing differ in how handles are given only. */
struct channel_write_call {
    struct co co;
    struct syscall *call;   /* in */
    enum message_form form; /* in */
    struct object *channel; /* reference; NULL: refused */
    status_t outcome;
    struct message_in in;
};
static co_fn channel_write_call;

static CO_FN(channel_write_call)
{
    f->outcome = open_channel(f->call, ZX_RIGHT_WRITE, &f->channel);
    CO_CALL(f->outcome, f->in, message_in, .call = f->call, .before = f->outcome,
            .channel = f->channel, .bytes = f->call->arg[2], .handles = f->call->arg[4],
            .size = (uint32_t)f->call->arg[3], .handle_count = (uint32_t)f->call->arg[5],
            .form = f->form, .gather = gathers(f->call));
    if (f->outcome == OK) {
        f->outcome = channel_write(f->channel, f->in.message);
        if (f->outcome != OK)
            message_free(f->in.message);
    }
    object_put(f->channel);
    CO_RETURN(f->outcome);
}
CO_END

struct zircon_channel_write {
    SYSCALL_FRAME;
    struct channel_write_call write;
};
SYSCALL_WAIT(zircon_channel_write);

CO_FN(zircon_channel_write)
{
    status_t st;

    CO_CALL(st, f->write, channel_write_call, .call = f->call, .form = MESSAGE_HANDLES);
    CO_RETURN(st);
}
CO_END

struct zircon_channel_write_etc {
    SYSCALL_FRAME;
    struct channel_write_call write;
};
SYSCALL_WAIT(zircon_channel_write_etc);

CO_FN(zircon_channel_write_etc)
{
    status_t st;

    CO_CALL(st, f->write, channel_write_call, .call = f->call, .form = MESSAGE_HANDLE_INFOS);
    CO_RETURN(st);
}
CO_END
