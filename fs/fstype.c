/*
 * fstype.c - the table of file system types, and the options they are mounted with.
 */
#include "fs/fstype.h"

#include "base/string.h"
#include "hal/spinlock.h"

static struct spinlock lock;
static struct list types; /* of fs_type.link; guarded by lock */

void fs_type_init(void)
{
    list_init(&types);
}

static struct fs_type *find_locked(const char *name)
{
    list_for_each (it, &types) {
        struct fs_type *type = container_of(it, struct fs_type, link);

        if (!strcmp(type->name, name))
            return type;
    }
    return NULL;
}

status_t fs_type_register(struct fs_type *type)
{
    SPIN_GUARD(&lock);

    if (find_locked(type->name))
        return ERR_ALREADY_EXISTS;
    list_push_back(&types, &type->link);
    return OK;
}

const struct fs_type *fs_type_find(const char *name)
{
    SPIN_GUARD(&lock);

    return find_locked(name);
}

const struct fs_type *fs_type_next(const struct fs_type *type)
{
    SPIN_GUARD(&lock);
    struct list *next = type ? type->link.next : types.next;

    return next == &types ? NULL : container_of(next, struct fs_type, link);
}

bool fs_option_next(char **rest, char **name, char **value)
{
    char *end, *equals;

    while (**rest == ',')
        ++*rest;
    if (!**rest)
        return false;
    *name = *rest;
    end = strchr(*name, ',');
    *rest = end ? end + 1 : *name + strlen(*name);
    if (end)
        *end = '\0';
    equals = strchr(*name, '=');
    if (equals)
        *equals = '\0';
    *value = equals ? equals + 1 : NULL;
    return true;
}
