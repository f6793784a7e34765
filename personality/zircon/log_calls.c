/*
 * log_calls.c - the debug log and the console.
 */
#include "object/console_input.h"
#include "object/debuglog.h"
#include "personality/zircon/resource_calls.h"

#define FLAG_LOCAL 0x10u /* accepted and without effect, as on Zircon */

/* None, as older programs have none, or the root. */
static status_t check_resource(struct syscall *call, unsigned arg)
{
    return call->arg[arg] == HANDLE_INVALID ? OK : call_resource(call, arg, ZX_RSRC_KIND_ROOT);
}

status_t zircon_debuglog_create(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[1];
    bool readable = options & ZX_LOG_FLAG_READABLE;
    struct object *log;
    status_t st = check_resource(call, 0);

    if (st != OK)
        return st;
    if (options & ~ZX_LOG_FLAG_READABLE)
        return ERR_INVALID_ARGS;
    st = debuglog_create(readable ? DEBUGLOG_READABLE : DEBUGLOG_WRITE_ONLY, &log);
    if (st != OK)
        return st;
    st = call_give(call, log, log->ops->rights | (readable ? ZX_RIGHT_READ : 0u), call->arg[2]);
    object_put(log);
    return st;
}

status_t zircon_debuglog_write(struct syscall *call)
{
    size_t size = MIN(call->arg[3], ZX_LOG_RECORD_DATA);
    char text[ZX_LOG_RECORD_DATA];
    struct object *log;
    status_t st;

    if (call->arg[1] & ~(uint64_t)FLAG_LOCAL)
        return ERR_INVALID_ARGS;
    st = call_object(call, 0, ZX_OBJ_TYPE_LOG, ZX_RIGHT_WRITE, &log);
    if (st != OK)
        return st;
    st = copy_from_user(call_user(call), text, call->arg[2], size);
    if (st == OK)
        debuglog_write(call_process(call)->object.koid, call->thread->object.koid, text, size);
    object_put(log);
    return st;
}

struct zircon_debuglog_read {
    SYSCALL_FRAME;
    zx_log_record_t record;
    struct transfer transfer;
};
SYSCALL_WAIT(zircon_debuglog_read);

static status_t read_record(struct syscall *call, zx_log_record_t *record)
{
    struct object *log;
    status_t st;

    if (call->arg[1] != 0)
        return ERR_INVALID_ARGS;
    st = call_object(call, 0, ZX_OBJ_TYPE_LOG, ZX_RIGHT_READ, &log);
    if (st != OK)
        return st;
    st = debuglog_read(log, record);
    object_put(log);
    return st;
}

/* The result is how many bytes were written; what the buffer has no room for is lost. */
CO_FN(zircon_debuglog_read)
{
    status_t st;

    st = read_record(f->call, &f->record);
    if (st != OK)
        CO_RETURN(st);
    f->call->result =
        (int64_t)MIN(offsetof(zx_log_record_t, data) + f->record.datalen, f->call->arg[3]);
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->record, .user = f->call->arg[2], .size = (size_t)f->call->result);
    CO_RETURN(st);
}
CO_END

status_t zircon_debug_write(struct syscall *call)
{
    char text[256];
    size_t size = MIN(call->arg[1], sizeof(text));
    status_t st;

    st = copy_from_user(call_user(call), text, call->arg[0], size);
    if (st == OK)
        debuglog_console_write(text, size);
    return st;
}

struct zircon_debug_read {
    SYSCALL_FRAME;
    uint64_t done, size;
    status_t outcome;
    union {
        struct console_read read;
        struct transfer transfer;
    };
    char bytes[CONSOLE_READ_MAX];
};
SYSCALL_WAIT(zircon_debug_read);

/* Lines end as in files. */
static void take_bytes(struct zircon_debug_read *f)
{
    f->size = f->read.actual;
    for (size_t i = 0; i < f->size; i++)
        f->bytes[i] = f->read.bytes[i] == '\r' ? '\n' : f->read.bytes[i];
}

/*
 * Until the buffer is full. What has been read cannot be read again: a call that is interrupted
 * after the first bytes, or whose input ends, has read those.
 */
CO_FN(zircon_debug_read)
{
    status_t st;

    f->outcome = call_resource(f->call, 0, ZX_RSRC_KIND_ROOT);
    f->done = 0;
    while (f->outcome == OK && f->done < f->call->arg[2]) {
        CO_CALL(f->outcome, f->read, console_read, .size = f->call->arg[2] - f->done);
        if (f->outcome != OK)
            break;
        take_bytes(f);
        CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
                .kernel = f->bytes, .user = f->call->arg[1] + f->done, .size = f->size);
        if (st != OK)
            CO_RETURN(st);
        f->done += f->size;
    }
    if (f->outcome != OK && f->done == 0)
        CO_RETURN(f->outcome);
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->done, .user = f->call->arg[3], .size = sizeof(f->done));
    CO_RETURN(st);
}
CO_END
