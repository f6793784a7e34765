/*
 * tty_read.c - reading from a terminal: a line at a time, or by VMIN and VTIME (termios(3)).
 *
 * One reader at a time copies bytes out, without the lock: the bytes up to `line` stay where
 * they are until he is done. One that comes meanwhile takes the readiness away and waits for
 * it.
 */
#include "base/bitmap.h"
#include "hal/time.h"
#include "personality/linux/tty/tty_internal.h"

enum { TIME_UNIT_MS = 100 };

uint32_t tty_readable_locked(const struct tty *tty)
{
    return tty->line - tty->read;
}

static unsigned min_bytes(const struct tty *tty)
{
    return tty->modes.base.cc[VMIN];
}

static time_ns_t byte_time(const struct tty *tty)
{
    return (time_ns_t)tty->modes.base.cc[VTIME] * TIME_UNIT_MS * NS_PER_MS;
}

/* A read that wants less than VMIN and had to wait is woken with the others. */
bool tty_has_input_locked(const struct tty *tty)
{
    if (tty->timed_out)
        return true;
    if (tty_local(tty, ICANON))
        return tty_readable_locked(tty) > 0;
    return tty_readable_locked(tty) >= MAX(min_bytes(tty), 1u);
}

/* Start VTIME now. True: the timer is not running yet. */
static bool start_time_locked(struct tty *tty)
{
    bool armed = tty->timer_armed;

    tty->read_deadline = hal_time_now() + byte_time(tty);
    tty->timer_armed = true;
    return !armed;
}

/* With VMIN and VTIME the time runs between bytes; without VMIN, from the read on (below). */
bool tty_restart_time_locked(struct tty *tty)
{
    if (!min_bytes(tty) || !byte_time(tty) || tty_has_input_locked(tty) ||
        !tty_readable_locked(tty))
        return false;
    return start_time_locked(tty);
}

/* A deadline that moved while the timer ran is waited for again: nobody has to take it away. */
void tty_timer_fired(struct timer *timer)
{
    struct tty *tty = container_of(timer, struct tty, timer);
    time_ns_t deadline;

    {
        SPIN_GUARD(&tty->object.lock);
        deadline = tty->read_deadline;
        if (hal_time_now() >= deadline) {
            tty->timer_armed = false;
            tty->timed_out =
                !tty_local(tty, ICANON) && (!min_bytes(tty) || tty_readable_locked(tty));
            tty_update_locked(tty);
            return;
        }
    }
    timer_arm_callback(timer, tty_timer_fired, deadline);
}

static bool is_end_of_file(const struct tty *tty, uint32_t at)
{
    return bitmap_test(tty->ends, at % TTY_INPUT) && !tty->in[at % TTY_INPUT];
}

/* How much of what is there one read gets; `*end`: and an end-of-file character behind it, also
 * where the read's buffer ends there, as a read of that size would else be followed by one of
 * 0. */
static uint32_t line_size_locked(const struct tty *tty, size_t wanted, bool *end)
{
    uint32_t size = 0, there = tty_readable_locked(tty);
    bool ends = false;

    while (size < MIN(wanted, (size_t)there) && !ends &&
           !is_end_of_file(tty, tty->read + size)) {
        ends = bitmap_test(tty->ends, (tty->read + size) % TTY_INPUT);
        size++;
    }
    *end = !ends && size < there && is_end_of_file(tty, tty->read + size);
    return size;
}

struct reading {
    uint32_t at, size;
    bool end;
    bool arm; /* the timer, after the lock */
};

static status_t raw_size_locked(struct tty *tty, size_t wanted, struct reading *r)
{
    uint32_t there = tty_readable_locked(tty);

    if (there < MIN((size_t)min_bytes(tty), wanted) && !tty->timed_out)
        return ERR_SHOULD_WAIT;
    if (!there && !min_bytes(tty) && byte_time(tty) && !tty->timed_out) {
        r->arm = start_time_locked(tty);
        return ERR_SHOULD_WAIT;
    }
    tty->timed_out = false;
    r->size = (uint32_t)MIN(wanted, (size_t)there);
    r->end = false;
    return OK;
}

/* Become the reader: OK with what to copy. */
static status_t read_begin(struct tty *tty, size_t wanted, struct reading *r)
{
    SPIN_GUARD(&tty->object.lock);
    status_t st = OK;

    if (tty->hung_up)
        return OK; /* the end of the file */
    if (tty->reading) {
        tty->reader_waits = true;
        tty_update_locked(tty);
        return ERR_SHOULD_WAIT;
    }
    if (!tty_local(tty, ICANON))
        st = raw_size_locked(tty, wanted, r);
    else if (tty_readable_locked(tty))
        r->size = line_size_locked(tty, wanted, &r->end);
    else
        st = ERR_SHOULD_WAIT;
    r->at = tty->read;
    tty->reading = st == OK;
    tty_update_locked(tty);
    return st;
}

/* What was typed may have been thrown away meanwhile; then there is nothing to take out. */
static void read_commit(struct tty *tty, const struct reading *r, uint32_t done)
{
    {
        SPIN_GUARD(&tty->object.lock);
        if (tty->read == r->at)
            tty->read += done + (r->end && done == r->size ? 1 : 0);
        tty->reading = tty->reader_waits = false;
        tty_update_locked(tty);
    }
    tty_made_room(tty);
}

status_t tty_try_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct tty *tty = tty_of_file(file);
    struct reading r = {0};
    uint32_t done = 0;
    status_t st = read_begin(tty, iobuf_left(io), &r);

    (void)pos;
    if (r.arm)
        timer_arm_callback(&tty->timer, tty_timer_fired, tty->read_deadline);
    if (st != OK)
        return st;
    while (st == OK && done < r.size) {
        uint32_t at = (r.at + done) % TTY_INPUT;
        size_t moved;

        st = iobuf_put(io, tty->in + at, MIN(r.size - done, TTY_INPUT - at), &moved);
        done += (uint32_t)moved;
    }
    read_commit(tty, &r, done);
    return done ? OK : st;
}
