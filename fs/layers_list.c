/*
 * layers_list.c - listing a directory: the upper layer's names, then what shows of the lower
 * layer's.
 */
#include "fs/layers_internal.h"

#define CURSOR_LOWER (1ull << 61)

struct listing {
    struct layer_inode *dir;
    bool (*emit)(void *arg, struct name name, uint64_t ino, enum inode_type type,
                 uint64_t next);
    void *arg;
    bool full; /* emit took no more */
};

static bool emit_upper(void *arg, struct name name, uint64_t ino, enum inode_type type,
                       uint64_t next)
{
    struct listing *l = arg;

    l->full = !l->emit(l->arg, name, ino | LAYER_UPPER_INO, type, next);
    return !l->full;
}

/* A store that cannot tell shows too much rather than too little. */
static bool is_hidden(struct layer_inode *dir, struct name name)
{
    struct inode *upper, *gone = NULL;
    bool hidden = layer_find(layer_upper(dir), name, &upper) == OK && upper;

    if (!hidden)
        hidden = layer_find(layer_gone(dir), name, &gone) == OK && gone && !layer_is_dir(gone);
    inode_put(upper);
    inode_put(gone);
    return hidden;
}

static bool emit_lower(void *arg, struct name name, uint64_t ino, enum inode_type type,
                       uint64_t next)
{
    struct listing *l = arg;

    return is_hidden(l->dir, name) || l->emit(l->arg, name, ino, type, next | CURSOR_LOWER);
}

status_t layers_readdir(struct inode *dir, uint64_t *at,
                        bool (*emit)(void *arg, struct name name, uint64_t ino,
                                     enum inode_type type, uint64_t next),
                        void *arg)
{
    struct layer_inode *li = layer_inode_of(dir);
    struct inode *upper = layer_upper(li);
    struct listing listing = {.dir = li, .emit = emit, .arg = arg};
    uint64_t lower_at = *at & CURSOR_LOWER ? *at & ~CURSOR_LOWER : 0;
    status_t st;

    if (upper && !(*at & CURSOR_LOWER)) {
        st = upper->ops->readdir(upper, at, emit_upper, &listing);
        if (st != OK || listing.full)
            return st;
    }
    *at = CURSOR_LOWER | lower_at;
    if (!li->lower)
        return OK;
    st = li->lower->ops->readdir(li->lower, &lower_at, emit_lower, &listing);
    *at = lower_at | CURSOR_LOWER;
    return st;
}

static bool note_one(void *arg, struct name name, uint64_t ino, enum inode_type type,
                     uint64_t next)
{
    (void)name, (void)ino, (void)type, (void)next;
    *(bool *)arg = true;
    return false;
}

status_t layer_check_empty(struct inode *dir)
{
    uint64_t at = 0;
    bool any = false;
    status_t st = layers_readdir(dir, &at, note_one, &any);

    return st == OK && any ? ERR_NOT_EMPTY : st;
}
