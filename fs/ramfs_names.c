/*
 * ramfs_names.c - names in memory: looked up, and made.
 */
#include "base/string.h"
#include "fs/ramfs_internal.h"
#include "mm/slab.h"

status_t ram_slot_begin(struct ram_slot *slot, struct inode *dir, struct name name)
{
    status_t st;

    *slot = (struct ram_slot){.dir = ram_inode_of(dir), .name = name};
    slot->spare = dirent_new(name);
    if (!slot->spare)
        return ERR_NO_MEMORY;
    overlay_own(dir);
    st = overlay_lower(slot->dir, name, &slot->lower);
    if (st != OK)
        dirent_free(slot->spare);
    return st;
}

void ram_slot_end(struct ram_slot *slot)
{
    dirent_free(slot->spare);
    inode_put(slot->lower);
    inode_put(slot->gone);
}

bool ram_slot_means(const struct ram_slot *slot, struct inode *inode)
{
    struct dirent *e = dirtable_find(&slot->dir->entries, slot->name);

    if (e)
        return e->inode == inode;
    if (!inode)
        return !slot->lower;
    return slot->lower && ram_inode_of(inode)->lower == slot->lower;
}

/* The directory's names changed. */
static void touch(struct inode *dir)
{
    inode_touch(dir, ATTR_MTIME | ATTR_CTIME);
}

void ram_slot_set(struct ram_slot *slot, struct inode *inode)
{
    struct dirtable *entries = &slot->dir->entries;
    struct dirent *e = dirtable_find(entries, slot->name);

    if (inode)
        inode_get(inode);
    if (e && !inode && !slot->lower) {
        dirtable_remove(entries, e);
        dirent_free(slot->spare); /* has no inode, so nothing is put under the lock */
        slot->spare = e;
    } else if (e) {
        slot->gone = dirtable_set(entries, e, inode);
    } else {
        dirtable_insert(entries, slot->spare, inode);
        slot->spare = NULL;
    }
    touch(&slot->dir->inode);
}

void ram_count_name(struct inode *inode, int by)
{
    int64_t now = inode_time_now();
    SPIN_GUARD(&inode->lock);

    inode->attr.nlink = (uint32_t)MAX((int64_t)inode->attr.nlink + by, 0);
    inode->attr.ctime = now;
}

void ram_count_subdir(struct inode *dir, int by)
{
    SPIN_GUARD(&dir->lock);

    /* Some lower layers say 1 whatever there is. */
    if (dir->attr.nlink >= 2)
        dir->attr.nlink = MAX(dir->attr.nlink + (uint32_t)by, 2u);
}

/* A name of its own in memory. OK with NULL: it says nothing about the name. */
static status_t lookup_here(struct ram_inode *dir, struct name name, struct inode **out)
{
    struct dirent *e;
    SPIN_GUARD(&ramfs_of(&dir->inode)->names_lock);

    e = dirtable_find(&dir->entries, name);
    *out = e && e->inode ? inode_get(e->inode) : NULL;
    return e && !e->inode ? ERR_NOT_FOUND : OK;
}

status_t ramfs_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct ram_inode *r = ram_inode_of(dir);
    struct inode *lower;
    status_t st = lookup_here(r, name, out);

    if (st != OK || *out)
        return st;
    st = overlay_lower(r, name, &lower);
    if (st != OK)
        return st;
    return lower ? overlay_inode(ramfs_of(dir), lower, out) : ERR_NOT_FOUND;
}

static status_t enter_locked(struct ram_slot *slot, struct inode *inode)
{
    if (slot->dir->removed)
        return ERR_NOT_FOUND;
    if (!ram_slot_means(slot, NULL))
        return ERR_ALREADY_EXISTS;
    ram_slot_set(slot, inode);
    if (inode->attr.type == INODE_DIR)
        ram_count_subdir(&slot->dir->inode, 1);
    return OK;
}

/* Give a new inode its name. */
static status_t enter(struct inode *dir, struct name name, struct inode *inode)
{
    struct ram_slot slot;
    status_t st = ram_slot_begin(&slot, dir, name);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&ramfs_of(dir)->names_lock);
        st = enter_locked(&slot, inode);
    }
    ram_slot_end(&slot);
    return st;
}

/* A new inode with `target` (consumed) by that name. */
static status_t make(struct inode *dir, struct name name, const struct inode_attr *attr,
                     char *target, struct inode **out)
{
    struct ramfs *ramfs = ramfs_of(dir);
    struct inode_attr made = *attr;
    struct ram_inode *r;
    status_t st;

    made.ino = ramfs_ino(ramfs);
    made.nlink = attr->type == INODE_DIR ? 2 : 1;
    made.size = target ? strlen(target) : 0;
    st = ram_inode_new(ramfs, &made, NULL, &r);
    if (st != OK) {
        kfree(target);
        return st;
    }
    r->target = target;
    st = enter(dir, name, &r->inode);
    if (st != OK) {
        inode_put(&r->inode);
        return st;
    }
    *out = &r->inode;
    return OK;
}

status_t ramfs_create_file(struct inode *dir, struct name name, const struct inode_attr *attr,
                           struct inode **out)
{
    return make(dir, name, attr, NULL, out);
}

status_t ramfs_tmpfile(struct inode *dir, const struct inode_attr *attr, struct inode **out)
{
    struct ramfs *ramfs = ramfs_of(dir);
    struct inode_attr made = *attr;
    struct ram_inode *r;
    status_t st;

    made.ino = ramfs_ino(ramfs);
    made.nlink = 0;
    st = ram_inode_new(ramfs, &made, NULL, &r);
    if (st == OK)
        *out = &r->inode;
    return st;
}

status_t ramfs_mkdir(struct inode *dir, struct name name, const struct inode_attr *attr,
                     struct inode **out)
{
    struct inode_attr made = *attr;

    made.type = INODE_DIR;
    return make(dir, name, &made, NULL, out);
}

status_t ramfs_symlink(struct inode *dir, struct name name, const char *target,
                       const struct inode_attr *attr, struct inode **out)
{
    struct inode_attr made = *attr;
    char *copy = kmemdup(target, strlen(target) + 1);

    if (!copy)
        return ERR_NO_MEMORY;
    made.type = INODE_SYMLINK;
    made.mode = 0777;
    return make(dir, name, &made, copy, out);
}

/* It has a name, or none yet, and then gets one only once. */
static bool takes_name(struct inode *inode)
{
    SPIN_GUARD(&inode->lock);

    return inode->attr.nlink || inode->linkable;
}

static void settle_name(struct inode *inode)
{
    ram_count_name(inode, 1);
    SPIN_GUARD(&inode->lock);
    inode->linkable = false;
}

/* One more name, unless the last one went meanwhile. */
static status_t link_locked(struct ram_slot *slot, struct inode *target)
{
    status_t st = takes_name(target) ? enter_locked(slot, target) : ERR_NOT_FOUND;

    if (st == OK)
        settle_name(target);
    return st;
}

status_t ramfs_link(struct inode *dir, struct name name, struct inode *target)
{
    struct ram_slot slot;
    status_t st = ram_slot_begin(&slot, dir, name);

    if (st != OK)
        return st;
    overlay_own(target);
    {
        SPIN_GUARD(&ramfs_of(dir)->names_lock);
        st = link_locked(&slot, target);
    }
    ram_slot_end(&slot);
    return st;
}
