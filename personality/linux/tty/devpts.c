/*
 * devpts.c - the pseudo terminals there are, and their file system (pts(4)).
 */
#include "base/format.h"
#include "fs/genfs.h"
#include "personality/linux/tty/pty_internal.h"

enum { DEVPTS_SUPER_MAGIC = 0x1cd1, INO_PTMX = 2, INO_FIRST = 3 };

static struct spinlock lock;
static struct list ptys; /* of pty.link, by index; guarded by lock */

void pty_table_init(void)
{
    list_init(&ptys);
}

/* The lowest number that is free. */
status_t pty_table_add(struct pty *pty)
{
    SPIN_GUARD(&lock);
    struct list *next = ptys.next;
    uint32_t index = 0;

    while (next != &ptys && container_of(next, struct pty, link)->index == index) {
        next = next->next;
        index++;
    }
    if (index >= PTY_MAX)
        return ERR_NO_SPACE;
    pty->index = index;
    pty->tty->rdev = DEV(PTY_MAJOR, index);
    list_insert_before(next, &pty->link);
    return OK;
}

void pty_table_remove(struct pty *pty)
{
    SPIN_GUARD(&lock);

    list_remove(&pty->link);
}

void pty_table_hide(struct pty *pty)
{
    SPIN_GUARD(&lock);

    pty->gone = true;
}

/* The first that has a name, from `index` on. */
static struct pty *next_locked(uint32_t index)
{
    list_for_each (it, &ptys) {
        struct pty *pty = container_of(it, struct pty, link);

        if (pty->index >= index && !pty->gone)
            return pty;
    }
    return NULL;
}

static struct pty *find_locked(uint32_t index)
{
    struct pty *pty = next_locked(index);

    return pty && pty->index == index ? pty : NULL;
}

struct tty *pty_table_find(uint32_t index)
{
    SPIN_GUARD(&lock);
    struct pty *pty = find_locked(index);

    return pty && object_try_get(&pty->tty->object) ? pty->tty : NULL;
}

static uint32_t index_of(const struct inode *inode)
{
    return (uint32_t)(inode->attr.ino - INO_FIRST);
}

static void node_attr(struct inode *inode, struct inode_attr *attr)
{
    SPIN_GUARD(&lock);
    const struct pty *pty = find_locked(index_of(inode));

    if (!pty)
        return;
    attr->uid = pty->uid;
    attr->gid = pty->gid;
    attr->mode = pty->mode;
    attr->atime = attr->mtime = attr->ctime = attr->btime = pty->born;
}

/* Times are not kept. */
static status_t node_set_attr(struct inode *inode, const struct inode_attr *attr,
                              unsigned which)
{
    SPIN_GUARD(&lock);
    struct pty *pty = find_locked(index_of(inode));

    if (!pty)
        return OK;
    if (which & ATTR_UID)
        pty->uid = attr->uid;
    if (which & ATTR_GID)
        pty->gid = attr->gid;
    if (which & ATTR_MODE)
        pty->mode = attr->mode;
    return OK;
}

static const struct gen_ops node_ops = {.attr = node_attr, .set_attr = node_set_attr};
static const struct gen_ops ptmx_ops;

static status_t make_node(struct inode *dir, uint64_t ino, dev_t_ rdev, uint32_t mode,
                          const struct gen_ops *ops, struct inode **out)
{
    status_t st = gen_inode_create(dir->fs, ino, INODE_CHAR, mode, 0, 0, ops, NULL, out);

    if (st == OK)
        (*out)->attr.rdev = rdev;
    return st;
}

/* -1: no number of a terminal. */
static int64_t index_of_name(struct name name)
{
    uint32_t index = 0;

    if (!name.size || name.size > 4 || (name.size > 1 && name.text[0] == '0'))
        return -1;
    for (size_t i = 0; i < name.size; i++) {
        if (name.text[i] < '0' || name.text[i] > '9')
            return -1;
        index = index * 10 + (uint32_t)(name.text[i] - '0');
    }
    return index;
}

static bool is_there(int64_t index)
{
    SPIN_GUARD(&lock);

    return index >= 0 && find_locked((uint32_t)index);
}

static status_t root_lookup(struct inode *dir, struct name name, struct inode **out)
{
    int64_t index = index_of_name(name);

    if (name.size == 4 && !memcmp(name.text, "ptmx", 4))
        return make_node(dir, INO_PTMX, DEV(TTY_MAJOR, TTY_MINOR_PTMX), 0666, &ptmx_ops, out);
    if (!is_there(index))
        return ERR_NOT_FOUND;
    return make_node(dir, INO_FIRST + (uint64_t)index, DEV(PTY_MAJOR, (uint64_t)index), 0600,
                     &node_ops, out);
}

/* The cursor is 0 for ptmx, then one more than an index. */
static bool next_number(uint64_t at, uint32_t *index)
{
    SPIN_GUARD(&lock);
    struct pty *pty = next_locked((uint32_t)(at - 1));

    if (pty)
        *index = pty->index;
    return pty;
}

static status_t root_readdir(struct inode *dir, uint64_t *at,
                             bool (*emit)(void *arg, struct name name, uint64_t ino,
                                          enum inode_type type, uint64_t next),
                             void *arg)
{
    char text[8];
    uint32_t index;

    (void)dir;
    if (*at == 0) {
        if (!emit(arg, (struct name){"ptmx", 4}, INO_PTMX, INODE_CHAR, 1))
            return OK;
        *at = 1;
    }
    while (next_number(*at, &index)) {
        int size = format(text, sizeof(text), "%u", index);

        if (!emit(arg, (struct name){text, (size_t)size}, INO_FIRST + index, INODE_CHAR,
                  index + 2))
            break;
        *at = index + 2;
    }
    return OK;
}

static const struct gen_ops root_ops = {.lookup = root_lookup, .readdir = root_readdir};

status_t devpts_create(struct filesystem **out)
{
    return genfs_create("devpts", DEVPTS_SUPER_MAGIC, &root_ops, NULL, out);
}
