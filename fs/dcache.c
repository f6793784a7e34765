/*
 * dcache.c - the directory cache in use: names looked up in it, and kept right when they
 * change.
 */
#include "base/hash.h"
#include "fs/dentry_internal.h"
#include "hal/time.h"

static uint32_t hash_of(const struct dentry *parent, struct name name)
{
    return (uint32_t)hash_bytes(name.text, name.size, (uintptr_t)parent);
}

static time_ns_t expiry_of(const struct dentry *dir)
{
    time_ns_t ttl = dir->inode->fs->name_ttl;

    return ttl ? hal_time_now() + ttl : TIME_INFINITE;
}

/* A hit that is still good: a reference. `*changes` is dir's, for a lookup that begins now. */
static struct dentry *cached(struct dentry *dir, struct name name, uint32_t hash,
                             uint32_t *changes)
{
    struct dentry *d;
    SPIN_GUARD(&dentry_lock);

    *changes = dir->changes;
    d = dentry_find_locked(dir, name, hash);
    if (!d || (d->expires != TIME_INFINITE && d->expires < hal_time_now()))
        return NULL;
    return dentry_get_locked(d);
}

static bool same_file(const struct inode *a, const struct inode *b)
{
    if (!a || !b || !b->fs->same_by_ino)
        return a == b;
    return a->attr.ino == b->attr.ino && a->attr.type == b->attr.type;
}

/* What the file system said, `inode`, for a name that is cached already: expired, or settled by
 * another lookup. True: `d` is right now. */
static bool renew_locked(struct dentry *d, struct inode *inode, time_ns_t expires)
{
    if (!d->inode && inode)
        d->inode = inode_get(inode);
    if (!same_file(d->inode, inode) && !d->mounted)
        return false;
    d->expires = expires;
    return true;
}

/*
 * The file system said `inode`. `*d`, a fresh dentry, enters the cache, unless the name is
 * there already, which `*d` then is. False: names changed meanwhile, ask again.
 */
static bool settle(struct dentry *dir, struct dentry **d, struct inode *inode, uint32_t hash,
                   uint32_t changes, struct dentry **drop)
{
    struct dentry *fresh = *d, *found;
    time_ns_t expires = expiry_of(dir);
    SPIN_GUARD(&dentry_lock);

    if (dir->changes != changes)
        return false;
    found = dentry_find_locked(dir, (struct name){fresh->name, fresh->name_size}, hash);
    *drop = found ? dentry_get_locked(found) : NULL;
    if (found && renew_locked(found, inode, expires)) {
        *d = found;
        *drop = fresh;
        return true;
    }
    if (found)
        dentry_unlink_locked(found);
    fresh->expires = expires;
    fresh->inode = inode ? inode_get(inode) : NULL;
    dentry_insert_locked(dentry_get(dir), fresh, hash);
    return true;
}

/* One that never entered the tree has no parent to let go of. */
static void drop_settled(struct dentry *d)
{
    if (d && !d->parent)
        dentry_free(d);
    else
        dentry_put(d);
}

static uint32_t changes_of(struct dentry *dir)
{
    SPIN_GUARD(&dentry_lock);

    return dir->changes;
}

static status_t ask(struct dentry *dir, struct name name, struct inode **out)
{
    status_t st = ERR_NOT_FOUND;

    *out = NULL;
    if (dir->inode->ops->lookup)
        st = dir->inode->ops->lookup(dir->inode, name, out);
    return st == ERR_NOT_FOUND ? OK : st;
}

status_t dentry_lookup(struct dentry *dir, struct name name, struct dentry **out)
{
    uint32_t hash = hash_of(dir, name), changes;
    struct dentry *d = cached(dir, name, hash, &changes), *drop = NULL;
    struct inode *inode;
    status_t st;

    if (d) {
        *out = d;
        return OK;
    }
    dentry_relieve();
    d = dentry_new(name);
    if (!d)
        return ERR_NO_MEMORY;
    for (;;) {
        bool settled;

        st = ask(dir, name, &inode);
        if (st != OK)
            break;
        settled = settle(dir, &d, inode, hash, changes, &drop);
        inode_put(inode);
        if (settled) {
            drop_settled(drop);
            *out = d;
            return OK;
        }
        changes = changes_of(dir);
    }
    dentry_free(d);
    return st;
}

