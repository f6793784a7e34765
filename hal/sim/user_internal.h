/*
 * user_internal.h - what hal_context_run asks of user.c.
 */
#pragma once

#include "hal/sim/user.h"

struct sim_user *sim_user_create(void);
void sim_user_destroy(struct sim_user *u); /* NULL is fine */

/* Run the program on this CPU until it traps. */
void sim_user_enter(struct sim_user *u, struct hal_context *ctx, struct hal_pt *pt,
                    struct hal_trap *trap);
