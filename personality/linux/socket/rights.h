/*
 * rights.h - files that travel with a message (SCM_RIGHTS, unix(7)).
 */
#pragma once

#include "fs/file.h"

struct socket_rights {
    struct list link; /* of those to be dropped */
    unsigned count;
    struct file *files[]; /* references */
};

/* Room for `count` files; holds none. NULL: no memory. */
struct socket_rights *rights_new(unsigned count);
/*
 * Let go of the files and free; NULL is fine. No lock held. A file that goes may be a socket
 * with messages that hold files: those are dropped one after the other, by whoever began, and
 * not one within the other. So it may be over only when another CPU is done.
 */
void rights_drop(struct socket_rights *rights);
