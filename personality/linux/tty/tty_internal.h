/*
 * tty_internal.h - what the files of the line discipline share. The _locked ones want
 * tty->object.lock.
 */
#pragma once

#include "personality/linux/tty/tty.h"

static inline bool tty_local(const struct tty *tty, uint32_t flag)
{
    return tty->modes.base.lflag & flag;
}

/* `c` is that special character; one that is set to NUL is none. */
static inline bool tty_is_special(const struct tty *tty, unsigned which, unsigned char c)
{
    return c && tty->modes.base.cc[which] == c;
}

extern const struct file_ops tty_file_ops;

/* tty.c: readiness, after anything that it depends on changed. */
void tty_update_locked(struct tty *tty);
/* Throw away what was typed and not read. */
void tty_drop_input_locked(struct tty *tty);

/* tty_read.c */
status_t tty_try_read(struct file *file, struct iobuf *io, uint64_t *pos);
/* Bytes that a reader could have. */
uint32_t tty_readable_locked(const struct tty *tty);
/* As many as VMIN asks for are there, or a line. */
bool tty_has_input_locked(const struct tty *tty);
/* After bytes came: the time between bytes starts anew. True: the caller arms the timer, after
 * the lock. */
bool tty_restart_time_locked(struct tty *tty) MUST_USE;
void tty_timer_fired(struct timer *timer);

/* tty_output.c */
status_t tty_try_write(struct file *file, struct iobuf *io, uint64_t *pos);
uint32_t tty_space_locked(const struct tty *tty);
/* One byte of echo, without and with output processing; lost when there is no room. */
void tty_echo_raw_locked(struct tty *tty, unsigned char c);
void tty_echo_locked(struct tty *tty, unsigned char c);
/* Give the ring to the backend. No lock held. */
void tty_flush(struct tty *tty);

/* tty_edit.c: the line being typed. */
void tty_edit_add_locked(struct tty *tty, unsigned char c);
void tty_edit_end_line_locked(struct tty *tty, unsigned char c);
void tty_edit_erase_locked(struct tty *tty);
void tty_edit_erase_word_locked(struct tty *tty);
void tty_edit_kill_locked(struct tty *tty);
void tty_edit_reprint_locked(struct tty *tty);
/* As a person sees it: ^C for a control character. */
void tty_edit_show_locked(struct tty *tty, unsigned char c);

/* tty_job.c: the requests of ioctl_tty(2) about sessions and groups. */
status_t tty_check_change(struct syscall *call, struct tty *tty) MUST_USE;
status_t tty_set_controlling(struct syscall *call, struct tty *tty, bool steal) MUST_USE;
status_t tty_give_up(struct syscall *call, struct tty *tty) MUST_USE;
status_t tty_get_ids(struct syscall *call, struct tty *tty, int32_t *pgrp,
                     int32_t *sid) MUST_USE;
status_t tty_set_foreground(struct syscall *call, struct tty *tty, int32_t pgrp) MUST_USE;
