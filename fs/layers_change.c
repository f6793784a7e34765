/*
 * layers_change.c - names and attributes changed: in the upper layer, after what it takes.
 *
 * What must be hidden below is hidden first: while the upper layer still has the name, that
 * shows nowhere, so whatever a crash leaves behind is the old state or the new.
 */
#include "fs/layers_internal.h"
#include "mm/slab.h"

static struct inode *upper_of(struct inode *inode)
{
    return layer_upper(layer_inode_of(inode));
}

/* Where names are changed: its upper directory. */
static status_t begin(struct inode *dir)
{
    return layer_copy_up_locked(layer_inode_of(dir), UINT64_MAX);
}

/* The upper layer made `upper` (consumed) as `name`; what the lower layer has there is hidden.
 */
static status_t end_create(struct inode *dir, struct name name, struct inode *upper,
                           struct inode **out)
{
    struct layer_parts parts = {.upper = upper};

    return layer_inode_for(layers_of(dir), layer_inode_of(dir), name, &parts, out);
}

status_t layers_create_file(struct inode *dir, struct name name, const struct inode_attr *attr,
                            struct inode **out)
{
    struct inode *upper;
    status_t st;
    SPIN_GUARD(&layers_of(dir)->change_lock);

    st = begin(dir);
    if (st == OK)
        st = upper_of(dir)->ops->create(upper_of(dir), name, attr, &upper);
    return st == OK ? end_create(dir, name, upper, out) : st;
}

status_t layers_mkdir(struct inode *dir, struct name name, const struct inode_attr *attr,
                      struct inode **out)
{
    struct inode *upper;
    status_t st;
    SPIN_GUARD(&layers_of(dir)->change_lock);

    st = begin(dir);
    if (st == OK)
        st = upper_of(dir)->ops->mkdir(upper_of(dir), name, attr, &upper);
    return st == OK ? end_create(dir, name, upper, out) : st;
}

status_t layers_symlink(struct inode *dir, struct name name, const char *target,
                        const struct inode_attr *attr, struct inode **out)
{
    struct inode *upper;
    status_t st;
    SPIN_GUARD(&layers_of(dir)->change_lock);

    st = begin(dir);
    if (st == OK)
        st = upper_of(dir)->ops->symlink(upper_of(dir), name, target, attr, &upper);
    return st == OK ? end_create(dir, name, upper, out) : st;
}

status_t layers_link(struct inode *dir, struct name name, struct inode *target)
{
    status_t st;
    SPIN_GUARD(&layers_of(dir)->change_lock);

    st = begin(dir);
    if (st == OK)
        st = layer_copy_up_locked(layer_inode_of(target), UINT64_MAX);
    return st == OK ? upper_of(dir)->ops->link(upper_of(dir), name, upper_of(target)) : st;
}

/* Its name is gone: it is not copied up to there any more. Others of the same file stay. */
static void note_removed(struct layer_inode *dir, struct name name, struct inode *victim)
{
    struct layer_inode *li = layer_inode_of(victim);

    if (li->parent == dir && name_equal(name, li->name, strlen(li->name)))
        li->removed = true;
}

static status_t remove_name(struct inode *dir, struct name name, struct inode *victim)
{
    struct layer_inode *ldir = layer_inode_of(dir);
    struct inode *updir = layer_upper(ldir), *upper;
    bool is_dir = victim->attr.type == INODE_DIR;
    status_t st = layer_hide_locked(ldir, name);

    if (st == OK)
        st = layer_find(updir, name, &upper);
    if (st != OK)
        return st;
    if (upper)
        st = is_dir ? updir->ops->rmdir(updir, name, upper)
                    : updir->ops->unlink(updir, name, upper);
    inode_put(upper);
    if (st == OK)
        note_removed(ldir, name, victim);
    return st;
}

status_t layers_unlink(struct inode *dir, struct name name, struct inode *victim)
{
    SPIN_GUARD(&layers_of(dir)->change_lock);

    return remove_name(dir, name, victim);
}

status_t layers_rmdir(struct inode *dir, struct name name, struct inode *victim)
{
    status_t st;
    SPIN_GUARD(&layers_of(dir)->change_lock);

    st = layer_check_empty(victim);
    return st == OK ? remove_name(dir, name, victim) : st;
}

/* What a file is called from now on. `text`: the name, ours to keep. */
static void set_place(struct inode *inode, struct inode *dir, char *text)
{
    struct layer_inode *li = layer_inode_of(inode), *parent = li->parent;

    kfree(li->name);
    li->name = text;
    inode_get(dir);
    li->parent = layer_inode_of(dir);
    inode_put(&parent->inode);
}

static char *copy_name(struct name name)
{
    char *text = kmalloc(name.size + 1);

    if (text) {
        memcpy(text, name.text, name.size);
        text[name.size] = '\0';
    }
    return text;
}

