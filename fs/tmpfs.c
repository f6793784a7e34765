/*
 * tmpfs.c - file systems in memory as mount(2) makes them: with a size, a number of files and
 * an owner of the root (tmpfs(5)).
 */
#include "fs/tmpfs.h"

#include "base/string.h"
#include "fs/fstype.h"
#include "fs/mount.h"
#include "fs/ramfs_internal.h"
#include "fs/seq.h"
#include "mm/slab.h"

struct options {
    uint64_t pages, inodes;
    uint32_t mode, uid, gid;
    bool has_pages, has_inodes, has_mode;
};

/* Decimal, octal with a 0 in front. False: not a number, or followed by something. */
static bool parse_number(const char *text, unsigned base, uint64_t *out, const char **end)
{
    uint64_t value = 0;

    *end = text;
    for (; **end >= '0' && **end < '0' + (char)base; ++*end)
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, (uint64_t)(**end - '0'), &value))
            return false;
    *out = value;
    return *end != text;
}

/* With k, m, g or, of memory, %; in units of `unit` bytes, rounded up. */
static bool parse_size(const char *text, uint64_t unit, uint64_t *out)
{
    static const char suffixes[] = "kmg";
    struct page_stats memory;
    const char *end, *suffix;
    uint64_t value;

    if (!parse_number(text, 10, &value, &end))
        return false;
    if (*end == '%' && unit == PAGE_SIZE) {
        page_stats_read(&memory);
        *out = memory.total / 100 * value;
        return !end[1];
    }
    suffix = *end ? strchr(suffixes, *end | 0x20) : NULL;
    if (suffix) {
        value <<= 10 * (suffix - suffixes + 1);
        end++;
    }
    *out = DIV_ROUND_UP(value, unit);
    return !*end;
}

static bool parse_u32(const char *text, unsigned base, uint32_t *out)
{
    const char *end;
    uint64_t value = 0;
    bool good = parse_number(text, base, &value, &end) && !*end && value < UINT32_MAX;

    *out = (uint32_t)value;
    return good;
}

static bool parse_option(const char *name, const char *value, struct options *o)
{
    if (!strcmp(name, "inode32") || !strcmp(name, "inode64"))
        return !value;
    if (!value)
        return false;
    if (!strcmp(name, "size"))
        return o->has_pages = parse_size(value, PAGE_SIZE, &o->pages);
    if (!strcmp(name, "nr_blocks"))
        return o->has_pages = parse_size(value, 1, &o->pages);
    if (!strcmp(name, "nr_inodes"))
        return o->has_inodes = parse_size(value, 1, &o->inodes);
    if (!strcmp(name, "mode"))
        return o->has_mode = parse_u32(value, 8, &o->mode);
    if (!strcmp(name, "uid"))
        return parse_u32(value, 10, &o->uid);
    if (!strcmp(name, "gid"))
        return parse_u32(value, 10, &o->gid);
    if (!strcmp(name, "huge"))
        return !strcmp(value, "never");
    return false;
}

static status_t parse(const char *text, struct options *o)
{
    char *copy = kmemdup(text, strlen(text) + 1), *rest = copy, *name, *value;
    status_t st = OK;

    if (!copy)
        return ERR_NO_MEMORY;
    while (st == OK && fs_option_next(&rest, &name, &value))
        if (!parse_option(name, value, o))
            st = ERR_INVALID_ARGS;
    kfree(copy);
    return st;
}

static struct ram_quota *quota_of(struct filesystem *fs)
{
    return container_of(fs, struct ramfs, fs)->quota;
}

static void tmpfs_stat(struct filesystem *fs, struct filesystem_stat *out)
{
    struct ram_quota *q = quota_of(fs);
    uint64_t pages = atomic_load(&q->pages), inodes = atomic_load(&q->inodes);

    out->blocks = atomic_load(&q->max_pages);
    out->inodes = atomic_load(&q->max_inodes);
    out->free = out->blocks - MIN(pages, out->blocks);
    out->free_inodes = out->inodes - MIN(inodes, out->inodes);
}

static void show_options(struct filesystem *fs, struct seq *seq)
{
    struct ram_quota *q = quota_of(fs);
    struct inode_attr root;

    inode_attr_get(fs->root, &root);
    if (atomic_load(&q->max_pages))
        seq_printf(seq, ",size=%luk",
                   (unsigned long)atomic_load(&q->max_pages) << (PAGE_SHIFT - 10));
    if (atomic_load(&q->max_inodes))
        seq_printf(seq, ",nr_inodes=%lu", (unsigned long)atomic_load(&q->max_inodes));
    if (root.mode != 01777)
        seq_printf(seq, ",mode=%o", root.mode);
    if (root.uid)
        seq_printf(seq, ",uid=%u", root.uid);
    if (root.gid)
        seq_printf(seq, ",gid=%u", root.gid);
}

/* Limits may change, not below what is used, and not from or to none. */
static status_t check_limit(uint64_t new, uint64_t old, uint64_t used)
{
    return !new != !old || used > new ? ERR_INVALID_ARGS : OK;
}

static status_t remount(struct filesystem *fs, const char *text)
{
    struct ram_quota *q = quota_of(fs);
    struct options o = {.pages = atomic_load(&q->max_pages),
                        .inodes = atomic_load(&q->max_inodes)};
    status_t st = parse(text, &o);

    if (st == OK && o.has_pages)
        st = check_limit(o.pages, atomic_load(&q->max_pages), atomic_load(&q->pages));
    if (st == OK && o.has_inodes)
        st = check_limit(o.inodes, atomic_load(&q->max_inodes), atomic_load(&q->inodes));
    if (st != OK)
        return st;
    atomic_store(&q->max_pages, o.pages);
    atomic_store(&q->max_inodes, o.inodes);
    return OK;
}

static status_t create_with(const struct options *o, struct filesystem **out)
{
    struct ram_quota *quota = ram_quota_create(o->pages, o->inodes);
    struct inode *root;
    status_t st;

    if (!quota)
        return ERR_NO_MEMORY;
    st = ramfs_create_limited("tmpfs", o->mode & 07777, quota, out);
    ram_quota_put(quota);
    if (st != OK)
        return st;
    root = (*out)->root;
    root->attr.uid = o->uid; /* nobody else has it yet */
    root->attr.gid = o->gid;
    (*out)->magic = TMPFS_MAGIC;
    (*out)->stat = tmpfs_stat;
    (*out)->show_options = show_options;
    (*out)->remount = remount;
    return OK;
}

status_t tmpfs_create(const char *options, struct filesystem **out)
{
    struct options o = {.mode = 01777};
    struct page_stats memory;
    status_t st;

    page_stats_read(&memory);
    o.pages = o.inodes = memory.total / 2;
    st = parse(options, &o);
    return st == OK ? create_with(&o, out) : st;
}

/* Of ramfs, mode= is all that counts (the kernel's filesystems/ramfs-rootfs-initramfs). */
static status_t create_ramfs(const char *text, struct filesystem **out)
{
    struct options o = {.mode = 0755};
    status_t st = parse(text, &o);

    return st == OK ? ramfs_create("ramfs", o.mode & 07777, out) : st;
}

status_t tmpfs_register(void)
{
    static struct fs_type tmpfs = {.name = "tmpfs", .create = tmpfs_create};
    static struct fs_type ramfs = {.name = "ramfs", .create = create_ramfs};
    status_t st = fs_type_register(&tmpfs);

    return st == OK ? fs_type_register(&ramfs) : st;
}
