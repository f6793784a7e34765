/*
 * fd_calls.c - Linux descriptors and Zircon handles, one made of the other.
 *
 * A handle becomes a file whose readiness follows the object's signals: an observer that stays
 * tells `ready`, where poll and epoll look. So one more object's lock is taken under the
 * observed one's; `ready` is observed by files only, never by such an observer.
 */
#include "fs/file.h"
#include "mm/slab.h"
#include "object/vmo_object.h"
#include "personality/hybrid.h"
#include "personality/zircon/call.h"
#include "uapi/zcore/hybrid.h"

struct handle_file {
    struct object ready;      /* its signals are FILE_* */
    struct handle h;          /* taken once, under ready.lock; empty afterwards */
    struct observer observer; /* armed for as long as h is there */
};

SLAB_CACHE(handle_file_cache, struct handle_file);

#define FOLLOWED \
    (ZX_OBJECT_READABLE | ZX_OBJECT_WRITABLE | ZX_OBJECT_PEER_CLOSED | ZX_OBJECT_SIGNALED)

static signals_t readiness(signals_t signals)
{
    return (signals & (ZX_OBJECT_READABLE | ZX_OBJECT_SIGNALED) ? FILE_IN : 0u) |
           (signals & ZX_OBJECT_WRITABLE ? FILE_OUT : 0u) |
           (signals & ZX_OBJECT_PEER_CLOSED ? FILE_IN | FILE_HUP | FILE_RDHUP : 0u);
}

static void followed_changed(struct observer *ob)
{
    struct handle_file *hf = container_of(ob, struct handle_file, observer);

    object_signal(&hf->ready, ~0u, readiness(ob->obj->signals));
}

static void handle_file_destroy(struct object *obj)
{
    slab_free(&handle_file_cache, container_of(obj, struct handle_file, ready));
}

static const struct object_ops ready_ops = {.name = "handle file",
                                            .destroy = handle_file_destroy};

/* The handle, for who comes first. */
static struct handle handle_file_take(struct handle_file *hf)
{
    struct handle h;

    {
        SPIN_GUARD(&hf->ready.lock);
        h = hf->h;
        hf->h = (struct handle){0};
    }
    if (h.obj)
        (void)object_unobserve(&hf->observer);
    return h;
}

static struct object *handle_file_poll_object(struct file *file)
{
    return &((struct handle_file *)file->data)->ready;
}

static void handle_file_close(struct file *file)
{
    struct handle_file *hf = file->data;
    struct handle h = handle_file_take(hf);

    handle_drop(&h);
    object_put(&hf->ready);
}

static const struct file_ops handle_file_ops = {
    .name = "[zircon]",
    .poll_object = handle_file_poll_object,
    .close = handle_file_close,
};

/* `h` is consumed on OK. */
static status_t handle_file_create(struct handle *h, struct file **out)
{
    struct handle_file *hf = slab_alloc_zeroed(&handle_file_cache);
    status_t st;

    if (!hf)
        return ERR_NO_MEMORY;
    object_init(&hf->ready, &ready_ops, 0);
    st = file_create(&handle_file_ops, FILE_READ | FILE_WRITE, hf, NULL, out);
    if (st != OK) {
        object_put(&hf->ready);
        return st;
    }
    hf->h = *h;
    *h = (struct handle){0};
    hf->observer = (struct observer){.obj = hf->h.obj,
                                     .want = FOLLOWED,
                                     .notify = followed_changed,
                                     .persistent = true,
                                     .falls = true};
    object_observe(&hf->observer, NULL);
    return OK;
}

/* `h` becomes a descriptor, whose number the program gets. */
static status_t give_fd(struct syscall *call, struct handle *h)
{
    struct file *file;
    int32_t fd;
    status_t st = handle_file_create(h, &file);

    if (st != OK)
        return st;
    st = hybrid_fd_install(call, file, &fd);
    file_put(file);
    if (st != OK)
        return st;
    st = copy_to_user(call_user(call), call->arg[1], &fd, sizeof(fd));
    if (st != OK) /* its memory has just been taken away */
        hybrid_fd_close(call, fd);
    return st == ERR_USER_PAGE ? ERR_FAULT : st;
}

/* The handle is consumed whatever the outcome; so the result's place is tried before. */
status_t zircon_fd_from_handle(struct syscall *call)
{
    int32_t none = -1;
    struct handle h;
    status_t place, st;

    if (!call_process(call)->linux_)
        return ERR_NOT_SUPPORTED;
    place = copy_to_user(call_user(call), call->arg[1], &none, sizeof(none));
    if (place == ERR_USER_PAGE)
        return place;
    st = handle_remove(call_handles(call), (handle_t)call->arg[0], &h);
    if (st != OK)
        return st;
    st = !(h.rights & ZX_RIGHT_WAIT) ? ERR_ACCESS_DENIED : place;
    if (st == OK)
        st = give_fd(call, &h);
    handle_drop(&h);
    return st;
}

