/*
 * suspend_token.c - suspensions as objects.
 */
#include "object/suspend_token.h"

#include "mm/slab.h"
#include "object/thread.h"

struct suspend_token {
    struct object object;
    struct object *task; /* reference to a thread or process */
};

SLAB_CACHE(suspend_token_cache, struct suspend_token);

static struct suspend_token *token_of(struct object *obj)
{
    return container_of(obj, struct suspend_token, object);
}

static void token_destroy(struct object *obj)
{
    object_put(token_of(obj)->task);
    slab_free(&suspend_token_cache, token_of(obj));
}

static void token_on_zero_handles(struct object *obj)
{
    struct object *task = token_of(obj)->task;

    if (task->ops->type == ZX_OBJ_TYPE_THREAD)
        thread_resume(container_of(task, struct thread, object));
    else
        process_resume(container_of(task, struct process, object));
}

static const struct object_ops token_ops = {
    .name = "suspend_token",
    .type = ZX_OBJ_TYPE_SUSPEND_TOKEN,
    .rights = ZX_DEFAULT_SUSPEND_TOKEN_RIGHTS,
    .destroy = token_destroy,
    .on_zero_handles = token_on_zero_handles,
};

static status_t suspend(struct object *task)
{
    switch (task->ops->type) {
    case ZX_OBJ_TYPE_THREAD:
        return thread_suspend(container_of(task, struct thread, object));
    case ZX_OBJ_TYPE_PROCESS:
        return process_suspend(container_of(task, struct process, object));
    default:
        return ERR_WRONG_TYPE;
    }
}

status_t suspend_token_create(struct object *task, struct object **out)
{
    struct suspend_token *token = slab_alloc(&suspend_token_cache);
    status_t st;

    if (!token)
        return ERR_NO_MEMORY;
    st = suspend(task);
    if (st != OK) {
        slab_free(&suspend_token_cache, token);
        return st;
    }
    object_init(&token->object, &token_ops, 0);
    token->task = object_get(task);
    *out = &token->object;
    return OK;
}
