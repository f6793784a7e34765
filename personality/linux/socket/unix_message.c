/*
 * unix_message.c - messages in the queues of AF_UNIX sockets, and who pays for them.
 */
#include "mm/slab.h"
#include "personality/linux/socket/unix_internal.h"

struct unix_message *unix_message_new(size_t size)
{
    struct unix_message *m = kmalloc(sizeof(*m) + size);

    if (!m)
        return NULL;
    *m = (struct unix_message){.size = (uint32_t)size};
    list_init(&m->link);
    return m;
}

static unsigned cost(const struct unix_message *m)
{
    return (unsigned)sizeof(*m) + m->size;
}

static bool crosses(struct unix_socket *sender, unsigned less, unsigned more)
{
    unsigned limit =
        atomic_load_explicit(&sender->socket.send_buffer, memory_order_relaxed) / 4;

    return less <= limit && more > limit;
}

void unix_message_charge(struct unix_message *m, struct unix_socket *sender)
{
    unsigned before = atomic_fetch_add_explicit(&sender->sent, cost(m), memory_order_relaxed);

    m->sender = unix_is_datagram(sender) ? unix_get(sender) : sender;
    if (crosses(sender, before, before + cost(m)))
        unix_update_out(sender);
}

void unix_message_uncharge(struct unix_message *m)
{
    struct unix_socket *sender = m->sender;
    unsigned before;

    if (!sender)
        return;
    before = atomic_fetch_sub_explicit(&sender->sent, cost(m), memory_order_relaxed);
    m->sender = NULL;
    if (crosses(sender, before - cost(m), before))
        unix_update_out(sender);
    if (unix_is_datagram(sender))
        unix_put(sender);
}

void unix_message_free(struct unix_message *m)
{
    unix_message_uncharge(m);
    unix_name_put(m->from);
    if (m->rights) {
        unix_flight_end(m->rights);
        rights_drop(m->rights);
    }
    kfree(m);
}

void unix_messages_free(struct list *messages)
{
    for (struct list *it = list_pop_front(messages); it; it = list_pop_front(messages))
        unix_message_free(container_of(it, struct unix_message, link));
}
