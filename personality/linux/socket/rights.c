/*
 * rights.c - letting go of files that travelled with messages, in a row.
 */
#include "personality/linux/socket/rights.h"

#include "mm/slab.h"

static struct spinlock drop_lock;
static struct list dropped; /* guarded by drop_lock; a zeroed one is empty */
static bool dropping;       /* somebody works on the list; guarded by drop_lock */

struct socket_rights *rights_new(unsigned count)
{
    struct socket_rights *rights = kmalloc(sizeof(*rights) + count * sizeof(rights->files[0]));

    if (!rights)
        return NULL;
    list_init(&rights->link);
    rights->count = 0;
    return rights;
}

/* True: the caller is the one to work on the list. */
static bool put_on_list(struct socket_rights *rights)
{
    SPIN_GUARD(&drop_lock);
    bool mine = !dropping;

    if (!dropped.next)
        list_init(&dropped);
    list_push_back(&dropped, &rights->link);
    dropping = true;
    return mine;
}

static struct socket_rights *take_from_list(void)
{
    SPIN_GUARD(&drop_lock);
    struct list *first = list_pop_front(&dropped);

    dropping = first;
    return first ? container_of(first, struct socket_rights, link) : NULL;
}

void rights_drop(struct socket_rights *rights)
{
    if (!rights || !put_on_list(rights))
        return;
    while ((rights = take_from_list()) != NULL) {
        for (unsigned i = 0; i < rights->count; i++)
            file_put(rights->files[i]);
        kfree(rights);
    }
}
