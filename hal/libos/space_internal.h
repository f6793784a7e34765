/* space_internal.h - struct space, shared by its CPU side and its host side. */
#pragma once

#include "hal/libos/space.h"

enum { SPACE_MAX = 4096, POOL_TARGET = 4, POOL_MAX = 8 };

/* `refs` of a space: one for each CPU there, and this for its hal_pt. */
enum { SPACE_OWNED = 1 << 16, SPACE_CPUS = SPACE_OWNED - 1 };

/*
 * FREE -> STARTING -> SPARE -> USED -> SPARE ...    the usual life
 *                              USED -> RETIRED -> FREE   more spares than wanted: its warden
 * exits any, killed from outside: -> FREE, but USED -> DEAD -> FREE with the last reference
 */
enum space_state {
    SPACE_FREE,
    SPACE_STARTING, /* cloned, no carrier yet */
    SPACE_SPARE,    /* in the pool */
    SPACE_USED,
    SPACE_RETIRED, /* to exit and be reaped */
    SPACE_DEAD,    /* buried, and still referred to */
};

struct space {
    enum space_state state; /* guarded by spaces_lock */
    int pid;                /* the template's to write */
    atomic_uint refs;       /* SPACE_OWNED, CPUs */
    /* Its process has ended. A CPU joins, then looks here; the template sets this, then looks
     * for CPUs: so nobody is handed to a carrier that is no more without being missed. */
    atomic_bool dead;
    struct hal_pt *pt;  /* guarded by spaces_lock; NULL: orphan or spare */
    struct space *next; /* pool or free list; guarded by spaces_lock */
    bool death_noted;   /* space_died is still to be called; guarded by spaces_lock */
    struct spinlock lock;
    struct carrier *parked;  /* guarded by lock */
    struct carrier *all;     /* guarded by lock */
    atomic_uint wanted;      /* requests to the warden, ever; it sleeps on this */
    atomic_bool warden_busy; /* it may hold a lock: its death then is the machine's */
};

extern struct spinlock spaces_lock;
extern struct space spaces[SPACE_MAX];
extern unsigned spaces_used;      /* highest ever; guarded by spaces_lock */
extern struct space *space_pool;  /* spares; guarded by spaces_lock */
extern unsigned space_pool_count; /* guarded by spaces_lock */
extern atomic_uint space_deaths;  /* death_noted somewhere */

extern atomic_uint space_failures; /* of the host to give another process, ever */

/* Into the pool, or to its end. */
void space_pool_put_locked(struct space *s);
/* Slot and carriers may be used again. */
void space_free_locked(struct space *s);
/* Make the warden look. */
void space_ring_warden(struct space *s);
