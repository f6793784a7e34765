/*
 * personality.h - the Linux personality as the kernel's start-up sees it.
 */
#pragma once

#include <stdbool.h>

/* Registers the call table and pid 1. Once, before the first program. `strace`: as
 * personality/strace/strace.h says. */
void linux_personality_init(bool strace);
