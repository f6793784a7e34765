/*
 * inotify.c - watching files and directories (inotify(7)): the calls, and the file.
 */
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/inotify_internal.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/termios.h"

static void inotify_destroy(struct object *obj)
{
    struct inotify *in = container_of(obj, struct inotify, object);

    inotify_queue_empty(in);
    kfree(in);
}

static const struct object_ops inotify_object_ops = {.name = "inotify",
                                                     .destroy = inotify_destroy};

static status_t inotify_ioctl(struct file *file, struct user_access *ua, uint32_t request,
                              user_addr_t arg, int64_t *result)
{
    struct inotify *in = file->data;
    int32_t bytes;

    (void)result;
    if (request != FIONREAD)
        return ERR_NOT_TTY;
    {
        SPIN_GUARD(&in->object.lock);
        bytes = (int32_t)in->bytes;
    }
    return copy_to_user(ua, arg, &bytes, sizeof(bytes));
}

static struct object *inotify_poll_object(struct file *file)
{
    return &((struct inotify *)file->data)->object;
}

static void inotify_close(struct file *file)
{
    struct inotify *in = file->data;
    struct watch *w;

    while ((w = inotify_watch_get(in, 0))) {
        inotify_watch_remove(w);
        notify_mark_put(&w->mark);
    }
    object_put(&in->object);
}

static const struct file_ops inotify_file_ops = {
    .name = "inotify",
    .try_read = inotify_read,
    .poll_object = inotify_poll_object,
    .tells = true,
    .ioctl = inotify_ioctl,
    .close = inotify_close,
};

static status_t create(struct syscall *call, uint32_t flags)
{
    struct inotify *in;
    struct file *file;
    status_t st;

    if (flags & ~(uint32_t)(O_CLOEXEC | O_NONBLOCK))
        return ERR_INVALID_ARGS;
    in = kzalloc(sizeof(*in));
    if (!in)
        return ERR_NO_MEMORY;
    object_init(&in->object, &inotify_object_ops, 0);
    list_init(&in->watches);
    list_init(&in->queue);
    list_init(&in->overflow.link);
    in->overflow.event = (struct inotify_event){.wd = -1, .mask = IN_Q_OVERFLOW};
    st = file_create(&inotify_file_ops, FILE_READ | (flags & O_NONBLOCK ? FILE_NONBLOCK : 0),
                     in, NULL, &file);
    if (st != OK) {
        object_put(&in->object);
        return st;
    }
    return call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
}

status_t sys_inotify_init(struct syscall *call)
{
    return create(call, 0);
}

status_t sys_inotify_init1(struct syscall *call)
{
    return create(call, (uint32_t)call->arg[0]);
}

static status_t get_instance(struct syscall *call, struct file **file)
{
    status_t st = call_fd_get(call, (int)call->arg[0], file);

    if (st == OK && (*file)->ops != &inotify_file_ops) {
        file_put(*file);
        return ERR_INVALID_ARGS;
    }
    return st;
}

static status_t walk_to_watch(struct syscall *call, const char *text, uint32_t mask,
                              struct path *out)
{
    unsigned flags =
        (mask & IN_ONLYDIR ? WALK_DIRECTORY : 0) | (mask & IN_DONT_FOLLOW ? WALK_NOFOLLOW : 0);
    struct walk_env env;
    status_t st;

    walk_begin(call, &env);
    st = path_walk(&env, NULL, text, flags, out, NULL);
    if (st == OK) {
        st = inode_permission(&env, out->dentry->inode, 4);
        if (st != OK)
            path_put(out);
    }
    walk_end(&env);
    return st;
}

status_t sys_inotify_add_watch(struct syscall *call)
{
    uint32_t mask = (uint32_t)call->arg[2];
    struct path path;
    struct file *file;
    char *text;
    status_t st;

    if (!(mask & NOTIFY_ALL) || (mask & IN_MASK_ADD && mask & IN_MASK_CREATE))
        return ERR_INVALID_ARGS;
    st = get_instance(call, &file);
    if (st != OK)
        return st;
    st = path_from_user(call, call->arg[1], &text);
    if (st == OK) {
        st = walk_to_watch(call, text, mask, &path);
        path_free(text);
    }
    if (st == OK) {
        st = inotify_watch_add(file->data, path.dentry->inode, mask, &call->result);
        path_put(&path);
    }
    file_put(file);
    return st;
}

status_t sys_inotify_rm_watch(struct syscall *call)
{
    struct watch *w;
    struct file *file;
    status_t st = get_instance(call, &file);

    if (st != OK)
        return st;
    w = (int32_t)call->arg[1] > 0 ? inotify_watch_get(file->data, (int32_t)call->arg[1]) : NULL;
    if (w) {
        inotify_watch_remove(w);
        notify_mark_put(&w->mark);
    }
    file_put(file);
    return w ? OK : ERR_INVALID_ARGS;
}
