/*
 * poll.h - waiting for any of several files to be ready: what poll, select and their kin share.
 */
#pragma once

#include "co/timer.h"
#include "fs/file.h"
#include "object/syscall.h"

struct poll_entry {
    struct file *file; /* reference; NULL: bad descriptor, or none is meant */
    uint32_t events;   /* POLL* asked for; POLLERR and POLLHUP always count */
    uint32_t ready;    /* out: those asked for that hold; POLLNVAL for a bad descriptor */
    int32_t fd;        /* poll's: what the program wrote, to be written back */
    uint16_t asked;
    bool armed;
    struct observer observer;
};

/* In chunks, for the kernel's memory in one piece is too small for a million of descriptors. */
enum { POLL_CHUNK = 32 };
struct poll_set {
    struct poll_entry **chunks; /* heap: of POLL_CHUNK entries each, the last of the rest */
    unsigned count;
    unsigned ready; /* entries with something ready */
};

/* Room for `count` entries, empty. */
status_t poll_set_create(unsigned count, struct poll_set *out) MUST_USE;
void poll_set_free(struct poll_set *set);

static inline struct poll_entry *poll_set_entry(const struct poll_set *set, unsigned i)
{
    return &set->chunks[i / POLL_CHUNK][i % POLL_CHUNK];
}

/* Descriptor `fd` as the next entry; one that is not open is ready with POLLNVAL. */
void poll_set_add(struct syscall *call, struct poll_entry *entry, int fd, uint32_t events);

/* POLL* that hold for the file, those that mean the same included. */
uint32_t poll_file(struct file *file);

/*
 * Wait until something in the set is ready or the deadline passes; fills in what is ready
 * either way. OK also when nothing is; ERR_INTERRUPTED, ERR_CANCELED only then.
 */
struct poll_wait {
    struct co co;
    struct poll_set *set; /* in */
    time_ns_t deadline;   /* in */
    struct timer timer;
};
co_fn poll_wait;
