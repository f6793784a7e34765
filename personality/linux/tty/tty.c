/*
 * tty.c - terminals: making them, their files, and readiness.
 */
#include "personality/linux/tty/tty.h"

#include "fs/chardev.h"
#include "mm/slab.h"
#include "personality/linux/tty/pty.h"
#include "personality/linux/tty/tty_internal.h"

SLAB_CACHE(tty_cache, struct tty);

/* "Default settings" of a fresh terminal (termios(3), `stty sane`). */
static const struct termios2 normal_modes = {
    .base = {.iflag = ICRNL | IXON | IUTF8,
             .oflag = OPOST | ONLCR,
             .cflag = B38400 | CS8 | CREAD | HUPCL,
             .lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
             .cc = {[VINTR] = 3,
                    [VQUIT] = 28,
                    [VERASE] = 127,
                    [VKILL] = 21,
                    [VEOF] = 4,
                    [VMIN] = 1,
                    [VSTART] = 17,
                    [VSTOP] = 19,
                    [VSUSP] = 26,
                    [VREPRINT] = 18,
                    [VDISCARD] = 15,
                    [VWERASE] = 23,
                    [VLNEXT] = 22}},
    .ispeed = 38400,
    .ospeed = 38400,
};

static void tty_destroy(struct object *obj)
{
    struct tty *tty = container_of(obj, struct tty, object);

    timer_disarm(&tty->timer);
    if (tty->backend->release)
        tty->backend->release(tty);
    slab_free(&tty_cache, tty);
}

static const struct object_ops tty_object_ops = {.name = "tty", .destroy = tty_destroy};

status_t tty_create(const struct tty_backend *backend, enum tty_kind kind, dev_t_ rdev,
                    void *data, struct tty **out)
{
    struct tty *tty = slab_alloc_zeroed(&tty_cache);

    if (!tty)
        return ERR_NO_MEMORY;
    object_init(&tty->object, &tty_object_ops, FILE_OUT | TTY_DRAINED);
    tty->backend = backend;
    tty->data = data;
    tty->rdev = rdev;
    tty->modes = normal_modes;
    if (kind == TTY_PLAIN) {
        tty->modes.base.lflag &= ~(ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE);
        tty->modes.base.oflag = 0;
    }
    ring_init(&tty->out, tty->out_bytes, TTY_OUTPUT);
    *out = tty;
    return OK;
}

void tty_put(struct tty *tty)
{
    if (tty)
        object_put(&tty->object);
}

/* Writers begin when a little room is there, so that they do not run byte by byte. */
static signals_t readiness_locked(const struct tty *tty)
{
    enum { WORTH_WAKING = 256 };
    signals_t now = tty_has_input_locked(tty) && !tty->reader_waits ? FILE_IN : 0;

    if (!tty->backend->write || !ring_used(&tty->out))
        now |= TTY_DRAINED;
    if (tty->hung_up)
        return now | FILE_IN | FILE_OUT | FILE_ERR | FILE_HUP;
    if (tty_space_locked(tty) >= WORTH_WAKING && !tty_is_held_locked(tty))
        now |= FILE_OUT;
    return now;
}

void tty_update_locked(struct tty *tty)
{
    signals_t now = readiness_locked(tty);

    if (tty->object.signals != now)
        object_signal_locked(&tty->object, tty->object.signals & ~now, now);
}

size_t tty_input_room(struct tty *tty)
{
    SPIN_GUARD(&tty->object.lock);

    return tty_input_room_locked(tty);
}

size_t tty_input_room_locked(struct tty *tty)
{
    size_t room = TTY_INPUT - 1 - (tty->written - tty->read);

    /* A line that is too long goes on being lost until it ends: holding it back would be for
     * ever. */
    if (tty_local(tty, ICANON) && !tty_readable_locked(tty))
        return TTY_INPUT;
    tty->throttled = room == 0;
    return room;
}

void tty_drop_input_locked(struct tty *tty)
{
    tty->read = tty->line = tty->written;
    tty->literal = false;
    tty->timed_out = false;
    tty_note_locked(tty, TIOCPKT_FLUSHREAD, 0);
}

