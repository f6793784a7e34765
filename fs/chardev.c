/*
 * chardev.c - the table of character devices.
 */
#include "fs/chardev.h"

static struct spinlock lock;
static struct list devices; /* of chardev.link; guarded by lock */

void chardev_init(void)
{
    list_init(&devices);
}

static uint64_t count_of(const struct chardev *dev)
{
    return dev->minors ? dev->minors : 1;
}

static struct chardev *find_locked(dev_t_ first, uint64_t count)
{
    list_for_each (it, &devices) {
        struct chardev *dev = container_of(it, struct chardev, link);

        if (first < dev->dev + count_of(dev) && dev->dev < first + count)
            return dev;
    }
    return NULL;
}

status_t chardev_register(struct chardev *dev)
{
    SPIN_GUARD(&lock);

    if (find_locked(dev->dev, count_of(dev)))
        return ERR_ALREADY_EXISTS;
    list_push_back(&devices, &dev->link);
    return OK;
}

const struct chardev *chardev_next(const struct chardev *dev)
{
    SPIN_GUARD(&lock);
    struct list *next = dev ? dev->link.next : devices.next;

    return next == &devices ? NULL : container_of(next, struct chardev, link);
}

static const struct chardev *find(dev_t_ number)
{
    SPIN_GUARD(&lock);

    return find_locked(number, 1);
}

status_t chardev_open(struct file *file)
{
    const struct chardev *dev = find(file->inode->attr.rdev);
    status_t st = OK;

    if (!dev)
        return ERR_IO_NOT_PRESENT;
    file->ops = dev->ops;
    file->flags |= dev->flags;
    if (dev->open) {
        st = dev->open(dev, file);
        /* A file that did not come to be open is not closed. */
        if (st != OK)
            file->ops = NULL;
    }
    return st;
}
