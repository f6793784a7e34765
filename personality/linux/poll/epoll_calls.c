/*
 * epoll_calls.c - epoll_create, epoll_ctl, epoll_wait and their relatives (epoll_ctl(2),
 * epoll_wait(2)).
 */
#include "base/string.h"
#include "hal/time.h"
#include "isa/linux_abi.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/poll/epoll_internal.h"
#include "personality/linux/poll/wait_mask.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/timespec.h"
#include "personality/linux/user_data.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/poll.h"

SLAB_CACHE(epoll_cache, struct epoll);

static void epoll_destroy(struct object *obj)
{
    slab_free(&epoll_cache, container_of(obj, struct epoll, object));
}

static const struct object_ops epoll_object_ops = {.name = "epoll", .destroy = epoll_destroy};

static struct object *epoll_poll_object(struct file *file)
{
    return &epoll_of_file(file)->object;
}

static void epoll_close(struct file *file)
{
    struct epoll *set = epoll_of_file(file);

    epoll_clear(set);
    object_put(&set->object);
}

static const struct file_ops epoll_file_ops = {
    .name = "[eventpoll]", .poll_object = epoll_poll_object, .close = epoll_close};

struct epoll *epoll_of_file(struct file *file)
{
    return file->ops == &epoll_file_ops ? file->data : NULL;
}

static status_t create(struct syscall *call, uint32_t flags)
{
    struct epoll *set = slab_alloc_zeroed(&epoll_cache);
    struct file *file;
    status_t st;

    if (!set)
        return ERR_NO_MEMORY;
    object_init(&set->object, &epoll_object_ops, 0);
    list_init(&set->items);
    list_init(&set->ready);
    st = file_create(&epoll_file_ops, FILE_READ | FILE_WRITE, set, NULL, &file);
    if (st != OK) {
        object_put(&set->object);
        return st;
    }
    set->file = file;
    return call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
}

status_t sys_epoll_create(struct syscall *call)
{
    return (int32_t)call->arg[0] <= 0 ? ERR_INVALID_ARGS : create(call, 0);
}

status_t sys_epoll_create1(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[0];

    return flags & ~O_CLOEXEC ? ERR_INVALID_ARGS : create(call, flags);
}

static status_t read_event(struct syscall *call, uint32_t *events, uint64_t *data)
{
    unsigned char event[EPOLL_EVENT_SIZE];
    status_t st = copy_from_user(&call->thread->user, event, call->arg[3], sizeof(event));

    if (st == OK) {
        memcpy(events, event, sizeof(*events));
        memcpy(data, event + EPOLL_EVENT_DATA, sizeof(*data));
    }
    return st;
}

