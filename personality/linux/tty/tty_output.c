/*
 * tty_output.c - from programs to the screen: output processing, the ring, and its way to the
 * backend (termios(3), c_oflag).
 */
#include "personality/linux/tty/tty_internal.h"

enum {
    CHUNK = 512,
    EXPANSION = 8, /* bytes that one byte may become: a tab of spaces */
    TAB_STOP = 8,
};

uint32_t tty_space_locked(const struct tty *tty)
{
    return ring_space(&tty->out) - tty->reserved;
}

static void put_locked(struct tty *tty, const char *bytes, uint32_t size)
{
    ring_write(&tty->out, bytes, size);
}

static bool is_continuation(const struct tty *tty, unsigned char c)
{
    return tty->modes.base.iflag & IUTF8 && (c & 0xc0) == 0x80;
}

static void tab_locked(struct tty *tty, bool spaces)
{
    uint32_t width = TAB_STOP - tty->column % TAB_STOP;

    if (spaces)
        put_locked(tty, "        ", width);
    else
        put_locked(tty, "\t", 1);
    tty->column += width;
}

static void newline_locked(struct tty *tty, uint32_t oflag)
{
    if (oflag & ONLCR)
        put_locked(tty, "\r", 1);
    if (oflag & (ONLCR | ONLRET))
        tty->column = 0;
    put_locked(tty, "\n", 1);
}

static void return_locked(struct tty *tty, uint32_t oflag)
{
    if (oflag & ONOCR && tty->column == 0)
        return;
    if (oflag & OCRNL) {
        newline_locked(tty, oflag & ~(uint32_t)ONLCR);
        return;
    }
    tty->column = 0;
    put_locked(tty, "\r", 1);
}

/* One byte through OPOST; there is room for EXPANSION bytes. */
static void process_locked(struct tty *tty, unsigned char c)
{
    uint32_t oflag = tty->modes.base.oflag;
    const char byte = (char)c;

    if (!(oflag & OPOST)) {
        put_locked(tty, &byte, 1);
        return;
    }
    switch (c) {
    case '\n':
        newline_locked(tty, oflag);
        return;
    case '\r':
        return_locked(tty, oflag);
        return;
    case '\t':
        tab_locked(tty, (oflag & TABDLY) == XTABS);
        return;
    case '\b':
        tty->column -= tty->column > 0;
        break;
    default:
        if (c >= ' ' && c != 127 && !is_continuation(tty, c))
            tty->column++;
        break;
    }
    put_locked(tty, &byte, 1);
}

void tty_echo_locked(struct tty *tty, unsigned char c)
{
    if (tty_space_locked(tty) >= EXPANSION)
        process_locked(tty, c);
}

void tty_echo_raw_locked(struct tty *tty, unsigned char c)
{
    if (tty_space_locked(tty) >= 1)
        put_locked(tty, (const char *)&c, 1);
}

/* A stopped terminal takes as much as its ring holds; a pseudo terminal takes nothing, as what
 * it took can be read. */
bool tty_is_held_locked(const struct tty *tty)
{
    return tty->stopped && !tty->backend->write;
}

/* Room for some bytes, kept for us while they are copied from user memory. */
static status_t reserve(struct tty *tty, size_t wanted, uint32_t *count)
{
    SPIN_GUARD(&tty->object.lock);
    uint32_t room = MIN(tty_space_locked(tty) / EXPANSION, (uint32_t)CHUNK);

    if (tty->hung_up)
        return ERR_IO;
    if (tty_is_held_locked(tty))
        return ERR_SHOULD_WAIT;
    *count = (uint32_t)MIN(wanted, (size_t)room);
    tty->reserved += *count * EXPANSION;
    tty_update_locked(tty);
    return *count ? OK : ERR_SHOULD_WAIT;
}

static void commit(struct tty *tty, const unsigned char *bytes, size_t size, uint32_t reserved)
{
    SPIN_GUARD(&tty->object.lock);

    tty->reserved -= reserved * EXPANSION;
    for (size_t i = 0; i < size; i++)
        process_locked(tty, bytes[i]);
    tty_update_locked(tty);
}

status_t tty_try_write(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct tty *tty = tty_of_file(file);
    unsigned char bytes[CHUNK];
    uint32_t count;
    size_t moved;
    status_t st = reserve(tty, iobuf_left(io), &count);

    (void)pos;
    if (st != OK)
        return st;
    st = iobuf_take(io, bytes, count, &moved);
    commit(tty, bytes, moved, count);
    tty_flush(tty);
    return moved ? OK : st;
}

/* What a master may read is beyond recall, as is what a backend is being given. */
void tty_drop_output_locked(struct tty *tty)
{
    if (tty->backend->write && !tty->flushing)
        ring_drop(&tty->out, ring_used(&tty->out));
    tty_note_locked(tty, TIOCPKT_FLUSHWRITE, 0);
}

/* The backend counts as blocked while it is asked, so that its tty_output_ready, which may come
 * before its answer, is not lost. */
uint32_t tty_output_begin(struct tty *tty, void *bytes, uint32_t size)
{
    SPIN_GUARD(&tty->object.lock);
    uint32_t count;

    if (tty->flushing || tty->blocked || (tty->stopped && tty->backend->write))
        return 0;
    count = ring_peek(&tty->out, 0, bytes, size);
    tty->flushing = tty->blocked = count > 0;
    return count;
}

void tty_output_end(struct tty *tty, size_t actual, bool blocked)
{
    SPIN_GUARD(&tty->object.lock);

    ring_drop(&tty->out, (uint32_t)actual);
    tty->flushing = false;
    if (!blocked)
        tty->blocked = false;
    tty_update_locked(tty);
}

/* Whoever finds somebody at it has put his bytes into the ring before, where that one, who
 * looks again after each write, sees them. */
void tty_flush(struct tty *tty)
{
    char bytes[CHUNK];
    uint32_t count;

    if (!tty->backend->write) {
        tty->backend->changed(tty);
        return;
    }
    while ((count = tty_output_begin(tty, bytes, sizeof(bytes))) > 0) {
        size_t actual = 0;
        status_t st = tty->backend->write(tty, bytes, count, &actual);

        /* A screen that is gone takes everything. */
        if (st != OK && st != ERR_SHOULD_WAIT)
            actual = count;
        tty_output_end(tty, actual, st == ERR_SHOULD_WAIT);
    }
}

void tty_output_ready(struct tty *tty)
{
    {
        SPIN_GUARD(&tty->object.lock);
        tty->blocked = false;
    }
    tty_flush(tty);
}

CO_FN(tty_drain)
{
    status_t st;

    f->observer = (struct observer){.obj = &f->tty->object, .want = TTY_DRAINED};
    object_observe(&f->observer, task);
    CO_CALL(st, f->wait, object_wait, .observer = &f->observer, .deadline = TIME_INFINITE);
    CO_RETURN(st);
}
CO_END
