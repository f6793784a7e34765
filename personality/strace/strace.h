/*
 * strace.h - a line for each system call, signal and exit, in the manner of strace(1).
 *
 * A call's name and arguments are written when it begins, up to the first argument that the
 * call fills in; the rest when it is done. What another thread writes in between closes the
 * line with "<unfinished ...>", and the rest then begins with "<... NAME resumed>".
 */
#pragma once

#include "object/thread.h"

struct trace;
struct trace_style;

/* For syscall_table.trace_enter and trace_exit, of a personality with this style. */
void strace_enter(struct syscall *call, const struct syscall_entry *entry,
                  const struct trace_style *style);
void strace_exit(struct syscall *call, const struct syscall_entry *entry, status_t st);

/* The thread's trace with an empty line, for what a note is to say; NULL: it is not traced.
 * Between its calls only, by itself. */
struct trace *strace_note_begin(struct thread *thread);
/* Writes a line of its own; may use the text of the trace. */
void strace_note(struct trace *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* These do nothing for a thread that is not traced. */

/* It makes no more calls. */
void strace_thread_ended(struct thread *thread);
/* Its memory goes. */
void strace_thread_free(struct thread *thread);
