/*
 * pty.c - the master of a pseudo terminal: what is written to it was typed, what is read from
 * it was shown (pty(7)).
 */
#include "fs/chardev.h"
#include "mm/slab.h"
#include "personality/linux/tty/pty_internal.h"

enum { CHUNK = 512 };

SLAB_CACHE(pty_cache, struct pty);

/* Somebody had the terminal open, and nobody has now: the master's end of file. */
static bool is_closed_locked(const struct tty *tty)
{
    return tty->was_opened && !tty->opens;
}

static signals_t readiness_locked(struct tty *tty, bool writing)
{
    bool output = ring_used(&tty->out) && !tty->flushing;
    signals_t now = output || tty->packet ? FILE_IN : 0;

    if (tty->packet)
        now |= FILE_PRI;
    if (is_closed_locked(tty))
        now |= FILE_HUP;
    if (!writing && tty_input_room_locked(tty))
        now |= FILE_OUT;
    return now;
}

void pty_update(struct tty *tty)
{
    struct pty *pty = pty_of(tty);
    signals_t now, before;
    SPIN_GUARD(&pty->lock);

    {
        SPIN_GUARD(&tty->object.lock);
        now = readiness_locked(tty, pty->writing);
    }
    before = object_signals(&pty->object);
    if (now != before)
        object_signal(&pty->object, before & ~now, now);
}

static void pty_release(struct tty *tty)
{
    struct pty *pty = pty_of(tty);

    pty_table_remove(pty);
    object_put(&pty->object);
}

static void pty_destroy(struct object *obj)
{
    slab_free(&pty_cache, container_of(obj, struct pty, object));
}

static const struct object_ops pty_object_ops = {.name = "pty", .destroy = pty_destroy};
static const struct tty_backend pty_backend = {
    .name = "pty", .resume = pty_update, .changed = pty_update, .release = pty_release};

static void set_owner(struct pty *pty)
{
    struct linux_thread *caller = linux_caller();

    pty->mode = 0600;
    pty->born = inode_time_now();
    if (!caller)
        return;
    SPIN_GUARD(&caller->process->lock);
    pty->uid = caller->process->cred.fsuid;
    pty->gid = caller->process->cred.fsgid;
}

status_t pty_create(struct tty **out)
{
    struct pty *pty = slab_alloc_zeroed(&pty_cache);
    struct tty *tty;
    status_t st;

    if (!pty)
        return ERR_NO_MEMORY;
    object_init(&pty->object, &pty_object_ops, FILE_OUT);
    list_init(&pty->link);
    st = tty_create(&pty_backend, TTY_NORMAL, 0, pty, &tty);
    if (st != OK) {
        object_put(&pty->object);
        return st;
    }
    tty->modes.base.iflag &= ~IUTF8;
    tty->modes.base.cflag &= ~HUPCL;
    pty->tty = tty;
    pty->locked = true;
    set_owner(pty);
    st = pty_table_add(pty);
    if (st != OK) {
        tty_put(tty);
        return st;
    }
    *out = tty;
    return OK;
}

void pty_close_master(struct tty *tty)
{
    pty_table_hide(pty_of(tty));
    tty_hang_up(tty);
    tty_put(tty);
}

/* Packet mode: what happened comes alone, before the data. ERR_SHOULD_WAIT: nothing did. */
static status_t read_status(struct tty *tty, struct iobuf *io)
{
    uint8_t packet;
    size_t moved;
    status_t st;

    {
        SPIN_GUARD(&tty->object.lock);
        packet = tty->packet;
    }
    if (!packet)
        return ERR_SHOULD_WAIT;
    st = iobuf_put(io, &packet, sizeof(packet), &moved);
    if (st != OK)
        return st;
    {
        SPIN_GUARD(&tty->object.lock);
        tty->packet &= (uint8_t)~packet;
    }
    return OK;
}

static status_t nothing_to_read(struct tty *tty)
{
    SPIN_GUARD(&tty->object.lock);

    return is_closed_locked(tty) && !ring_used(&tty->out) ? ERR_IO : ERR_SHOULD_WAIT;
}