/*
 * Someone changes what `d` names. If the name expired and was replaced under him, the
 * replacement, which knows nothing of the change, goes: it is returned, to be put.
 */
static struct dentry *change_locked(struct dentry *d)
{
    struct dentry *found = NULL;

    d->parent->changes++;
    if (list_empty(&d->hash_link))
        found = dentry_find_locked(d->parent, (struct name){d->name, d->name_size}, d->hash);
    if (found) {
        dentry_get_locked(found);
        dentry_unlink_locked(found);
    }
    return found;
}

/* Take `d` out of the cache, and the unused names below it: they would keep it in memory. */
static void forget_locked(struct dentry *d, struct list *free_list)
{
    dentry_unlink_locked(d);
    list_for_each_safe (it, &d->children) {
        struct dentry *child = container_of(it, struct dentry, child_link);

        if (!list_empty(&child->lru_link)) {
            dentry_unlink_locked(child);
            list_push_back(free_list, &child->hash_link);
        }
    }
}

/* A name that lost its file keeps it for those who have it open, and is looked up afresh. */
void dentry_set(struct dentry *d, struct inode *inode)
{
    struct dentry *other;
    struct list free_list;

    list_init(&free_list);
    {
        SPIN_GUARD(&dentry_lock);
        other = change_locked(d);
        if (!inode)
            forget_locked(d, &free_list);
        else if (!d->inode)
            d->inode = inode_get(inode);
    }
    dentry_free_all(&free_list);
    dentry_put(other);
}

/* Place and name: parents are references, and stay so. */
static void swap_places(struct dentry *a, struct dentry *b)
{
    struct dentry t = *a;

    a->parent = b->parent;
    a->hash = b->hash;
    a->name_size = b->name_size;
    a->name = b->name == b->inline_name ? a->inline_name : b->name;
    memcpy(a->inline_name, b->inline_name, sizeof(a->inline_name));
    b->parent = t.parent;
    b->hash = t.hash;
    b->name_size = t.name_size;
    b->name = t.name == a->inline_name ? b->inline_name : t.name;
    memcpy(b->inline_name, t.inline_name, sizeof(b->inline_name));
}

void dentry_move(struct dentry *from, struct dentry *to, enum dentry_move how)
{
    struct dentry *others[2];
    struct list free_list;

    list_init(&free_list);
    {
        SPIN_GUARD(&dentry_lock);
        others[0] = change_locked(from);
        others[1] = change_locked(to);
        dentry_unlink_locked(from);
        if (how == DENTRY_EXCHANGE)
            dentry_unlink_locked(to);
        else
            forget_locked(to, &free_list);
        swap_places(from, to);
        dentry_insert_locked(from->parent, from, from->hash);
        if (how == DENTRY_EXCHANGE)
            dentry_insert_locked(to->parent, to, to->hash);
    }
    dentry_free_all(&free_list);
    dentry_put(others[0]);
    dentry_put(others[1]);
}

bool dentry_is_below_locked(const struct dentry *d, const struct dentry *ancestor)
{
    while (d != ancestor && d->parent != d)
        d = d->parent;
    return d == ancestor;
}

bool dentry_is_below(struct dentry *d, struct dentry *ancestor)
{
    SPIN_GUARD(&dentry_lock);

    return dentry_is_below_locked(d, ancestor);
}

/* A place without a directory is called by its name (fs/anon.h). */
bool dentry_is_unlinked_locked(const struct dentry *d)
{
    return (d->parent != d || d->name_size) && list_empty(&d->hash_link);
}

bool dentry_is_mountpoint(struct dentry *d)
{
    SPIN_GUARD(&dentry_lock);

    return d->mounted != NULL;
}

void dentry_expire(struct dentry *d)
{
    SPIN_GUARD(&dentry_lock);

    d->expires = INT64_MIN;
}
