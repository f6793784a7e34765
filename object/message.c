/*
 * message.c - messages of channels: bytes and handles on their way.
 */
#include "object/message.h"

#include "mm/slab.h"
#include "object/channel.h"

struct message *message_alloc(uint32_t size, uint32_t handle_count)
{
    struct message *m = kmalloc(sizeof(*m) + handle_count * sizeof(m->handles[0]) + size);

    if (!m)
        return NULL;
    list_init(&m->link);
    m->size = size;
    m->handle_count = handle_count;
    for (uint32_t i = 0; i < handle_count; i++)
        m->handles[i] = (struct handle){0};
    return m;
}

/* As handle_drop, but a channel that closes with it leaves its messages on `messages`. */
static void drop_into(struct handle *h, struct list *messages)
{
    struct object *obj = h->obj;

    if (!obj || obj->ops->type != ZX_OBJ_TYPE_CHANNEL) {
        handle_drop(h);
        return;
    }
    if (object_handle_put_last(obj))
        channel_close(obj, messages);
    object_put(obj);
}

void messages_free(struct list *messages)
{
    struct list *link;

    while ((link = list_pop_front(messages))) {
        struct message *m = container_of(link, struct message, link);

        for (uint32_t i = 0; i < m->handle_count; i++)
            drop_into(&m->handles[i], messages);
        kfree(m);
    }
}

void message_free(struct message *m)
{
    struct list one;

    if (!m)
        return;
    list_init(&one);
    list_push_back(&one, &m->link);
    messages_free(&one);
}
