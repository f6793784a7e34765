/*
 * unix_show.c - /proc/net/unix (proc(5)).
 */
#include "fs/seq.h"
#include "personality/linux/socket/unix_internal.h"

enum { SS_UNCONNECTED = 1, SS_CONNECTED = 3, SO_ACCEPTCON = 1 << 16 };

/* The socket after `u` (NULL: the first), whose reference is consumed, with a reference; NULL:
 * there is none, or `u` is closed and leads nowhere. */
static struct unix_socket *next_socket(struct unix_socket *u)
{
    struct unix_socket *next = NULL;

    {
        SPIN_GUARD(&unix_name_lock);
        struct list *at = u ? u->all_link.next : unix_sockets.next;

        if (at && at != &unix_sockets && !(u && at == &u->all_link))
            next = unix_get(container_of(at, struct unix_socket, all_link));
    }
    unix_put(u);
    return next;
}

static void show_name(struct seq *seq, const struct unix_name *name)
{
    bool abstract = !name->text[0];

    seq_puts(seq, " ");
    for (uint32_t i = 0; i < name->size - !abstract; i++)
        seq_printf(seq, "%c", name->text[i] ? name->text[i] : '@');
}

static enum unix_state state_of(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    return u->state;
}

static void show(struct seq *seq, struct unix_socket *u)
{
    struct unix_name *name = unix_name_of(u);
    enum unix_state state = state_of(u);

    seq_printf(seq, "%016x: %08x 00000000 %08x %04x %02x %5lu", 0,
               atomic_load_explicit(&u->socket.object.refs, memory_order_relaxed) - 1,
               state == UNIX_LISTENING ? SO_ACCEPTCON : 0, u->socket.type,
               state == UNIX_CONNECTED ? SS_CONNECTED : SS_UNCONNECTED,
               (unsigned long)u->socket.ino);
    if (name)
        show_name(seq, name);
    unix_name_put(name);
    seq_puts(seq, "\n");
}

void unix_show(struct seq *seq)
{
    seq_puts(seq, "Num       RefCount Protocol Flags    Type St Inode Path\n");
    for (struct unix_socket *u = next_socket(NULL); u; u = next_socket(u))
        show(seq, u);
}
