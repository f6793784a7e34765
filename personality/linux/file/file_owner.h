/*
 * file_owner.h - who is told of a file by signal: F_SETOWN, F_SETSIG, O_ASYNC and F_NOTIFY
 * (fcntl(2)).
 *
 * What is kept for a file is made when first asked for and goes when the last descriptor of the
 * file closes.
 */
#pragma once

#include "fs/file.h"
#include "object/syscall.h"

/* The file can tell: O_ASYNC means something for it. */
bool file_can_tell(struct file *file);
bool file_tells(struct file *file);
/* O_ASYNC on or off; signals name the descriptor `fd`. Without an owner a terminal's is its
 * foreground group. ERR_NO_MEMORY. */
status_t file_set_tells(struct syscall *call, struct file *file, int fd, bool on) MUST_USE;
/* F_SETOWN and its relatives. ERR_INVALID_ARGS: none of them. */
status_t file_owner_call(struct syscall *call, struct file *file) MUST_USE;
/* The same by ioctl: SIOCSPGRP, FIOSETOWN; SIOCGPGRP, FIOGETOWN. */
status_t file_owner_set(struct syscall *call, struct file *file, int32_t id) MUST_USE;
int32_t file_owner_get(struct file *file);
/* F_NOTIFY: argument 2 is DN_*. */
status_t file_notify_call(struct syscall *call, struct file *file) MUST_USE;
/* The last descriptor has closed. */
void file_owner_file_closed(struct file *file);
