/*
 * pidfd.h - descriptors that stand for processes (pidfd_open(2)).
 */
#pragma once

#include "fs/file.h"
#include "personality/linux/process/process.h"

/* A file for the process. */
status_t pidfd_create(struct linux_process *lp, unsigned flags, struct file **out) MUST_USE;

/* The process that descriptor `fd` of the caller stands for: a reference, and whether the
 * description is non-blocking. ERR_BAD_FD: it is none, or not for a process. */
status_t pidfd_process(struct syscall *call, int fd, struct linux_process **out,
                       bool *nonblock) MUST_USE;

/* It has become a zombie, or (`gone`) has been waited for: whoever polls sees it. family_lock
 * is held. */
void pidfd_notify_locked(struct linux_process *lp, bool gone);
