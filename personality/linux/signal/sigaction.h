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
