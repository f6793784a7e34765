/*
 * walk.c - path walk: from text to a place, by the rules of path_resolution(7).
 */
#include "base/assert.h"
#include "fs/dentry.h"
#include "fs/fs_internal.h"
#include "mm/slab.h"

enum { LINKS_MAX = 40, WALK_SCOPED = WALK_BENEATH | WALK_IN_ROOT };

/* Where we are and what is left. A symlink in the middle puts what follows it aside, in
 * `rests`, and the walk goes on in the link's text. */
struct walk {
    struct walk_env *env;
    const struct path *root; /* env's, or where a scoped walk starts */
    struct path at;
    const char *text;
    unsigned flags;
    bool create;                   /* a missing last component is the result, negative */
    unsigned links, depth, bodies; /* followed; in rests; in body */
    const char *rests[LINKS_MAX];  /* none is empty, so at depth 0 nothing follows the text */
    char *body[LINKS_MAX];         /* links' texts, ours until the end: rests lie in them */
};

/* Move to `next`, which is consumed. */
static void step_to(struct walk *w, struct path next)
{
    path_put(&w->at);
    w->at = next;
}

static bool same_place(const struct path *a, const struct path *b)
{
    return a->mount == b->mount && a->dentry == b->dentry;
}

/* A scoped walk is where it may be, though somebody moves directories about. */
static bool is_in_scope_locked(const struct walk *w, struct path at)
{
    while (!same_place(&at, w->root)) {
        if (at.dentry == at.mount->root && at.mount->point.mount)
            at = at.mount->point;
        else if (at.dentry->parent != at.dentry)
            at.dentry = at.dentry->parent;
        else
            return false;
    }
    return true;
}

/* The place above, with references: the walker's root and the root of all are above
 * themselves; a mount is left by its point. */
static struct path above_locked(const struct walk *w, struct path *drop)
{
    struct path next = w->at;

    while (!same_place(&next, w->root) && next.dentry == next.mount->root &&
           next.mount->point.mount)
        next = next.mount->point;
    if (!same_place(&next, w->root))
        next.dentry = next.dentry->parent;
    mount_get(next.mount);
    dentry_get_locked(next.dentry);
    mount_cross_locked(&next, drop);
    return next;
}

static bool leaves_mount(const struct walk *w, const struct path *next)
{
    return w->flags & WALK_NO_XDEV && next->mount != w->at.mount;
}

/* ".." */
static status_t step_up(struct walk *w)
{
    struct path next, drop = {0};
    bool in_scope = true;

    if (w->flags & WALK_BENEATH && same_place(&w->at, w->root))
        return ERR_CROSS_DEVICE;
    {
        SPIN_GUARD(&dentry_lock);
        next = above_locked(w, &drop);
        if (w->flags & WALK_SCOPED)
            in_scope = is_in_scope_locked(w, next);
    }
    path_put(&drop);
    if (!in_scope || leaves_mount(w, &next)) {
        path_put(&next);
        return in_scope ? ERR_CROSS_DEVICE : ERR_SHOULD_WAIT;
    }
    step_to(w, next);
    return OK;
}

status_t path_lookup_one(const struct path *dir, struct name name, bool negative_ok,
                         struct path *out)
{
    struct path next = {.mount = dir->mount}, drop = {0};
    bool negative;
    status_t st;

    if (name.size > NAME_MAX_BYTES)
        return ERR_NAME_TOO_LONG;
    st = dentry_lookup(dir->dentry, name, &next.dentry);
    if (st != OK)
        return st;
    mount_get(next.mount);
    {
        SPIN_GUARD(&dentry_lock);
        mount_cross_locked(&next, &drop);
        negative = !next.dentry->inode;
    }
    path_put(&drop);
    if (negative && !negative_ok) {
        path_put(&next);
        return ERR_NOT_FOUND;
    }
    *out = next;
    return OK;
}

