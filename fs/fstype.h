/*
 * fstype.h - the kinds of file systems that mount(2) knows, by name.
 */
#pragma once

#include "base/list.h"
#include "fs/inode.h"

/* Static; stays registered. */
struct fs_type {
    const char *name;
    /* A file system to be mounted: the caller becomes a holder. `options`: "a,b=c", perhaps
     * empty; an unknown one is ERR_INVALID_ARGS. */
    status_t (*create)(const char *options, struct filesystem **out);
    struct list link; /* of all; guarded by fstype.c's lock */
};

/* ERR_ALREADY_EXISTS: the name is taken. */
status_t fs_type_register(struct fs_type *type) MUST_USE;
/* NULL: there is none of that name. */
const struct fs_type *fs_type_find(const char *name);
/* The first registered (NULL) / the one after; NULL: no more. */
const struct fs_type *fs_type_next(const struct fs_type *type);

/* Forget all (a machine boots). */
void fs_type_init(void);

/*
 * Options one by one: cuts the next one off `*rest`, which lies in a copy of the caller's, and
 * its value after '=' (NULL: none). False: no more. Empty ones are passed over.
 */
bool fs_option_next(char **rest, char **name, char **value);