void tty_note_locked(struct tty *tty, uint8_t set, uint8_t clear)
{
    if (tty->packet_mode)
        tty->packet = (uint8_t)((tty->packet & ~clear) | set);
}

void tty_stop_locked(struct tty *tty, bool stop)
{
    if (tty->stopped == stop || tty->held)
        return;
    tty->stopped = stop;
    tty_note_locked(tty, stop ? TIOCPKT_STOP : TIOCPKT_START,
                    stop ? TIOCPKT_START : TIOCPKT_STOP);
}

void tty_made_room(struct tty *tty)
{
    {
        SPIN_GUARD(&tty->object.lock);
        if (!tty->throttled)
            return;
        tty->throttled = false;
    }
    if (tty->backend->resume)
        tty->backend->resume(tty);
}

static struct object *tty_poll_object(struct file *file)
{
    return &tty_of_file(file)->object;
}

static void tty_close(struct file *file)
{
    struct tty *tty = tty_of_file(file);

    {
        SPIN_GUARD(&tty->object.lock);
        tty->opens--;
    }
    tty_flush(tty);
    tty_put(tty);
}

const struct file_ops tty_file_ops = {
    .name = "tty",
    .try_read = tty_try_read,
    .try_write = tty_try_write,
    .poll_object = tty_poll_object,
    .tells = true,
    .close = tty_close,
};

struct tty *tty_of_file(struct file *file)
{
    return file->ops == &tty_file_ops ? file->data : NULL;
}

status_t tty_file_open(struct tty *tty, struct file *file)
{
    {
        SPIN_GUARD(&tty->object.lock);
        if (tty->hung_up)
            return ERR_IO;
        tty->opens++;
        tty->was_opened = true;
    }
    object_get(&tty->object);
    file->ops = &tty_file_ops;
    file->data = tty;
    tty_flush(tty);
    return OK;
}

status_t tty_file_create(struct tty *tty, unsigned flags, struct file **out)
{
    struct file *file;
    status_t st = file_create(NULL, flags, NULL, NULL, &file);

    if (st != OK)
        return st;
    st = tty_file_open(tty, file);
    if (st != OK) {
        file_put(file);
        return st;
    }
    *out = file;
    return OK;
}

void tty_file_place(struct file *file, const struct path *path)
{
    file->inode = inode_get(path->dentry->inode);
    file->path = *path;
    path_get(path);
}

void tty_stat(struct file *file, struct inode_attr *attr)
{
    struct tty *tty = tty_of_file(file);

    if (!tty)
        return;
    attr->type = INODE_CHAR;
    attr->mode = 0620;
    attr->rdev = tty->rdev;
    attr->ino = tty->object.koid;
}

/* The system's console: a reference that is kept. Set at boot. */
static struct tty *console;

void tty_set_console(struct tty *tty)
{
    object_get(&tty->object);
    console = tty;
}

static status_t console_open(const struct chardev *dev, struct file *file)
{
    (void)dev;
    return console ? tty_file_open(console, file) : ERR_IO_NOT_PRESENT;
}

/* The open calls look at the caller's session themselves; for anyone else there is none. */
static status_t controlling_open(const struct chardev *dev, struct file *file)
{
    (void)dev, (void)file;
    return ERR_IO_NOT_PRESENT;
}

status_t tty_register_devices(void)
{
    static struct chardev devices[2];
    status_t st;

    console = NULL;
    devices[0] = (struct chardev){.name = "tty",
                                  .dev = DEV(TTY_MAJOR, TTY_MINOR_CONTROLLING),
                                  .mode = 0666,
                                  .open = controlling_open};
    devices[1] = (struct chardev){.name = "console",
                                  .dev = DEV(TTY_MAJOR, TTY_MINOR_CONSOLE),
                                  .mode = 0666, /* whoever we run for, it is his */
                                  .open = console_open};
    st = chardev_register(&devices[0]);
    if (st == OK)
        st = chardev_register(&devices[1]);
    return st == OK ? pty_register_devices() : st;
}