/* The link's text, NUL-terminated, the caller's to free. */
static status_t read_link(struct inode *link, char **out)
{
    char *body = kmalloc(PATH_MAX_BYTES + 1);
    size_t length;
    status_t st;

    if (!body)
        return ERR_NO_MEMORY;
    st = link->ops->readlink(link, body, PATH_MAX_BYTES, &length);
    if (st == OK && length == 0)
        st = ERR_NOT_FOUND;
    if (st != OK) {
        kfree(body);
        return st;
    }
    body[length] = '\0';
    *out = body;
    return OK;
}

static status_t go_to_root(struct walk *w)
{
    if (w->flags & WALK_BENEATH || leaves_mount(w, w->root))
        return ERR_CROSS_DEVICE;
    path_get(w->root);
    step_to(w, *w->root);
    return OK;
}

/* Go on in the link's text; with what follows it, later. */
static status_t enter_link(struct walk *w, struct inode *link)
{
    char *body;
    status_t st = read_link(link, &body);

    if (st != OK)
        return st;
    w->body[w->bodies++] = body;
    if (*w->text)
        w->rests[w->depth++] = w->text;
    w->text = body;
    return *body == '/' ? go_to_root(w) : OK;
}

/* A magic link: to a place, whatever way leads there. */
static status_t jump(struct walk *w, struct inode *link)
{
    struct path to;
    status_t st = w->flags & WALK_NO_MAGICLINKS ? ERR_LOOP : link->ops->follow(link, &to);

    if (st != OK)
        return st;
    if (w->flags & WALK_SCOPED || leaves_mount(w, &to)) {
        path_put(&to);
        return ERR_CROSS_DEVICE;
    }
    step_to(w, to);
    return OK;
}

static status_t follow(struct walk *w, struct inode *link)
{
    if (w->links++ == LINKS_MAX || w->flags & WALK_NO_SYMLINKS)
        return ERR_LOOP;
    return link->ops->follow ? jump(w, link) : enter_link(w, link);
}

static void skip_slashes(struct walk *w)
{
    while (*w->text == '/')
        w->text++;
}

/* Cut the next component off; `*last`: nothing follows it. */
static struct name take_component(struct walk *w, bool *last)
{
    const char *end = strchr(w->text, '/');
    struct name name = {w->text, end ? (size_t)(end - w->text) : strlen(w->text)};

    w->text += name.size;
    if (*w->text == '/') {
        skip_slashes(w);
        /* A slash at the very end asks for a directory, and has links followed. */
        if (!*w->text && w->depth == 0 && !(w->flags & WALK_PARENT))
            w->flags = (w->flags | WALK_DIRECTORY) & ~WALK_NOFOLLOW;
    }
    *last = !*w->text && w->depth == 0;
    return name;
}

/* May we look into the directory where we are? */
static status_t check_search(struct walk *w)
{
    struct inode *dir = w->at.dentry->inode;

    return dir->attr.type == INODE_DIR ? inode_permission(w->env, dir, 1) : ERR_NOT_DIR;
}

static status_t step(struct walk *w, struct name name, bool last)
{
    struct path next;
    struct inode *inode;
    status_t st;

    if (name_equal(name, ".", 1))
        return OK;
    if (name_equal(name, "..", 2))
        return step_up(w);
    st = path_lookup_one(&w->at, name, last && w->create, &next);
    if (st != OK)
        return st;
    if (leaves_mount(w, &next)) {
        path_put(&next);
        return ERR_CROSS_DEVICE;
    }
    inode = next.dentry->inode;
    if (!inode || inode->attr.type != INODE_SYMLINK || (last && (w->flags & WALK_NOFOLLOW))) {
        step_to(w, next);
        return OK;
    }
    /* A relative link starts where it lies, which is where we are. */
    st = mount_has(next.mount, MOUNT_NOSYMFOLLOW) ? ERR_LOOP : follow(w, inode);
    path_put(&next);
    return st;
}

