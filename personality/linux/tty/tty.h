/*
 * tty.h - terminals: line discipline, modes, and job control (termios(3), ioctl_tty(2)).
 *
 * A tty sits between a backend, which has a screen and keys (the host's terminal, a serial
 * line, the master of a pseudo terminal), and the files that programs read and write. Bytes
 * typed go through tty_input; bytes written go through output processing into a ring that the
 * backend drains.
 *
 * Lifetime: a reference by each file and by the backend that made it; a session's is borrowed:
 * the backend takes it away by tty_hang_up before it gives back its own.
 *
 * Locks: tty.object.lock guards what concerns bytes; family_lock guards session and foreground
 * group. No lock is held over a call into the backend, or while signals are sent.
 */
#pragma once

#include "base/ring.h"
#include "co/timer.h"
#include "fs/file.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/termios.h"

enum { TTY_INPUT = 4096, TTY_OUTPUT = 4096 };
enum { TTY_MAJOR = 5, TTY_MINOR_CONTROLLING = 0, TTY_MINOR_CONSOLE = 1 };

struct tty;

struct tty_backend {
    const char *name;
    /* Show what is possible now. ERR_SHOULD_WAIT: nothing; tty_output_ready comes later. Only
     * one call at a time. NULL: what is written is fetched by `changed`. */
    status_t (*write)(struct tty *tty, const char *data, size_t size, size_t *actual);
    /* Readers made room: tty_input_room says how much. Optional. */
    void (*resume)(struct tty *tty);
    /* Without `write`: output came, stopped or started, or a file was opened or closed. */
    void (*changed)(struct tty *tty);
    /* The tty goes: `data` with it. Optional. */
    void (*release)(struct tty *tty);
};

struct tty {
    struct object object; /* its signals are FILE_*, for poll */
    const struct tty_backend *backend;
    void *data; /* the backend's */
    dev_t_ rdev;

    /* Guarded by family_lock; 0: none. */
    int32_t pgrp, sid;

    /* The rest is guarded by object.lock. */
    struct termios2 modes;
    struct winsize size;
    uint32_t opens;  /* files of it */
    bool was_opened; /* there has been one */
    bool hung_up;    /* for good: reads end, all else fails */
    bool packet_mode;
    uint8_t packet; /* TIOCPKT_* that the master has not been told of */

    /*
     * Input, a ring with counters that run freely. Readers may have [read, line); what is
     * edited is [line, written). A set bit of `ends`: a line ends behind that byte. A NUL that
     * ends a line is an end-of-file character, which no reader sees.
     */
    unsigned char in[TTY_INPUT];
    uint64_t ends[TTY_INPUT / 64];
    uint32_t read, line, written;
    uint32_t line_column; /* where on the screen the line being edited began */
    bool throttled;       /* there was no room: the backend holds back what is typed */
    bool literal;         /* VLNEXT: the next byte stands for itself */
    bool reading;         /* one reader copies bytes out; see tty_read.c */
    bool reader_waits;
    bool timed_out; /* VTIME has passed */
    bool timer_armed;
    time_ns_t read_deadline;
    struct timer timer;

    struct ring out;
    uint32_t column;
    uint32_t reserved; /* bytes of the ring that writers are about to fill */
    bool flushing;     /* somebody is in backend->write */
    bool blocked;      /* the backend has not said yet that it takes more */
    bool stopped;      /* by VSTOP or TCXONC */
    bool held;         /* by TCXONC, which alone starts it again */
    unsigned char out_bytes[TTY_OUTPUT];
};

/* Default modes, or, `plain`, those of a terminal nobody looks at: no echo, nothing changed. */
enum tty_kind { TTY_NORMAL, TTY_PLAIN };
status_t tty_create(const struct tty_backend *backend, enum tty_kind kind, dev_t_ rdev,
                    void *data, struct tty **out) MUST_USE;
void tty_put(struct tty *tty);

/* Bytes were typed. Any context without locks. */
void tty_input(struct tty *tty, const char *data, size_t size);
/* How many bytes tty_input would take without losing any; 0: `resume` will be called. */
size_t tty_input_room(struct tty *tty);
/* The backend can write again. */
void tty_output_ready(struct tty *tty);
/* Bytes that were written and the backend has not taken yet; those of a pseudo terminal count
 * as taken. */
struct tty_drain {
    struct co co;
    struct tty *tty; /* in; the caller's reference */
    struct observer observer;
    struct object_wait wait;
};
/* Wait until there are none, as long as the backend takes: OK, ERR_INTERRUPTED, ERR_CANCELED.
 */
co_fn tty_drain;
/* The machine ends: no file can write any more, and what was written goes on its way. */
void tty_shut(struct tty *tty);
/* The window has another size: the foreground group gets SIGWINCH. */
void tty_window_changed(struct tty *tty, const struct winsize *size);
/* To the foreground group, as if a special character had been typed. */
void tty_signal_foreground(struct tty *tty, int signo);
/* The line is cut, for good: files read no more and cannot write, the session loses its
 * terminal, and its leader gets SIGHUP and SIGCONT; the foreground group follows when the
 * leader ends. No lock held. */
void tty_hang_up(struct tty *tty);

/* A file over the tty (takes a reference of its own). ERR_IO: it has hung up. */
status_t tty_file_create(struct tty *tty, unsigned flags, struct file **out) MUST_USE;
/* The same for a file that is being opened. */
status_t tty_file_open(struct tty *tty, struct file *file) MUST_USE;
/* It was opened at `path`, the node of a terminal. At once after tty_file_create. */
void tty_file_place(struct file *file, const struct path *path);
/* NULL: it is no terminal's. Borrowed. */
struct tty *tty_of_file(struct file *file);
/* Attributes for fstat of a file without an inode; leaves others alone. */
void tty_stat(struct file *file, struct inode_attr *attr);
/* Registers /dev/tty, /dev/console, which is the tty set last, and those of pty.h. At boot,
 * before the devfs is made. */
status_t tty_register_devices(void) MUST_USE;
void tty_set_console(struct tty *tty);

/* Opening a terminal without O_NOCTTY: a session leader without one gets it. */
void tty_opened(struct syscall *call, struct file *file);
/* `path`, which is /dev/tty. ERR_IO_NOT_PRESENT: the session has none. */
status_t tty_open_controlling(struct syscall *call, const struct path *path, unsigned flags,
                              struct file **out) MUST_USE;
/* `lp` leads a session whose terminal this becomes, with its group in the foreground. */
void tty_adopt(struct tty *tty, struct linux_process *lp);
/* Before a read (SIGTTIN) or write (SIGTTOU) of a file that may be a terminal's: OK, ERR_IO, or
 * ERR_INTERRUPTED after the signal was sent. */
status_t tty_check_io(struct syscall *call, struct file *file, int signo) MUST_USE;
/* The leader of session `sid` ended: the foreground group gets SIGHUP, and the session has no
 * terminal. */
void tty_leader_ended(struct tty *tty, pid_t_ sid);

/* ERR_NOT_TTY: not a terminal's file, or no request of a terminal. */
status_t tty_ioctl(struct syscall *call, struct file *file, uint32_t request,
                   user_addr_t arg) MUST_USE;
/* The request is made only after tty_drain: of this tty, which the file keeps. NULL: at once.
 */
struct tty *tty_ioctl_drains(struct file *file, uint32_t request);
/* Before that wait, as before any change: may the caller change the terminal? OK, ERR_IO, or
 * ERR_INTERRUPTED after SIGTTOU was sent. */
status_t tty_check_change(struct syscall *call, struct tty *tty) MUST_USE;
