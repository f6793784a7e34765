/*
 * call.h - what the implementations of the calls share: the caller's process, giving a handle
 * to the program, and user copies that may wait.
 */
#pragma once

#include "object/thread.h"
#include "personality/zircon/calls.h"

static inline struct process *call_process(const struct syscall *call)
{
    return call->thread->process;
}

static inline struct handle_table *call_handles(const struct syscall *call)
{
    return &call->thread->process->handles;
}

static inline struct user_access *call_user(struct syscall *call)
{
    return &call->thread->user;
}

/* A handle argument's object: of that type (0: any), with those rights; the caller puts it. */
static inline status_t call_object(const struct syscall *call, unsigned arg, uint32_t type,
                                   rights_t need, struct object **out)
{
    return handle_get(call_handles(call), (handle_t)call->arg[arg], type, need, out, NULL);
}

/*
 * A new handle of the program's for `obj`, whose value goes to `out` in its memory. If it
 * cannot be told it does not get it. The reference to `obj` stays the caller's.
 */
status_t call_give(struct syscall *call, struct object *obj, rights_t rights,
                   user_addr_t out) MUST_USE;

/* The same for two objects, both or none; the references are consumed. */
status_t call_give_two(struct syscall *call, struct object *a, rights_t rights_a,
                       user_addr_t out_a, struct object *b, rights_t rights_b,
                       user_addr_t out_b) MUST_USE;

/* The same for both ends of a pair, with their default rights. */
static inline status_t call_give_pair(struct syscall *call, struct object *a, user_addr_t out_a,
                                      struct object *b, user_addr_t out_b)
{
    return call_give_two(call, a, a->ops->rights, out_a, b, b->ops->rights, out_b);
}

/* A name of `size` bytes, cut at what fits and ended with NUL. */
status_t call_copy_name(struct syscall *call, user_addr_t from, size_t size,
                        char name[ZX_MAX_NAME_LEN]) MUST_USE;

/*
 * Copy between kernel and user memory, bringing pages in as needed: for calls that cannot be
 * made again from the start, and for more than a page. OK, ERR_FAULT, ERR_NO_MEMORY,
 * ERR_CANCELED (killed).
 */
enum transfer_direction { FROM_USER, TO_USER };
struct transfer {
    struct co co;
    struct thread *thread; /* in */
    enum transfer_direction direction;
    void *kernel;
    user_addr_t user;
    size_t size;
};
co_fn transfer;
