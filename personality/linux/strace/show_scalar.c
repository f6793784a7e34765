/*
 * show_scalar.c - numbers, descriptors, modes, names, strings and buffers; results.
 */
#include "personality/linux/strace/names.h"
#include "personality/linux/strace/show.h"
#include "uapi/linux/fcntl.h"
#include "vm/iobuf.h"

#define PATH_SHOWN     1024u
#define ELEMENTS_SHOWN 32u

void show_fd(struct trace *t, uint64_t value)
{
    if ((int)value == AT_FDCWD)
        trace_add(t, "AT_FDCWD");
    else
        show_i32(t, value);
}

void show_mode(struct trace *t, uint64_t value)
{
    trace_add(t, "%#03o", (unsigned)value);
}

void show_file_mode(struct trace *t, uint64_t value)
{
    if (value & ~(uint64_t)0777) {
        trace_add_names(t, &names_file_type, value & ~(uint64_t)0777);
        trace_add(t, "|");
    }
    show_mode(t, value & 0777);
}

/* open's mode counts only where it may create a file. */
void show_create_mode(struct trace *t, uint64_t value)
{
    if (t->call->arg[t->index - 1] & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))
        show_mode(t, value);
}

void show_sig(struct trace *t, uint64_t value)
{
    trace_add_signal(t, (int)value);
}

void show_str(struct trace *t, uint64_t value)
{
    trace_add_string(t, value, PATH_SHOWN);
}

void show_at_str(struct trace *t, uint64_t value)
{
    show_str(t, value);
}

/* The next argument counts them. What was read into is full up to the result. */
void show_at_iovec(struct trace *t, uint64_t value)
{
    uint64_t count = t->call->arg[t->index + 1];
    uint64_t left = t->signature->args[t->index].out ? (uint64_t)t->call->result : UINT64_MAX;
    struct iovec_user iov;

    trace_add(t, "[");
    for (uint64_t i = 0; i < MIN(count, (uint64_t)ELEMENTS_SHOWN); i++) {
        trace_add(t, "%s", i ? ", " : "");
        if (!trace_read(t, &iov, value + i * sizeof(iov), sizeof(iov)))
            break;
        trace_add(t, "{iov_base=");
        trace_add_bytes(t, iov.base, MIN(left, iov.size));
        trace_add(t, ", iov_len=%lu}", (unsigned long)iov.size);
        left -= MIN(left, iov.size);
    }
    trace_add(t, count > ELEMENTS_SHOWN ? ", ...]" : "]");
}

void show_at_fds(struct trace *t, uint64_t value)
{
    int32_t fds[2];

    if (trace_read(t, fds, value, sizeof(fds)))
        trace_add(t, "[%d, %d]", fds[0], fds[1]);
}

void result_mode(struct trace *t, int64_t result)
{
    show_mode(t, (uint64_t)result);
}

/* Of calls that do not return. */
void result_none(struct trace *t, int64_t result UNUSED)
{
    trace_add(t, "?");
}
