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
    bool wide; /* values have 64 bits; else 32 */
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

/* What is a personality's own. */
struct trace_style {
    const struct trace_signature *signatures; /* by number; made from syscalls.tbl */
    /* Who speaks, where there is a choice: a word before the number that `id` gives; what it is
     * called when it begins to. */
    const char *word, *kind;
    uint64_t (*id)(const struct thread *thread);
    /* Adds what is shown for the result of a call that did not end well. */
    void (*failed)(struct trace *t, status_t st);
};

/* What may be added before the result; the room behind it is the result's. */
enum { TRACE_ROOM = 2048, TRACE_RESERVE = 256 };

/* Of a thread, on the heap, from its first call on. Its own, but for `next`, `overtaken` and
 * `ended`, which are guarded by the lock of strace.c. */
struct trace {
    struct trace *next; /* in its bucket */
    const struct thread *thread;
    const struct trace_style *style; /* of the last call */
    struct syscall *call;
    const struct trace_signature *signature;
    const struct trace_names *names; /* of the argument being shown */
    unsigned index;                  /* of that argument */
    bool done;                       /* the call has returned; call->result is valid */
    bool begun;                      /* its first half is on the console */
    bool overtaken;                  /* that half was closed by "<unfinished ...>" */
    bool ended;                      /* the thread makes no more calls */
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

/* At most this many bytes of a buffer are shown. */
enum { TRACE_BYTES = 32 };
/* `size` bytes of user memory, quoted and escaped. */
void trace_add_bytes(struct trace *t, user_addr_t from, uint64_t size);
/* A string of user memory that ends with NUL; at most `most` bytes of it, `most` <= 1024. */
void trace_add_string(struct trace *t, user_addr_t from, size_t most);
