/*
 * show.c - handles, times, and the structs of messages, packets and waits.
 */
#include "personality/zircon/strace/show.h"

#include "personality/zircon/strace/names.h"
#include "uapi/zircon/syscalls/channel.h"
#include "uapi/zircon/syscalls/port.h"

#define ELEMENTS_SHOWN 16u

void show_handle(struct trace *t, uint64_t value)
{
    if ((uint32_t)value)
        show_x32(t, value);
    else
        trace_add(t, "ZX_HANDLE_INVALID");
}

void show_time(struct trace *t, uint64_t value)
{
    if (value == (uint64_t)ZX_TIME_INFINITE)
        trace_add(t, "ZX_TIME_INFINITE");
    else if (value == (uint64_t)ZX_TIME_INFINITE_PAST)
        trace_add(t, "ZX_TIME_INFINITE_PAST");
    else
        show_i64(t, value);
}

void show_zx_status(struct trace *t, uint64_t value)
{
    const struct trace_name *name = trace_find_name(&names_zx_status, value);

    if (name)
        trace_add(t, "%s", name->name);
    else
        show_i32(t, value);
}

void show_at_time(struct trace *t, uint64_t value)
{
    uint64_t time;

    if (trace_read(t, &time, value, sizeof(time)))
        show_time(t, time);
}

/* The argument behind this one counts its elements, if it is not another thing to fill in. */
static bool is_array(const struct trace *t)
{
    unsigned next = t->index + 1;

    return next < t->signature->count && !t->signature->args[next].out;
}

typedef void show_element_fn(struct trace *t, const void *element);

/* [A, B]. `element` has room for one. */
static void show_array(struct trace *t, uint64_t at, void *element, size_t size,
                       show_element_fn *show)
{
    uint64_t count = (uint32_t)t->call->arg[t->index + 1];

    if (!count || !at) {
        trace_add_address(t, at);
        return;
    }
    trace_add(t, "[");
    for (uint64_t i = 0; i < MIN(count, (uint64_t)ELEMENTS_SHOWN); i++) {
        trace_add(t, "%s", i ? ", " : "");
        if (!trace_read(t, element, at + i * size, size))
            break;
        show(t, element);
    }
    trace_add(t, count > ELEMENTS_SHOWN ? ", ...]" : "]");
}

static void show_handle_element(struct trace *t, const void *element)
{
    show_handle(t, *(const uint32_t *)element);
}

/* How many came of an array that was filled in is told elsewhere. */
void show_at_handle(struct trace *t, uint64_t value)
{
    uint32_t handle;

    if (is_array(t) && t->signature->args[t->index].out) {
        trace_add_address(t, value);
    } else if (is_array(t)) {
        show_array(t, value, &handle, sizeof(handle), show_handle_element);
    } else if (trace_read(t, &handle, value, sizeof(handle))) {
        trace_add(t, "[");
        show_handle(t, handle);
        trace_add(t, "]");
    }
}

static void show_wait_item(struct trace *t, const void *element)
{
    const zx_wait_item_t *item = element;

    trace_add(t, "{handle=");
    show_handle(t, item->handle);
    trace_add(t, ", waitfor=");
    trace_add_names(t, &names_zx_signals, item->waitfor);
    if (t->done) {
        trace_add(t, ", pending=");
        trace_add_names(t, &names_zx_signals, item->pending);
    }
    trace_add(t, "}");
}

void show_at_zx_wait_item_t(struct trace *t, uint64_t value)
{
    zx_wait_item_t item;

    show_array(t, value, &item, sizeof(item), show_wait_item);
}

static void show_disposition(struct trace *t, const void *element)
{
    const zx_handle_disposition_t *d = element;

    trace_add(t, "{operation=");
    trace_add_names(t, &names_zx_handle_op, d->operation);
    trace_add(t, ", handle=");
    show_handle(t, d->handle);
    trace_add(t, ", type=");
    trace_add_names(t, &names_zx_obj_type, d->type);
    trace_add(t, ", rights=");
    trace_add_names(t, &names_zx_rights, d->rights);
    trace_add(t, "}");
}

void show_at_zx_handle_disposition_t(struct trace *t, uint64_t value)
{
    zx_handle_disposition_t d;

    show_array(t, value, &d, sizeof(d), show_disposition);
}

void show_at_zx_handle_info_t(struct trace *t, uint64_t value)
{
    trace_add_address(t, value);
}

static void show_packet_rest(struct trace *t, const zx_port_packet_t *p)
{
    if (p->type == ZX_PKT_TYPE_SIGNAL_ONE) {
        trace_add(t, ", trigger=");
        trace_add_names(t, &names_zx_signals, p->signal.trigger);
        trace_add(t, ", observed=");
        trace_add_names(t, &names_zx_signals, p->signal.observed);
    } else if (p->type == ZX_PKT_TYPE_PAGE_REQUEST) {
        trace_add(t, ", command=%u, offset=%#lx, length=%#lx", p->page_request.command,
                  (unsigned long)p->page_request.offset, (unsigned long)p->page_request.length);
    }
}

void show_at_zx_port_packet_t(struct trace *t, uint64_t value)
{
    zx_port_packet_t p;

    if (!trace_read(t, &p, value, sizeof(p)))
        return;
    trace_add(t, "{key=%#lx, type=", (unsigned long)p.key);
    trace_add_names(t, &names_zx_packet, p.type);
    trace_add(t, ", status=");
    show_zx_status(t, (uint64_t)p.status);
    show_packet_rest(t, &p);
    trace_add(t, "}");
}

void show_at_zx_channel_call_args_t(struct trace *t, uint64_t value)
{
    zx_channel_call_args_t a;

    if (!trace_read(t, &a, value, sizeof(a)))
        return;
    trace_add(t, "{wr_bytes=");
    trace_add_bytes(t, (user_addr_t)a.wr_bytes, a.wr_num_bytes);
    trace_add(t, ", wr_num_bytes=%u, wr_num_handles=%u, rd_num_bytes=%u, rd_num_handles=%u}",
              a.wr_num_bytes, a.wr_num_handles, a.rd_num_bytes, a.rd_num_handles);
}

/* The sizes lie where they do in the other. */
void show_at_zx_channel_call_etc_args_t(struct trace *t, uint64_t value)
{
    _Static_assert(sizeof(zx_channel_call_etc_args_t) == sizeof(zx_channel_call_args_t) &&
                       offsetof(zx_channel_call_etc_args_t, wr_num_bytes) ==
                           offsetof(zx_channel_call_args_t, wr_num_bytes),
                   "the two differ");

    show_at_zx_channel_call_args_t(t, value);
}

/* Of calls that do not return. */
void result_noreturn(struct trace *t, int64_t result UNUSED)
{
    trace_add(t, "?");
}

void result_time(struct trace *t, int64_t result)
{
    show_time(t, (uint64_t)result);
}

void result_i64(struct trace *t, int64_t result)
{
    show_i64(t, (uint64_t)result);
}

void result_u64(struct trace *t, int64_t result)
{
    show_u64(t, (uint64_t)result);
}
