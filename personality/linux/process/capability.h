/*
 * capability.h - prctl's options about capabilities (prctl(2)).
 */
#pragma once

#include "personality/linux/process/process.h"

enum {
    PR_GET_KEEPCAPS = 7,
    PR_SET_KEEPCAPS = 8,
    PR_CAPBSET_READ = 23,
    PR_CAPBSET_DROP = 24,
    PR_GET_SECUREBITS = 27,
    PR_SET_SECUREBITS = 28,
    PR_CAP_AMBIENT = 47,
};

/* One of these. */
status_t capability_option(struct syscall *call) MUST_USE;
