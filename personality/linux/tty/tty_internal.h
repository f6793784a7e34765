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

/* Beside FILE_*: everything written has been taken. */
enum { TTY_DRAINED = 1u << 16 };

/* tty.c: readiness, after anything that it depends on changed. */
void tty_update_locked(struct tty *tty);
/* Throw away what was typed and not read. Afterwards tty_made_room. */
void tty_drop_input_locked(struct tty *tty);
/* What packet mode reports: `set`, and no longer `clear` (TIOCPKT_*). */
void tty_note_locked(struct tty *tty, uint8_t set, uint8_t clear);
/* Output is held, or goes on. Afterwards tty_flush. */
void tty_stop_locked(struct tty *tty, bool stop);
/* If there was no room for input: there may be now. No lock held. */
void tty_made_room(struct tty *tty);
size_t tty_input_room_locked(struct tty *tty);

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
bool tty_is_held_locked(const struct tty *tty);
/* One byte of echo, without and with output processing; lost when there is no room. */
void tty_echo_raw_locked(struct tty *tty, unsigned char c);
void tty_echo_locked(struct tty *tty, unsigned char c);
/* Give the ring to the backend. No lock held. */
void tty_flush(struct tty *tty);
/* The next bytes, which stay in the ring until tty_output_end says how many were taken; 0: none
 * may be, or somebody else is at it. `blocked`: the backend takes no more for now. */
uint32_t tty_output_begin(struct tty *tty, void *bytes, uint32_t size);
void tty_output_end(struct tty *tty, size_t actual, bool blocked);
/* Throw away what was written and can be. */
void tty_drop_output_locked(struct tty *tty);

/* tty_edit.c: the line being typed. */
void tty_edit_add_locked(struct tty *tty, unsigned char c);
void tty_edit_end_line_locked(struct tty *tty, unsigned char c);
void tty_edit_erase_locked(struct tty *tty);
void tty_edit_erase_word_locked(struct tty *tty);
void tty_edit_kill_locked(struct tty *tty);
void tty_edit_reprint_locked(struct tty *tty);
/* As a person sees it: ^C for a control character. */
void tty_edit_show_locked(struct tty *tty, unsigned char c);

/* tty_hangup.c: no process has it as its terminal any more. family_lock held. */
void tty_forget_session_locked(struct tty *tty);

/* tty_ioctl.c: on the terminal, whichever end asked. */
status_t tty_request(struct syscall *call, struct tty *tty, uint32_t request,
                     user_addr_t arg) MUST_USE;

/* tty_job.c: the requests of ioctl_tty(2) about sessions and groups. */
status_t tty_set_controlling(struct syscall *call, struct tty *tty, bool steal) MUST_USE;
status_t tty_give_up(struct syscall *call, struct tty *tty) MUST_USE;
status_t tty_get_ids(struct syscall *call, struct tty *tty, int32_t *pgrp,
                     int32_t *sid) MUST_USE;
status_t tty_set_foreground(struct syscall *call, struct tty *tty, int32_t pgrp) MUST_USE;
