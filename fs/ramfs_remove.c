/*
 * ramfs_remove.c - names in memory: removed, moved, exchanged.
 *
 * All is prepared before names_lock is taken, checked under it, and then done, which cannot
 * fail.
 */
#include "fs/ramfs_internal.h"

static bool is_dir(const struct inode *inode)
{
    return inode->attr.type == INODE_DIR;
}

/* An inode loses a name; a directory with it all that keeps it. */
static void lose_name_locked(struct ram_inode *dir, struct inode *inode)
{
    if (is_dir(inode)) {
        ram_inode_of(inode)->removed = true;
        ram_count_name(inode, -(int)inode->attr.nlink);
        ram_count_subdir(&dir->inode, -1);
    } else {
        ram_count_name(inode, -1);
    }
}

static status_t remove_locked(struct ram_slot *slot, struct inode *victim)
{
    if (!ram_slot_means(slot, victim))
        return ERR_NOT_FOUND;
    if (is_dir(victim) && ram_inode_of(victim)->entries.count)
        return ERR_NOT_EMPTY;
    ram_slot_set(slot, NULL);
    lose_name_locked(slot->dir, victim);
    return OK;
}

static void unpin_if_unlinked(struct inode *inode)
{
    if (inode && inode->attr.nlink == 0)
        overlay_unpin(inode);
}

status_t ramfs_unlink(struct inode *dir, struct name name, struct inode *victim)
{
    struct ram_slot slot;
    status_t st = ram_slot_begin(&slot, dir, name);

    if (st != OK)
        return st;
    overlay_own(victim);
    {
        SPIN_GUARD(&ramfs_of(dir)->names_lock);
        st = remove_locked(&slot, victim);
    }
    ram_slot_end(&slot);
    if (st == OK)
        unpin_if_unlinked(victim);
    return st;
}

/* Lower names stay hidden once they are, so this check need not be under the lock. */
status_t ramfs_rmdir(struct inode *dir, struct name name, struct inode *victim)
{
    status_t st = overlay_check_hidden(ram_inode_of(victim));

    return st == OK ? ramfs_unlink(dir, name, victim) : st;
}

static status_t check_rename_locked(const struct ram_slot *from, struct inode *moved,
                                    const struct ram_slot *to, struct inode *replaced)
{
    if (!ram_slot_means(from, moved) || to->dir->removed)
        return ERR_NOT_FOUND;
    if (!ram_slot_means(to, replaced))
        return replaced ? ERR_NOT_FOUND : ERR_ALREADY_EXISTS;
    if (replaced && is_dir(replaced) && ram_inode_of(replaced)->entries.count)
        return ERR_NOT_EMPTY;
    return OK;
}

static void move_link_locked(struct inode *moved, struct ram_slot *from, struct ram_slot *to)
{
    if (is_dir(moved) && from->dir != to->dir) {
        ram_count_subdir(&from->dir->inode, -1);
        ram_count_subdir(&to->dir->inode, 1);
    }
    inode_touch(moved, ATTR_CTIME);
}

/* `left`: what the old name means then, or NULL. */
static status_t rename_locked(struct ram_slot *from, struct inode *moved, struct ram_slot *to,
                              struct inode *replaced, struct inode *left)
{
    status_t st = check_rename_locked(from, moved, to, replaced);

    if (st != OK)
        return st;
    ram_slot_set(to, moved);
    ram_slot_set(from, left);
    if (left)
        ram_count_name(left, 1);
    if (replaced)
        lose_name_locked(to->dir, replaced);
    move_link_locked(moved, from, to);
    return OK;
}

static status_t slots_begin(struct ram_slot *a, struct inode *a_dir, struct name a_name,
                            struct ram_slot *b, struct inode *b_dir, struct name b_name)
{
    status_t st = ram_slot_begin(a, a_dir, a_name);

    if (st != OK)
        return st;
    st = ram_slot_begin(b, b_dir, b_name);
    if (st != OK)
        ram_slot_end(a);
    return st;
}

static status_t rename_and_leave(struct inode *from_dir, struct name from_name,
                                 struct inode *moved, struct inode *to_dir, struct name to_name,
                                 struct inode *replaced, struct inode *left)
{
    struct ram_slot from, to;
    status_t st =
        replaced && is_dir(replaced) ? overlay_check_hidden(ram_inode_of(replaced)) : OK;

    if (st == OK)
        st = slots_begin(&from, from_dir, from_name, &to, to_dir, to_name);
    if (st != OK)
        return st;
    overlay_own(moved);
    if (replaced)
        overlay_own(replaced);
    {
        SPIN_GUARD(&ramfs_of(from_dir)->names_lock);
        st = rename_locked(&from, moved, &to, replaced, left);
    }
    ram_slot_end(&from);
    ram_slot_end(&to);
    if (st == OK)
        unpin_if_unlinked(replaced);
    return st;
}

status_t ramfs_rename(struct inode *from_dir, struct name from_name, struct inode *moved,
                      struct inode *to_dir, struct name to_name, struct inode *replaced)
{
    return rename_and_leave(from_dir, from_name, moved, to_dir, to_name, replaced, NULL);
}

/* An overlay keeps its own account of what is hidden. */
status_t ramfs_rename_whiteout(struct inode *from_dir, struct name from_name,
                               struct inode *moved, struct inode *to_dir, struct name to_name,
                               struct inode *replaced, const struct inode_attr *whiteout)
{
    struct inode *left;
    status_t st;

    if (ramfs_of(from_dir)->lower)
        return ERR_INVALID_ARGS;
    st = ramfs_tmpfile(from_dir, whiteout, &left);
    if (st != OK)
        return st;
    st = rename_and_leave(from_dir, from_name, moved, to_dir, to_name, replaced, left);
    inode_put(left);
    return st;
}

static status_t exchange_locked(struct ram_slot *a, struct inode *a_inode, struct ram_slot *b,
                                struct inode *b_inode)
{
    if (!ram_slot_means(a, a_inode) || !ram_slot_means(b, b_inode))
        return ERR_NOT_FOUND;
    ram_slot_set(a, b_inode);
    ram_slot_set(b, a_inode);
    move_link_locked(a_inode, a, b);
    move_link_locked(b_inode, b, a);
    return OK;
}

status_t ramfs_exchange(struct inode *a_dir, struct name a_name, struct inode *a_inode,
                        struct inode *b_dir, struct name b_name, struct inode *b_inode)
{
    struct ram_slot a, b;
    status_t st = slots_begin(&a, a_dir, a_name, &b, b_dir, b_name);

    if (st != OK)
        return st;
    overlay_own(a_inode);
    overlay_own(b_inode);
    {
        SPIN_GUARD(&ramfs_of(a_dir)->names_lock);
        st = exchange_locked(&a, a_inode, &b, b_inode);
    }
    ram_slot_end(&a);
    ram_slot_end(&b);
    return st;
}
