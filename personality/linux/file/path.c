/*
 * path.c - from a call's path arguments to places: who walks, from where, and which text.
 */
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

static void take_places(struct fs_context *fs, struct walk_env *env)
{
    SPIN_GUARD(&fs->lock);

    env->root = fs->root;
    env->cwd = fs->cwd;
    path_get(&env->root);
    path_get(&env->cwd);
}

void credentials_to_walk(const struct credentials *c, struct walk_env *env)
{
    env->override_dac = credentials_has(c, CAP_DAC_OVERRIDE);
    env->override_owner = credentials_has(c, CAP_FOWNER);
    env->change_owner = credentials_has(c, CAP_CHOWN);
    env->administers = credentials_has(c, CAP_SYS_ADMIN);
    env->set_file_caps = credentials_has(c, CAP_SETFCAP);
}

void walk_begin(struct syscall *call, struct walk_env *env)
{
    struct linux_process *lp = linux_process_of(call);

    *env = (struct walk_env){0};
    take_places(lp->fs, env);

    SPIN_GUARD(&lp->lock);
    env->uid = lp->cred.fsuid;
    env->gid = lp->cred.fsgid;
    env->groups = lp->cred.groups; /* stays there; a change while we walk may go either way */
    env->group_count = lp->cred.group_count;
    credentials_to_walk(&lp->cred, env);
}

void walk_begin_real(struct syscall *call, struct walk_env *env)
{
    struct linux_process *lp = linux_process_of(call);

    walk_begin(call, env);

    SPIN_GUARD(&lp->lock);
    env->uid = lp->cred.uid;
    env->gid = lp->cred.gid;
    env->override_dac =
        (lp->cred.uid == 0 ? lp->cred.permitted : 0) & CAP_BIT(CAP_DAC_OVERRIDE);
}

void walk_end(struct walk_env *env)
{
    path_put(&env->root);
    path_put(&env->cwd);
}

status_t path_from_user(struct syscall *call, user_addr_t text, char **out)
{
    char *path = kmalloc(PATH_BYTES);
    size_t length;
    status_t st;

    if (!path)
        return ERR_NO_MEMORY;
    st = copy_string_from_user(&call->thread->user, path, text, PATH_BYTES, &length);
    if (st != OK) {
        kfree(path);
        return st;
    }
    *out = path;
    return OK;
}

void path_free(char *path)
{
    kfree(path);
}

status_t walk_start(struct syscall *call, int dirfd, const char *text, unsigned walk_flags,
                    struct path *start)
{
    struct file *file;
    status_t st;

    *start = (struct path){0};
    if ((*text == '/' && !(walk_flags & WALK_IN_ROOT)) || dirfd == AT_FDCWD ||
        (!*text && !(walk_flags & WALK_EMPTY)))
        return OK;
    st = call_fd_get_any(call, dirfd, &file);
    if (st != OK)
        return st;
    if (!file->path.dentry || (*text && file->inode->attr.type != INODE_DIR)) {
        file_put(file);
        return ERR_NOT_DIR;
    }
    *start = file->path;
    path_get(start);
    file_put(file);
    return OK;
}

status_t walk_at(struct syscall *call, struct walk_env *env, int dirfd, user_addr_t text,
                 unsigned walk_flags, struct path *out)
{
    struct path start;
    char *path;
    status_t st = path_from_user(call, text, &path);

    if (st != OK)
        return st;
    st = walk_start(call, dirfd, path, walk_flags, &start);
    if (st == OK)
        st = path_walk(env, path_or_null(&start), path, walk_flags, out, NULL);
    path_put(&start);
    path_free(path);
    return st;
}

status_t walk_parent_begin(struct syscall *call, struct walk_env *env, int dirfd,
                           user_addr_t text, struct walk_parent *out)
{
    struct path start;
    status_t st = path_from_user(call, text, &out->text);

    if (st != OK)
        return st;
    st = walk_start(call, dirfd, out->text, 0, &start);
    if (st == OK)
        st =
            path_walk(env, path_or_null(&start), out->text, WALK_PARENT, &out->dir, &out->last);
    path_put(&start);
    if (st != OK)
        path_free(out->text);
    return st;
}

void walk_parent_end(struct walk_parent *parent)
{
    path_put(&parent->dir);
    path_free(parent->text);
}

bool walk_parent_is_dots(const struct walk_parent *parent)
{
    const struct name *last = &parent->last;

    return (last->size == 1 && last->text[0] == '.') ||
           (last->size == 2 && last->text[0] == '.' && last->text[1] == '.');
}

bool walk_parent_slash(const struct walk_parent *parent)
{
    return parent->last.text[parent->last.size] == '/';
}
