/*
 * file_open.h - opening by path, for the calls that open files.
 */
#pragma once

#include "fs/file.h"
#include "object/syscall.h"
#include "uapi/linux/fcntl.h"

/* Walk `text` from `start` (NULL: the working directory) and open what is there, or create it,
 * as open(2) says. `how` has been checked. */
status_t open_path(struct syscall *call, struct walk_env *env, const struct path *start,
                   const char *text, const struct open_how *how, struct file **out) MUST_USE;

/* FILE_* of O_*. */
unsigned file_flags_of_open(uint32_t flags);
