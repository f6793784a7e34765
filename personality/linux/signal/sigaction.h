/*
 * sigaction.h - between the signal calls and the instruction set's files.
 */
#pragma once

#include "personality/linux/process/process.h"

/* struct sigaction as the program has it. */
status_t sigaction_read(struct syscall *call, user_addr_t from,
                        struct signal_action *out) MUST_USE;
status_t sigaction_write(struct syscall *call, user_addr_t to,
                         const struct signal_action *a) MUST_USE;

/* Where a frame grows down from: the alternate stack if the action asks for it and the thread
 * is not on it yet, else below `sp` and its red zone. */
uint64_t sigframe_stack_top(const struct linux_thread *lt, const struct signal_action *action,
                            uint64_t sp, unsigned red_zone);
/* The stack_t of the frame. */
void sigframe_note_stack(const struct linux_thread *lt, uint64_t *sp, int32_t *flags,
                         uint64_t *size);

/* The alternate stack (sigaltstack(2)). */
enum { SS_ONSTACK = 1, SS_DISABLE = 2, MINSIGSTKSZ = 2048 };
#define SS_AUTODISARM (1u << 31)

/* Does a stack pointer lie in it? One that disarms itself is never taken for the present one.
 */
bool signal_on_altstack(const struct linux_thread *lt, uint64_t sp);
/* ERR_NOT_PERMITTED: the thread is on it; ERR_INVALID_ARGS; ERR_NO_MEMORY: too small. */
status_t signal_set_altstack(struct linux_thread *lt, uint64_t sp, int32_t flags,
                             uint64_t size) MUST_USE;
/* A handler's frame has noted it: with SS_AUTODISARM there is none until the handler returns.
 */
void signal_disarm_altstack(struct linux_thread *lt);
