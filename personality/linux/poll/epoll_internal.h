/*
 * epoll_internal.h - epoll sets: what is watched, and what is ready (epoll(7)).
 *
 * An item is in its set, in a hash by its file, and perhaps on its set's ready list; it has a
 * reference to the file. It goes with EPOLL_CTL_DEL, with the set, or when the last descriptor
 * of the file closes. Whoever takes it out of the hash ends it.
 *
 * Locks: epoll_lock guards the hash and each set's `items`; the set's object.lock guards its
 * ready list and its items' `queued` and `events`. A watched file's signals change under its
 * own object.lock, and the item's observer then takes that of the set: as sets watch sets only
 * downwards, without circles and at most EPOLL_NESTING_MAX levels in all (ELOOP), the order is
 * epoll_lock -> watched object.lock -> watching set's object.lock -> the next set's ...
 */
#pragma once

#include "personality/linux/poll/epoll.h"
#include "personality/linux/poll/poll.h"

enum { EPOLL_NESTING_MAX = 5 }; /* levels; the stack that a signal takes grows with them */

struct epoll {
    struct object object; /* FILE_IN: something may be ready */
    struct list items;    /* of epoll_item.set_link */
    struct list ready;    /* of epoll_item.ready_link, oldest first */
    unsigned ready_count; /* how long it is */
    struct file *file;    /* what it is open as; borrowed: the file owns the set */
    unsigned watchers;    /* items of other sets; guarded by epoll_lock */
    /* Of the last search for levels that came by, and what it found; guarded by epoll_lock. */
    uint64_t round;
    unsigned levels;
};

struct epoll_item {
    atomic_uint refs;  /* the hash's and those of running waits */
    struct epoll *set; /* borrowed: items go before it */
    struct file *file; /* reference */
    int fd;
    struct list hash_link, set_link, ready_link;
    bool queued;
    uint32_t events; /* POLL* and EPOLL* flags; no POLL*: disarmed by EPOLLONESHOT */
    uint64_t data;   /* the program's */
    struct observer observer;
};

/* NULL: it is no epoll set's. */
struct epoll *epoll_of_file(struct file *file);

/* epoll.c: the hash of items by file. */
extern struct spinlock epoll_lock;
struct list *epoll_bucket_of(const struct file *file);

/* epoll_nesting.c, with epoll_lock held. May `set` watch `file`? ERR_LOOP: not if that is a set
 * that watches it, or in too many levels. */
status_t epoll_check_nesting_locked(struct epoll *set, struct file *file) MUST_USE;
/* Of a file that is watched now: events do not have too many ways to go from it. */
bool epoll_paths_fit_locked(struct file *file);

/* Control. ERR_ALREADY_EXISTS, ERR_NOT_FOUND, ERR_NO_MEMORY, ERR_LOOP; ERR_INVALID_ARGS: an
 * event of the file would wake by too many ways. */
status_t epoll_add(struct epoll *set, struct file *file, int fd, uint32_t events,
                   uint64_t data) MUST_USE;
status_t epoll_modify(struct epoll *set, struct file *file, int fd, uint32_t events,
                      uint64_t data) MUST_USE;
status_t epoll_remove(struct epoll *set, struct file *file, int fd) MUST_USE;
/* All of a set. */
void epoll_clear(struct epoll *set);

void epoll_item_put(struct epoll_item *item);

/* How many items are queued now. */
unsigned epoll_ready_count(struct epoll *set);

/*
 * Take the next of at most `*budget` queued items that is really ready: its events and data.
 * ERR_NOT_FOUND: none is left. `epoll_unget` puts it back at the front.
 */
status_t epoll_take(struct epoll *set, unsigned *budget, struct epoll_item **item,
                    uint32_t *events) MUST_USE;
/* It was reported: edge-triggered and one-shot items wait for news, others stay queued. */
void epoll_reported(struct epoll *set, struct epoll_item *item);
void epoll_unget(struct epoll *set, struct epoll_item *item);
/* After a wait took what it could: the set's signal goes if nothing is queued. What becomes
 * ready after that raises it again. */
void epoll_settle(struct epoll *set);
