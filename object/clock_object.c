/*
 * clock_object.c - clocks: one line over the monotonic clock at a time. A tick is a nanosecond,
 * so the lines over ticks and over the monotonic clock are one.
 */
#include "object/clock_object.h"

#include "hal/time.h"
#include "mm/slab.h"

struct clock_object {
    struct object object;
    uint64_t options; /* constant */
    int64_t backstop; /* constant */
    /* Guarded by object.lock. */
    zx_clock_transformation_t line; /* rate 0: not started */
    uint64_t error_bound;
    int64_t value_updated, rate_updated, error_updated; /* when */
    uint32_t generation;
};

SLAB_CACHE(clock_object_cache, struct clock_object);

static struct clock_object *clock_object_of(struct object *obj)
{
    return container_of(obj, struct clock_object, object);
}

static void clock_destroy(struct object *obj)
{
    slab_free(&clock_object_cache, clock_object_of(obj));
}

static const struct object_ops clock_ops = {
    .name = "clock",
    .type = ZX_OBJ_TYPE_CLOCK,
    .rights = ZX_DEFAULT_CLOCK_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = clock_destroy,
};

status_t clock_object_create(uint64_t options, int64_t backstop, struct object **out)
{
    bool start = options & ZX_CLOCK_OPT_AUTO_START;
    struct clock_object *clock;

    if ((options & ZX_CLOCK_OPT_CONTINUOUS) && !(options & ZX_CLOCK_OPT_MONOTONIC))
        return ERR_INVALID_ARGS;
    if (backstop < 0 || (start && backstop > hal_time_now()))
        return ERR_INVALID_ARGS;
    clock = slab_alloc_zeroed(&clock_object_cache);
    if (!clock)
        return ERR_NO_MEMORY;
    object_init(&clock->object, &clock_ops, start ? ZX_CLOCK_STARTED : 0);
    clock->options = options;
    clock->backstop = backstop;
    clock->line = (zx_clock_transformation_t){0, start ? 0 : backstop, {start ? 1 : 0, 1}};
    clock->error_bound = ZX_CLOCK_UNKNOWN_ERROR;
    *out = &clock->object;
    return OK;
}

/*
 * Saturates, as times do. Rounds down, on both sides of the offset, so that the line never
 * steps back. By quotient and rest, since the product needs more than 64 bits and the kernel
 * has no division of 128.
 */
static int64_t apply(const zx_clock_transformation_t *line, int64_t reference)
{
    int64_t rate = line->rate.synthetic_ticks, base = line->rate.reference_ticks;
    int64_t since, whole, rest, value;

    if (__builtin_sub_overflow(reference, line->reference_offset, &since))
        since = reference < 0 ? INT64_MIN : INT64_MAX;
    whole = since / base;
    rest = since % base;
    if (rest < 0) {
        rest += base;
        whole--;
    }
    if (__builtin_mul_overflow(whole, rate, &value) ||
        __builtin_add_overflow(value, rest * rate / base, &value))
        value = since < 0 ? INT64_MIN : INT64_MAX;
    if (__builtin_add_overflow(value, line->synthetic_offset, &value))
        value = since < 0 ? INT64_MIN : INT64_MAX;
    return value;
}

int64_t clock_object_read(struct object *obj)
{
    struct clock_object *clock = clock_object_of(obj);
    SPIN_GUARD(&obj->lock);

    return apply(&clock->line, hal_time_now());
}

void clock_object_details(struct object *obj, zx_clock_details_v1_t *out)
{
    struct clock_object *clock = clock_object_of(obj);
    SPIN_GUARD(&obj->lock);

    *out = (zx_clock_details_v1_t){
        .options = clock->options,
        .backstop_time = clock->backstop,
        .ticks_to_synthetic = clock->line,
        .mono_to_synthetic = clock->line,
        .error_bound = clock->error_bound,
        .query_ticks = hal_time_now(),
        .last_value_update_ticks = clock->value_updated,
        .last_rate_adjust_update_ticks = clock->rate_updated,
        .last_error_bounds_update_ticks = clock->error_updated,
        .generation_counter = clock->generation,
    };
}

/* What an update asks for. */
struct update {
    bool value, rate, reference, error;
    bool strict; /* the rules of version 2 */
};

/* May a clock like this one be updated so, whatever the values? */
static status_t check_kind(const struct clock_object *clock, const struct update *u)
{
    bool started = clock->line.rate.synthetic_ticks;
    bool monotonic = clock->options & ZX_CLOCK_OPT_MONOTONIC;

    if (u->reference && (!u->strict || (!u->value && !u->rate)))
        return ERR_INVALID_ARGS;
    if (!started)
        return u->value ? OK : ERR_BAD_STATE;
    if (u->value && (clock->options & ZX_CLOCK_OPT_CONTINUOUS))
        return ERR_INVALID_ARGS;
    if (!u->strict || !monotonic)
        return OK;
    /* A step says when it is meant for, and comes alone; a new rate holds from now on. */
    if (u->value && !u->reference)
        return ERR_INVALID_ARGS;
    return u->rate && (u->value || u->reference) ? ERR_INVALID_ARGS : OK;
}

/* The line after the update. */
static zx_clock_transformation_t new_line(const struct clock_object *clock,
                                          const struct update *u,
                                          const zx_clock_update_args_v2_t *args, int64_t now)
{
    int64_t reference = u->reference ? args->reference_value : now;
    zx_clock_transformation_t line = {
        reference, u->value ? args->synthetic_value : apply(&clock->line, reference),
        clock->line.rate};

    if (u->rate)
        line.rate = (zx_clock_rate_t){(uint32_t)(1000000 + args->rate_adjust), 1000000};
    else if (!line.rate.synthetic_ticks)
        line.rate = (zx_clock_rate_t){1, 1};
    return line;
}

static status_t change_line(struct clock_object *clock, const struct update *u,
                            const zx_clock_update_args_v2_t *args, int64_t now)
{
    zx_clock_transformation_t line = new_line(clock, u, args, now);
    bool started = clock->line.rate.synthetic_ticks;
    int64_t shown = apply(&line, now);

    if (shown < clock->backstop)
        return ERR_INVALID_ARGS;
    if ((clock->options & ZX_CLOCK_OPT_MONOTONIC) && shown < apply(&clock->line, now))
        return ERR_INVALID_ARGS;
    clock->line = line;
    if (u->value)
        clock->value_updated = now;
    if (u->rate || !started)
        clock->rate_updated = now;
    return OK;
}

status_t clock_object_update(struct object *obj, uint64_t options,
                             const zx_clock_update_args_v2_t *args)
{
    const struct update u = {
        .value = options & ZX_CLOCK_UPDATE_OPTION_VALUE_VALID,
        .rate = options & ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID,
        .reference = options & ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID,
        .error = options & ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID,
        .strict = (options & ZX_CLOCK_ARGS_VERSION_MASK) == ZX_CLOCK_ARGS_VERSION(2),
    };
    struct clock_object *clock = clock_object_of(obj);
    SPIN_GUARD(&obj->lock);
    int64_t now = hal_time_now();
    status_t st = check_kind(clock, &u);

    if (st == OK && (u.value || u.rate))
        st = change_line(clock, &u, args, now);
    if (st != OK)
        return st;
    if (u.error) {
        clock->error_bound = args->error_bound;
        clock->error_updated = now;
    }
    clock->generation += 2;
    object_signal_locked(obj, 0, ZX_CLOCK_STARTED);
    return OK;
}
