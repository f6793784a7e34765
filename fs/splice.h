/*
 * splice.h - bytes between a pipe's pages and another file without a buffer in between: what
 * splice(2), tee(2) and vmsplice(2) are made of.
 *
 * Whoever moves bytes has the pipe's one place for a reader or a writer meanwhile, across the
 * other file's waits too; others that want it wait as they do for a plain read or write.
 */
#pragma once

#include "fs/pipe.h"

/* `from` is a pipe's read end: what is in the pipe goes to `to`, any file. Waits for the first
 * byte, and gives no error once something moved. */
struct splice_out {
    struct co co;
    struct file *from, *to; /* in: the caller's references */
    uint64_t at;            /* in: of `to`, as for file_transfer; advanced */
    uint64_t left;          /* in */
    bool nonblock;          /* in: do not wait for the pipe, nor for a stream `to` */
    bool keep;              /* in: tee, the bytes stay in the pipe, too */
    uint64_t done;          /* out */
    uint32_t ready, moved;
    struct iobuf io;
    union {
        struct observer_wait {
            struct observer observer;
            struct object_wait wait;
        } empty;
        struct file_transfer transfer;
    };
};
co_fn splice_out;

/* `to` is a pipe's write end: it is filled from `from`, any file, as far as it has room. */
struct splice_in {
    struct co co;
    struct file *from, *to;
    uint64_t at; /* of `from` */
    uint64_t left;
    bool nonblock;
    uint64_t done;
    uint32_t room, moved;
    struct iobuf io;
    union {
        struct observer_wait full;
        struct file_transfer transfer;
    };
};
co_fn splice_in;
