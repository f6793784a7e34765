/*
 * clock_calls.c - zx_clock_create and what it makes; zx_timer_*.
 */
#include "object/clock_object.h"
#include "object/timer_object.h"
#include "personality/zircon/policy.h"

/* The version of the struct that the options name. */
static unsigned args_version(uint64_t options)
{
    return (unsigned)(options >> 58);
}

static status_t give_new(struct syscall *call, struct object *obj, user_addr_t out)
{
    status_t st = call_give(call, obj, obj->ops->rights, out);

    object_put(obj);
    return st;
}

status_t zircon_clock_create(struct syscall *call)
{
    uint64_t options = call->arg[0];
    zx_clock_create_args_v1_t args = {0};
    struct object *clock;
    status_t st = OK;

    if (args_version(options) == 1)
        st = copy_from_user(call_user(call), &args, call->arg[1], sizeof(args));
    else if (args_version(options) || call->arg[1])
        st = ERR_INVALID_ARGS;
    options &= ~ZX_CLOCK_ARGS_VERSION_MASK;
    if (st == OK && options & ~ZX_CLOCK_OPTS_ALL)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = clock_object_create(options, args.backstop_time, &clock);
    return st == OK ? give_new(call, clock, call->arg[2]) : st;
}

status_t zircon_clock_read(struct syscall *call)
{
    struct object *clock;
    int64_t now;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_CLOCK, ZX_RIGHT_READ, &clock);

    if (st != OK)
        return st;
    now = clock_object_read(clock);
    object_put(clock);
    return copy_to_user(call_user(call), call->arg[1], &now, sizeof(now));
}

status_t zircon_clock_get_details(struct syscall *call)
{
    zx_clock_details_v1_t details;
    struct object *clock;
    status_t st;

    if (call->arg[1] != ZX_CLOCK_ARGS_VERSION(1))
        return ERR_INVALID_ARGS;
    st = call_object(call, 0, ZX_OBJ_TYPE_CLOCK, ZX_RIGHT_READ, &clock);
    if (st != OK)
        return st;
    clock_object_details(clock, &details);
    object_put(clock);
    return copy_to_user(call_user(call), call->arg[2], &details, sizeof(details));
}

#define UPDATE_OPTIONS                                                                     \
    (ZX_CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID | ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID | \
     ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID)

/* Either version of the struct, as the second. */
static status_t update_args(struct syscall *call, uint64_t options,
                            zx_clock_update_args_v2_t *out)
{
    zx_clock_update_args_v1_t v1;
    status_t st;

    if (args_version(options) == 2)
        return copy_from_user(call_user(call), out, call->arg[2], sizeof(*out));
    if (args_version(options) != 1)
        return ERR_INVALID_ARGS;
    st = copy_from_user(call_user(call), &v1, call->arg[2], sizeof(v1));
    *out = (zx_clock_update_args_v2_t){
        .rate_adjust = v1.rate_adjust,
        .synthetic_value = v1.value,
        .error_bound = v1.error_bound,
    };
    return st;
}

static status_t check_update(uint64_t options, const zx_clock_update_args_v2_t *args)
{
    if (!(options & UPDATE_OPTIONS) || options & ~(UPDATE_OPTIONS | ZX_CLOCK_ARGS_VERSION_MASK))
        return ERR_INVALID_ARGS;
    if (options & ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID &&
        (args->rate_adjust < ZX_CLOCK_UPDATE_MIN_RATE_ADJUST ||
         args->rate_adjust > ZX_CLOCK_UPDATE_MAX_RATE_ADJUST))
        return ERR_INVALID_ARGS;
    return OK;
}

status_t zircon_clock_update(struct syscall *call)
{
    uint64_t options = call->arg[1];
    zx_clock_update_args_v2_t args;
    struct object *clock;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_CLOCK, ZX_RIGHT_WRITE, &clock);

    if (st != OK)
        return st;
    st = update_args(call, options, &args);
    if (st == OK)
        st = check_update(options, &args);
    if (st == OK)
        st = clock_object_update(clock, options, &args);
    object_put(clock);
    return st;
}

status_t zircon_timer_create(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[0];
    struct object *timer;
    status_t st;

    if ((uint32_t)call->arg[1] != ZX_CLOCK_MONOTONIC || options > ZX_TIMER_SLACK_LATE)
        return ERR_INVALID_ARGS;
    st = call_policy(call, ZX_POL_NEW_TIMER);
    if (st == OK)
        st = timer_object_create(options, &timer);
    return st == OK ? give_new(call, timer, call->arg[2]) : st;
}

status_t zircon_timer_set(struct syscall *call)
{
    time_ns_t slack = (time_ns_t)call->arg[2];
    struct object *timer;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE, &timer);

    if (st != OK)
        return st;
    if (slack < 0)
        st = ERR_OUT_OF_RANGE;
    else
        timer_object_set(timer, (time_ns_t)call->arg[1], slack,
                         call_process(call)->job->policy.slack);
    object_put(timer);
    return st;
}

status_t zircon_timer_cancel(struct syscall *call)
{
    struct object *timer;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE, &timer);

    if (st != OK)
        return st;
    timer_object_cancel(timer);
    object_put(timer);
    return OK;
}