/* Alone in the upper layer, so that it can be moved there. */
static status_t make_movable(struct inode *inode)
{
    if (inode->attr.type == INODE_DIR && layer_inode_of(inode)->lower)
        return ERR_CROSS_DEVICE;
    return layer_copy_up_locked(layer_inode_of(inode), UINT64_MAX);
}

/* The upper layer's own file of that name, which the rename replaces; a reference or NULL. */
static status_t move_locked(struct inode *from, struct name from_name, struct inode *moved,
                            struct inode *to, struct name to_name)
{
    struct inode *updir = upper_of(to), *replaced;
    status_t st = layer_find(updir, to_name, &replaced);

    if (st != OK)
        return st;
    st = upper_of(from)->ops->rename(upper_of(from), from_name, upper_of(moved), updir, to_name,
                                     replaced);
    inode_put(replaced);
    return st;
}

/* An empty directory, which shows in the upper layer until it is replaced there. */
static status_t prepare_replaced(struct inode *dir)
{
    status_t st = layer_check_empty(dir);

    return st == OK ? layer_copy_up_locked(layer_inode_of(dir), UINT64_MAX) : st;
}

static status_t prepare_rename(struct inode *from, struct name from_name, struct inode *moved,
                               struct inode *to, struct name to_name, struct inode *replaced)
{
    status_t st = make_movable(moved);

    if (st == OK)
        st = begin(from);
    if (st == OK)
        st = begin(to);
    if (st == OK && replaced && replaced->attr.type == INODE_DIR)
        st = prepare_replaced(replaced);
    if (st == OK)
        st = layer_hide_locked(layer_inode_of(from), from_name);
    /* A directory must not be merged with what it replaces. */
    if (st == OK && moved->attr.type == INODE_DIR)
        st = layer_hide_locked(layer_inode_of(to), to_name);
    return st;
}

status_t layers_rename(struct inode *from, struct name from_name, struct inode *moved,
                       struct inode *to, struct name to_name, struct inode *replaced)
{
    char *text = copy_name(to_name);
    status_t st = text ? OK : ERR_NO_MEMORY;
    SPIN_GUARD(&layers_of(from)->change_lock);

    if (st == OK)
        st = prepare_rename(from, from_name, moved, to, to_name, replaced);
    if (st == OK)
        st = move_locked(from, from_name, moved, to, to_name);
    if (st != OK) {
        kfree(text);
        return st;
    }
    if (replaced)
        note_removed(layer_inode_of(to), to_name, replaced);
    set_place(moved, to, text);
    return OK;
}

static status_t prepare_exchange(struct inode *a_dir, struct name a_name, struct inode *a,
                                 struct inode *b_dir, struct name b_name, struct inode *b)
{
    status_t st = make_movable(a);

    if (st == OK)
        st = make_movable(b);
    if (st == OK && b->attr.type == INODE_DIR)
        st = layer_hide_locked(layer_inode_of(a_dir), a_name);
    if (st == OK && a->attr.type == INODE_DIR)
        st = layer_hide_locked(layer_inode_of(b_dir), b_name);
    return st;
}

status_t layers_exchange(struct inode *a_dir, struct name a_name, struct inode *a,
                         struct inode *b_dir, struct name b_name, struct inode *b)
{
    char *a_text = copy_name(b_name), *b_text = copy_name(a_name);
    status_t st = a_text && b_text ? OK : ERR_NO_MEMORY;
    SPIN_GUARD(&layers_of(a_dir)->change_lock);

    if (st == OK)
        st = prepare_exchange(a_dir, a_name, a, b_dir, b_name, b);
    if (st == OK)
        st = upper_of(a_dir)->ops->exchange(upper_of(a_dir), a_name, upper_of(a),
                                            upper_of(b_dir), b_name, upper_of(b));
    if (st != OK) {
        kfree(a_text);
        kfree(b_text);
        return st;
    }
    set_place(a, b_dir, a_text);
    set_place(b, a_dir, b_text);
    return OK;
}

static status_t copy_up(struct inode *inode, uint64_t limit)
{
    SPIN_GUARD(&layers_of(inode)->change_lock);

    return layer_copy_up_locked(layer_inode_of(inode), limit);
}

status_t layers_set_attr(struct inode *inode, const struct inode_attr *attr, unsigned which)
{
    status_t st = copy_up(inode, which & ATTR_SIZE ? attr->size : UINT64_MAX);

    return st == OK ? upper_of(inode)->ops->set_attr(upper_of(inode), attr, which) : st;
}

status_t layers_prepare_write(struct inode *inode)
{
    struct inode *upper;
    status_t st = copy_up(inode, UINT64_MAX);

    if (st != OK)
        return st;
    upper = upper_of(inode);
    return upper->ops->prepare_write ? upper->ops->prepare_write(upper) : OK;
}