static status_t control(struct syscall *call, struct file *file, struct file *target,
                        uint32_t events, uint64_t data)
{
    struct epoll *set = epoll_of_file(file);
    int fd = (int)call->arg[2];

    if (!file_poll_object(target))
        return ERR_NOT_PERMITTED;
    if (file == target || !set)
        return ERR_INVALID_ARGS;
    switch ((int)call->arg[1]) {
    case EPOLL_CTL_ADD:
        return epoll_add(set, target, fd, events | POLLERR | POLLHUP, data);
    case EPOLL_CTL_MOD:
        if (events & EPOLLEXCLUSIVE)
            return ERR_INVALID_ARGS;
        return epoll_modify(set, target, fd, events | POLLERR | POLLHUP, data);
    case EPOLL_CTL_DEL:
        return epoll_remove(set, target, fd);
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t sys_epoll_ctl(struct syscall *call)
{
    struct file *file, *target;
    uint32_t events = 0;
    uint64_t data = 0;
    status_t st = OK;

    if ((int)call->arg[1] != EPOLL_CTL_DEL)
        st = read_event(call, &events, &data);
    if (st == OK)
        st = call_fd_get(call, (int)call->arg[0], &file);
    if (st != OK)
        return st;
    st = call_fd_get(call, (int)call->arg[2], &target);
    if (st == OK) {
        st = control(call, file, target, events, data);
        file_put(target);
    }
    file_put(file);
    return st;
}

static status_t give_event(struct syscall *call, const struct epoll_item *item, uint32_t events)
{
    user_addr_t to = call->arg[1] + (uint64_t)call->result * EPOLL_EVENT_SIZE;
    unsigned char event[EPOLL_EVENT_SIZE] = {0};

    memcpy(event, &events, sizeof(events));
    memcpy(event + EPOLL_EVENT_DATA, &item->data, sizeof(item->data));
    return copy_to_user(&call->thread->user, to, event, sizeof(event));
}

/* Report what is ready, each item once: call->result events, at most argument 2. */
static status_t harvest(struct syscall *call, struct epoll *set)
{
    unsigned budget = epoll_ready_count(set);
    int64_t max = (int32_t)call->arg[2];
    struct epoll_item *item;
    uint32_t events;
    status_t st = OK;

    call->result = 0;
    while (st == OK && call->result < max && epoll_take(set, &budget, &item, &events) == OK) {
        st = give_event(call, item, events);
        if (st == OK) {
            call->result++;
            epoll_reported(set, item);
        } else {
            epoll_unget(set, item);
        }
        epoll_item_put(item);
    }
    epoll_settle(set);
    return call->result ? OK : st;
}

/* What all forms do; arguments 0 to 2 are the set, the array and its size. */
struct epoll_wait_call {
    struct co co;
    struct syscall *call; /* in */
    time_ns_t deadline;   /* in */
    struct file *file;
    struct observer observer;
    struct object_wait wait;
};

static status_t get_set(struct syscall *call, struct file **out)
{
    int32_t max = (int32_t)call->arg[2];
    struct file *file;
    status_t st;

    if (max <= 0 || max > INT32_MAX / EPOLL_EVENT_SIZE)
        return ERR_INVALID_ARGS;
    st = check_user_range(call->arg[1], (uint64_t)max * EPOLL_EVENT_SIZE);
    if (st == OK)
        st = call_fd_get(call, (int)call->arg[0], &file);
    if (st != OK)
        return st;
    if (!epoll_of_file(file)) {
        file_put(file);
        return ERR_INVALID_ARGS;
    }
    *out = file;
    return OK;
}

static CO_FN(epoll_wait_call)
{
    status_t st;

    st = get_set(f->call, &f->file);
    if (st != OK)
        CO_RETURN(st);
    for (;;) {
        st = harvest(f->call, epoll_of_file(f->file));
        if (st != OK || f->call->result || time_has_come(f->deadline))
            break;
        f->observer =
            (struct observer){.obj = &epoll_of_file(f->file)->object, .want = FILE_IN};
        object_observe(&f->observer, task);
        CO_CALL(st, f->wait, object_wait, .observer = &f->observer, .deadline = f->deadline);
        if (st != OK && st != ERR_TIMED_OUT)
            break;
    }
    file_put(f->file);
    if (st == ERR_INTERRUPTED)
        call_no_restart(f->call);
    CO_RETURN(st);
}
CO_END

struct sys_epoll_wait {
    SYSCALL_FRAME;
    struct epoll_wait_call wait;
};
SYSCALL_WAIT(sys_epoll_wait);

CO_FN(sys_epoll_wait)
{
    status_t st;

    CO_CALL(st, f->wait, epoll_wait_call, .call = f->call,
            .deadline = deadline_of_ms(f->call, f->call->arg[3]));
    CO_RETURN(st);
}
CO_END

struct sys_epoll_pwait {
    SYSCALL_FRAME;
    struct epoll_wait_call wait;
};
SYSCALL_WAIT(sys_epoll_pwait);

CO_FN(sys_epoll_pwait)
{
    status_t st;

    st = wait_mask_begin(f->call, f->call->arg[4], f->call->arg[5]);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->wait, epoll_wait_call, .call = f->call,
            .deadline = deadline_of_ms(f->call, f->call->arg[3]));
    wait_mask_end(f->call, st);
    CO_RETURN(st);
}
CO_END

struct sys_epoll_pwait2 {
    SYSCALL_FRAME;
    time_ns_t deadline;
    struct epoll_wait_call wait;
};
SYSCALL_WAIT(sys_epoll_pwait2);

CO_FN(sys_epoll_pwait2)
{
    status_t st;

    st = timeout_from_user(f->call, f->call->arg[3], &f->deadline);
    if (st == OK)
        st = wait_mask_begin(f->call, f->call->arg[4], f->call->arg[5]);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->wait, epoll_wait_call, .call = f->call, .deadline = f->deadline);
    wait_mask_end(f->call, st);
    CO_RETURN(st);
}
CO_END