/* Its handle, once more. */
static status_t clone_handle(struct syscall *call, struct handle_file *hf)
{
    struct object *obj = NULL;
    rights_t rights;
    status_t st;

    {
        SPIN_GUARD(&hf->ready.lock);
        rights = hf->h.rights;
        if (hf->h.obj)
            obj = object_get(hf->h.obj);
    }
    if (!obj)
        return ERR_BAD_STATE;
    st = rights & ZX_RIGHT_DUPLICATE ? call_give(call, obj, rights, call->arg[2])
                                     : ERR_ACCESS_DENIED;
    object_put(obj);
    return st;
}

/* Its handle itself, and the descriptor is closed. */
static status_t transfer_handle(struct syscall *call, struct file *file)
{
    handle_t value = HANDLE_INVALID;
    struct handle h;
    status_t st = copy_to_user(call_user(call), call->arg[2], &value, sizeof(value));

    if (st != OK)
        return st;
    if (atomic_load_explicit(&file->object.handles, memory_order_relaxed) != 1)
        return ERR_UNAVAILABLE;
    h = handle_file_take(file->data);
    if (!h.obj)
        return ERR_BAD_STATE;
    hybrid_fd_close(call, (int)call->arg[0]);
    st = handle_insert(call_handles(call), &h, &value);
    if (st == OK)
        st = copy_to_user(call_user(call), call->arg[2], &value, sizeof(value));
    else
        handle_drop(&h);
    return st == ERR_USER_PAGE ? ERR_FAULT : st;
}

static status_t file_vmo(struct file *file, uint32_t what, struct vmo **out)
{
    struct inode_attr attr;
    struct vmo *vmo;
    status_t st;

    if (!(atomic_load_explicit(&file->flags, memory_order_relaxed) & FILE_READ))
        return ERR_ACCESS_DENIED;
    if (!file->inode)
        return ERR_NOT_SUPPORTED;
    inode_attr_get(file->inode, &attr);
    if (attr.type != INODE_FILE || file_mmap(file, 0, attr.size, &vmo) != OK)
        return ERR_NOT_SUPPORTED;
    if (what == ZCORE_FD_VMO_EXACT) {
        *out = vmo;
        return OK;
    }
    st = vmo_clone(vmo, 0, ROUND_UP(attr.size, PAGE_SIZE), out);
    vmo_put(vmo);
    return st;
}

/* A file's own memory is not written behind its back: times and seals are the file's. */
static status_t give_file_vmo(struct syscall *call, struct file *file, uint32_t what)
{
    rights_t rights = ZX_DEFAULT_VMO_RIGHTS;
    struct vmo_object *vo;
    struct vmo *vmo;
    status_t st = file_vmo(file, what, &vmo);

    if (st != OK)
        return st;
    st = vmo_object_create(vmo, &vo);
    vmo_put(vmo);
    if (st != OK)
        return st;
    if (what != ZCORE_FD_VMO_COPY)
        rights &= ~ZX_RIGHT_WRITE;
    if (what == ZCORE_FD_VMO_EXEC)
        rights |= ZX_RIGHT_EXECUTE;
    st = call_give(call, &vo->object, rights, call->arg[2]);
    object_put(&vo->object);
    return st;
}

static status_t from_file(struct syscall *call, struct file *file, uint32_t what)
{
    bool is_handle = file->ops == &handle_file_ops;

    switch (what) {
    case ZCORE_FD_CLONE:
        return is_handle ? clone_handle(call, file->data) : ERR_NOT_SUPPORTED;
    case ZCORE_FD_TRANSFER:
        return is_handle ? transfer_handle(call, file) : ERR_NOT_SUPPORTED;
    case ZCORE_FD_VMO_COPY:
    case ZCORE_FD_VMO_EXEC:
    case ZCORE_FD_VMO_EXACT:
        return give_file_vmo(call, file, what);
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t zircon_handle_from_fd(struct syscall *call)
{
    struct file *file;
    status_t st;

    if (!call_process(call)->linux_)
        return ERR_NOT_SUPPORTED;
    if (hybrid_fd_get(call, (int)call->arg[0], &file) != OK)
        return ERR_INVALID_ARGS;
    st = from_file(call, file, (uint32_t)call->arg[1]);
    file_put(file);
    return st;
}
