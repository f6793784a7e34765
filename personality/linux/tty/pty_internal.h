/*
 * pty_internal.h - what the files of pseudo terminals share.
 */
#pragma once

#include "personality/linux/tty/pty.h"
#include "personality/linux/tty/tty_internal.h"

/*
 * The part of a pseudo terminal's tty that is its master's; goes with it. The master's file
 * holds a reference to the tty.
 *
 * Locks: pty.lock makes looking at the tty and saying what was seen one step, so it is taken
 * before the locks of either object. The table's lock is a leaf.
 */
struct pty {
    struct object object; /* its signals are the master's FILE_* */
    struct tty *tty;      /* that it is a part of */
    struct spinlock lock;
    bool writing; /* a write to the master is between its look and its end; guarded by lock */
    bool locked;  /* TIOCSPTLCK: the terminal cannot be opened; guarded by the tty's lock */

    /* Guarded by the table's lock. */
    struct list link; /* of all, by index */
    uint32_t index;   /* never changes; nobody else's as long as the tty lives */
    bool gone;        /* the master is closed: there is no name any more */
    uint32_t uid, gid, mode;
    int64_t born; /* realtime ns */
};

static inline struct pty *pty_of(struct tty *tty)
{
    return tty->data;
}

/* Master and terminal, with default modes, in the table; the caller's reference is the
 * master's. ERR_NO_SPACE: there are PTY_MAX. */
status_t pty_create(struct tty **out) MUST_USE;
/* The master is closed: consumes its reference. */
void pty_close_master(struct tty *tty);
/* TIOCSPTLCK's. */
bool pty_is_locked(struct tty *tty);
/* The master's readiness, after anything that it depends on changed. No lock held. */
void pty_update(struct tty *tty);

/* devpts.c: the table. */
void pty_table_init(void);
status_t pty_table_add(struct pty *pty) MUST_USE;
void pty_table_remove(struct pty *pty); /* idempotent */
void pty_table_hide(struct pty *pty);
/* A reference to the terminal of that number; NULL: there is none. */
struct tty *pty_table_find(uint32_t index);
