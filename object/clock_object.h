/*
 * clock_object.h - clocks: times that somebody maintains, as lines over the monotonic clock.
 */
#pragma once

#include "object/object.h"
#include "uapi/zircon/syscalls/clock.h"

/* `options`: ZX_CLOCK_OPT_*. ERR_INVALID_ARGS: continuous and not monotonic; a backstop below
 * zero, or for AUTO_START above now. */
status_t clock_object_create(uint64_t options, int64_t backstop, struct object **out) MUST_USE;

/* What it shows now; before its start the backstop. */
int64_t clock_object_read(struct object *clock);
void clock_object_details(struct object *clock, zx_clock_details_v1_t *out);

/*
 * `options`: the ZX_CLOCK_UPDATE_OPTION_* bits that say which fields count, and the version of
 * the rules. ERR_BAD_STATE: the first update is without a value; ERR_INVALID_ARGS: the clock's
 * options, or its backstop, forbid it.
 */
status_t clock_object_update(struct object *clock, uint64_t options,
                             const zx_clock_update_args_v2_t *args) MUST_USE;
