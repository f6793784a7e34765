/*
 * trace.h - one thread's line of strace output, and the tables by which a call is shown.
 */
#pragma once

#include "object/syscall.h"

/* A value and what it is called. In a set of flags `mask` is the bits that it speaks for. */
struct trace_name {
    const char *name;
    uint64_t value, mask;
    const char *text; /* NULL: none */
};

struct trace_names {
    const struct trace_name *entries;
    unsigned count;
};

struct trace;

/* Adds an argument to the line. Adding nothing leaves it out, its comma too. */
typedef void trace_show_fn(struct trace *t, uint64_t value);
/* Adds a successful result. */
typedef void trace_result_fn(struct trace *t, int64_t result);

struct trace_arg {
    trace_show_fn *show;
    const struct trace_names *names; /* show_names's */
    bool out; /* the call writes it: shown when the call is done, as an address if it failed */
};

struct trace_signature {
    trace_result_fn *result; /* NULL: no call has this number */
    const struct trace_arg *args;
    unsigned count;
};

/* By number, as linux_syscalls; made from syscalls.tbl. */
extern const struct trace_signature linux_signatures[];

/* What may be added before the result; the room behind it is the result's. */
enum { TRACE_ROOM = 2048, TRACE_RESERVE = 256 };

/* Of a thread, on the heap, from its first call on. Its own, but for `overtaken`, which is
 * guarded by the lock of strace.c. */
struct trace {
    struct syscall *call;
    const struct trace_signature *signature;
    const struct trace_names *names; /* of the argument being shown */
    unsigned index;                  /* of that argument */
    bool done;                       /* the call has returned; call->result is valid */
    bool begun;                      /* its first half is on the console */
    bool overtaken;                  /* that half was closed by "<unfinished ...>" */
    size_t size;                     /* of `text` */
    size_t column;                   /* of the console's line, where `text` will begin */
    size_t room;                     /* `text` may grow up to here */
    char text[TRACE_ROOM + TRACE_RESERVE];
};

void trace_add(struct trace *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Reads user memory. Adds the address, or NULL, and returns false if it cannot be read without
 * waiting. */
bool trace_read(struct trace *t, void *to, user_addr_t from, size_t size) MUST_USE;

void trace_add_address(struct trace *t, uint64_t addr);
/* Flags of the set, A|B; what has no name as a number. */
void trace_add_names(struct trace *t, const struct trace_names *names, uint64_t value);
/* The entry of exactly this value; NULL: it has no name. */
const struct trace_name *trace_find_name(const struct trace_names *names, uint64_t value);
void trace_add_signal(struct trace *t, int signo);

/* At most this many bytes of a buffer are shown. */
enum { TRACE_BYTES = 32 };
/* `size` bytes of user memory, quoted and escaped. */
void trace_add_bytes(struct trace *t, user_addr_t from, uint64_t size);
/* A string of user memory that ends with NUL; at most `most` bytes of it, `most` <= 1024. */
void trace_add_string(struct trace *t, user_addr_t from, size_t most);

struct siginfo;
void trace_add_siginfo(struct trace *t, const struct siginfo *info);