static status_t walk_all(struct walk *w, struct name *stop)
{
    for (;;) {
        struct name name;
        bool last;
        status_t st;

        skip_slashes(w);
        if (!*w->text) {
            if (w->depth == 0)
                return OK;
            w->text = w->rests[--w->depth];
            continue;
        }
        st = check_search(w);
        if (st != OK)
            return st;
        name = take_component(w, &last);
        if (name.size > NAME_MAX_BYTES)
            return ERR_NAME_TOO_LONG;
        if (last && (w->flags & WALK_PARENT)) {
            *stop = name;
            return OK;
        }
        st = step(w, name, last);
        if (st != OK)
            return st;
    }
}

static status_t walk_begin(struct walk *w, struct walk_env *env, const struct path *start,
                           const char *text, unsigned flags)
{
    const struct path *from = start ? start : &env->cwd;

    if (!*text && !(flags & WALK_EMPTY))
        return ERR_NOT_FOUND;
    if (*text == '/' && flags & WALK_BENEATH)
        return ERR_CROSS_DEVICE;
    if (strlen(text) > PATH_MAX_BYTES)
        return ERR_NAME_TOO_LONG;
    w->env = env;
    w->text = text;
    w->flags = flags;
    w->create = false;
    w->links = w->depth = w->bodies = 0;
    w->root = flags & WALK_SCOPED ? from : &env->root;
    w->at = *text == '/' ? *w->root : *from;
    path_get(&w->at);
    return OK;
}

static void walk_end(struct walk *w)
{
    while (w->bodies)
        kfree(w->body[--w->bodies]);
}

status_t path_walk(struct walk_env *env, const struct path *start, const char *text,
                   unsigned flags, struct path *out, struct name *last)
{
    struct walk w;
    struct name stop = {text, 0};
    status_t st = walk_begin(&w, env, start, text, flags);

    if (st != OK)
        return st;
    st = walk_all(&w, &stop);
    if (st == OK && (w.flags & WALK_DIRECTORY) && w.at.dentry->inode->attr.type != INODE_DIR)
        st = ERR_NOT_DIR;
    walk_end(&w);
    if (st != OK) {
        path_put(&w.at);
        return st;
    }
    if (last)
        *last = stop;
    *out = w.at;
    return OK;
}

/* Make what the walk found missing; `w->at` is the negative dentry and becomes the file's. */
static status_t create_at(struct walk *w, const struct inode_attr *attr)
{
    struct path parent = {.mount = w->at.mount};
    struct path made;
    struct name name;
    char *copy;
    status_t st = ERR_NO_MEMORY;

    {
        SPIN_GUARD(&dentry_lock);
        parent.dentry = dentry_get_locked(w->at.dentry->parent);
        name = (struct name){w->at.dentry->name, w->at.dentry->name_size};
    }
    mount_get(parent.mount);
    copy = kmemdup(name.text, name.size);
    if (copy)
        st = vfs_create(w->env, &parent, (struct name){copy, name.size}, attr, &made);
    kfree(copy);
    path_put(&parent);
    if (st == OK)
        step_to(w, made);
    return st;
}

static status_t walk_create_once(struct walk *w, const struct inode_attr *attr, bool *created)
{
    status_t st;

    w->create = true;
    st = walk_all(w, NULL);
    walk_end(w);
    if (st == OK && (w->flags & WALK_DIRECTORY))
        st = ERR_NOT_FILE; /* a slash at the end */
    if (st != OK)
        return st;
    *created = !w->at.dentry->inode;
    return *created ? create_at(w, attr) : OK;
}

status_t path_walk_create(struct walk_env *env, const struct path *start, const char *text,
                          unsigned flags, const struct inode_attr *attr, struct path *out,
                          bool *created)
{
    struct walk w;
    status_t st;

    assert(!(flags & WALK_PARENT));
    /* Somebody else may create it between our look and our attempt: then it is there. */
    do {
        st = walk_begin(&w, env, start, text, flags & ~WALK_EMPTY);
        if (st != OK)
            return st;
        st = walk_create_once(&w, attr, created);
        if (st != OK)
            path_put(&w.at);
    } while (st == ERR_ALREADY_EXISTS);
    if (st == OK)
        *out = w.at;
    return st;
}