/* All that there is. ERR_SHOULD_WAIT: nothing; ERR_IO: and there will be nothing. */
static status_t read_output(struct tty *tty, struct iobuf *io, bool packets)
{
    static const uint8_t header = TIOCPKT_DATA;
    unsigned char bytes[CHUNK];
    size_t done = 0, moved = 0;
    status_t st = OK;
    uint32_t count;

    while (st == OK && iobuf_left(io)) {
        count = tty_output_begin(tty, bytes, (uint32_t)MIN(sizeof(bytes), iobuf_left(io)));
        if (!count)
            break;
        if (packets && !done) {
            st = iobuf_put(io, &header, sizeof(header), &moved);
            done += moved;
        }
        moved = 0;
        if (st == OK)
            st = iobuf_put(io, bytes, MIN(count, iobuf_left(io)), &moved);
        tty_output_end(tty, moved, false);
        done += moved;
    }
    if (done)
        return OK;
    return st == OK ? nothing_to_read(tty) : st;
}

static status_t master_try_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct tty *tty = file->data;
    bool packets;
    status_t st;

    (void)pos;
    {
        SPIN_GUARD(&tty->object.lock);
        packets = tty->packet_mode;
    }
    st = packets ? read_status(tty, io) : ERR_SHOULD_WAIT;
    if (st == ERR_SHOULD_WAIT)
        st = read_output(tty, io, packets);
    pty_update(tty);
    return st;
}

/* One write at a time looks for room and fills it; another finds the master not ready. */
static bool begin_write(struct pty *pty)
{
    SPIN_GUARD(&pty->lock);

    if (pty->writing) {
        object_signal(&pty->object, FILE_OUT, 0);
        return false;
    }
    pty->writing = true;
    return true;
}

static void end_write(struct pty *pty)
{
    {
        SPIN_GUARD(&pty->lock);
        pty->writing = false;
    }
    pty_update(pty->tty);
}

static status_t master_try_write(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct tty *tty = file->data;
    status_t st = ERR_SHOULD_WAIT;
    char bytes[CHUNK];
    size_t room, moved = 0;

    (void)pos;
    if (!begin_write(pty_of(tty)))
        return ERR_SHOULD_WAIT;
    room = MIN(tty_input_room(tty), sizeof(bytes));
    if (room)
        st = iobuf_take(io, bytes, MIN(room, iobuf_left(io)), &moved);
    if (moved)
        tty_input(tty, bytes, moved);
    end_write(pty_of(tty));
    return moved ? OK : st;
}

static struct object *master_poll_object(struct file *file)
{
    return &pty_of(file->data)->object;
}

static void master_close(struct file *file)
{
    pty_close_master(file->data);
}

static const struct file_ops master_file_ops = {
    .name = "ptmx",
    .try_read = master_try_read,
    .try_write = master_try_write,
    .poll_object = master_poll_object,
    .tells = true,
    .close = master_close,
};

struct tty *pty_of_master(struct file *file)
{
    return file->ops == &master_file_ops ? file->data : NULL;
}

static status_t ptmx_open(const struct chardev *dev, struct file *file)
{
    struct tty *tty;
    status_t st = pty_create(&tty);

    (void)dev;
    if (st != OK)
        return st;
    file->ops = &master_file_ops;
    file->data = tty;
    return OK;
}

bool pty_is_locked(struct tty *tty)
{
    SPIN_GUARD(&tty->object.lock);

    return pty_of(tty)->locked;
}

static status_t terminal_open(const struct chardev *dev, struct file *file)
{
    struct tty *tty = pty_table_find((uint32_t)(file->inode->attr.rdev - dev->dev));
    status_t st = tty && !pty_is_locked(tty) ? tty_file_open(tty, file) : ERR_IO;

    tty_put(tty);
    return st;
}

status_t pty_register_devices(void)
{
    static struct chardev devices[2];
    status_t st;

    pty_table_init();
    devices[0] = (struct chardev){
        .name = "ptmx", .dev = DEV(TTY_MAJOR, TTY_MINOR_PTMX), .mode = 0666, .open = ptmx_open};
    devices[1] = (struct chardev){
        .dev = DEV(PTY_MAJOR, 0), .minors = PTY_MAX, .mode = 0600, .open = terminal_open};
    st = chardev_register(&devices[0]);
    return st == OK ? chardev_register(&devices[1]) : st;
}
