/*
 * show_scalar.c - numbers, addresses and names; results.
 */
#include "personality/strace/show.h"

void show_i8(struct trace *t, uint64_t value)
{
    show_i32(t, (uint64_t)(int8_t)value);
}

void show_i16(struct trace *t, uint64_t value)
{
    show_i32(t, (uint64_t)(int16_t)value);
}

void show_i32(struct trace *t, uint64_t value)
{
    trace_add(t, "%d", (int)value);
}

void show_i64(struct trace *t, uint64_t value)
{
    trace_add(t, "%ld", (long)value);
}

void show_u32(struct trace *t, uint64_t value)
{
    trace_add(t, "%u", (unsigned)value);
}

void show_u16(struct trace *t, uint64_t value)
{
    show_u32(t, (uint16_t)value);
}

void show_u8(struct trace *t, uint64_t value)
{
    show_u32(t, (uint8_t)value);
}

void show_u64(struct trace *t, uint64_t value)
{
    trace_add(t, "%lu", (unsigned long)value);
}

void show_size(struct trace *t, uint64_t value)
{
    show_u64(t, value);
}

void show_x32(struct trace *t, uint64_t value)
{
    trace_add(t, "%#x", (unsigned)value);
}

void show_x64(struct trace *t, uint64_t value)
{
    trace_add(t, "%#lx", (unsigned long)value);
}

void show_addr(struct trace *t, uint64_t value)
{
    trace_add_address(t, value);
}

void show_names(struct trace *t, uint64_t value)
{
    trace_add_names(t, t->names, t->names->wide ? value : (uint32_t)value);
}

void show_at_void(struct trace *t, uint64_t value)
{
    trace_add_address(t, value);
}

/* As many bytes as the next argument says, or, of what was filled in, as the result says. */
void show_at_bytes(struct trace *t, uint64_t value)
{
    bool out = t->signature->args[t->index].out;

    trace_add_bytes(t, value, out ? (uint64_t)t->call->result : t->call->arg[t->index + 1]);
}

void show_at_char(struct trace *t, uint64_t value)
{
    show_at_bytes(t, value);
}

/* [VALUE] */
static void show_pointed_at(struct trace *t, uint64_t addr, size_t size, trace_show_fn *show)
{
    uint64_t value = 0;

    if (!trace_read(t, &value, addr, size))
        return;
    trace_add(t, "[");
    show(t, value);
    trace_add(t, "]");
}

void show_at_u8(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 1, show_u32);
}

void show_at_x32(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 4, show_x32);
}

void show_at_i32(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 4, show_i32);
}

void show_at_u32(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 4, show_u32);
}

void show_at_u64(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 8, show_u64);
}

void show_at_i64(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 8, show_i64);
}

void show_at_size(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 8, show_size);
}

void show_at_addr(struct trace *t, uint64_t value)
{
    show_pointed_at(t, value, 8, show_addr);
}

void result_status(struct trace *t, int64_t result)
{
    trace_add(t, "%ld", (long)result);
}

void result_addr(struct trace *t, int64_t result)
{
    trace_add(t, "%#lx", (unsigned long)result);
}
