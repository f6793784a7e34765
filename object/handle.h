/*
 * handle.h - handles: what a process calls an object by, with what it may do to it.
 */
#pragma once

#include "object/object.h"

typedef uint32_t handle_t; /* zx_handle_t */
#define HANDLE_INVALID 0u

/* A handle outside a table, as in a message: owns a reference and a handle count. */
struct handle {
    struct object *obj; /* NULL: none */
    rights_t rights;
};

/*
 * A process's handles. Values are unguessable (per-table random), never 0, have the low two
 * bits set as Zircon's do, and a slot's generation makes a stale value invalid. Free slots are
 * used oldest first, so a value comes back only after thousands of others.
 *
 * A handle that leaves the table, to be closed or for a message, ends the waits made through
 * it.
 */
struct handle_slot;
struct handle_table {
    struct spinlock lock;
    struct handle_slot *slots;                              /* guarded by lock */
    uint32_t capacity, count, free_head, free_tail, secret; /* guarded by lock */
};

void handle_table_init(struct handle_table *table);
/* Closes everything; the table is empty and usable afterwards. Idempotent. */
void handle_table_fini(struct handle_table *table);

/* A fresh handle struct for `obj` (own reference and count). */
struct handle handle_make(struct object *obj, rights_t rights);
/* Gives the reference and count back. */
void handle_drop(struct handle *h);

/* Install `h` (consumed on OK) / remove it and give it out. ERR_NO_MEMORY, ERR_NO_RESOURCES
 * (too many), ERR_BAD_HANDLE. */
status_t handle_insert(struct handle_table *table, struct handle *h, handle_t *out) MUST_USE;
status_t handle_remove(struct handle_table *table, handle_t value, struct handle *out) MUST_USE;
status_t handle_close(struct handle_table *table, handle_t value);

/*
 * For a forked process: the new, empty table `to` makes values as `from` does, and has `kept`
 * (consumed on OK; those without object are nothing) under values that `from` has given out.
 * All other values of `from` are bad in `to`, and stay so for as long as a closed one.
 * ERR_NO_MEMORY.
 */
struct handle_at {
    handle_t value;
    struct handle h;
};
status_t handle_table_fork(struct handle_table *from, struct handle_table *to,
                           struct handle_at kept[], unsigned count) MUST_USE;

/* On OK `*out` is a reference of the caller's, to be put. Order of refusals: BAD_HANDLE, then
 * WRONG_TYPE (type 0: any), then ACCESS_DENIED. `*rights` may be NULL. */
status_t handle_get(struct handle_table *table, handle_t value, uint32_t type, rights_t need,
                    struct object **out, rights_t *rights) MUST_USE;

/* One of a table's handles, for those who look at all of them. */
struct handle_entry {
    handle_t value;
    struct handle handle; /* obj: a reference; no handle count */
};
/* The first at or behind place `*cursor`, which starts at 0 and moves on. False: no more. */
bool handle_next(struct handle_table *table, uint32_t *cursor,
                 struct handle_entry *out) MUST_USE;

/* Arm `ob` (want set) on the object behind `value`, which needs WAIT. Lookup and arming are one
 * step under the table lock, so a close either finds the observer or precedes it. On OK ob->obj
 * is a reference of the caller's, to be put after the observer is disarmed. */
status_t handle_observe(struct handle_table *table, handle_t value, struct observer *ob,
                        struct task *task) MUST_USE;
