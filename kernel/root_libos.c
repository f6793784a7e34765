/*
 * root_libos.c - the guest's root out of directories of the host: which of them, and what the
 * guest may change, is the launcher's to say.
 *
 * Options of the record: `root=rw`: the root is written to; otherwise its changes are kept in
 * memory, over it, or with `overlay=FD` in that directory. `bind=FD:ACCESS:NAME:GUEST`, any
 * number: NAME ("." or one component) in the directory FD is at GUEST, ACCESS is `rw` or `ro`.
 */
#include "base/log.h"
#include "base/string.h"
#include "co/timer.h"
#include "fs/file.h"
#include "fs/hostfs.h"
#include "fs/layers.h"
#include "fs/mount.h"
#include "fs/overlay.h"
#include "hal/boot.h"
#include "hal/host.h"
#include "hal/time.h"
#include "kernel/root.h"
#include "kernel/root_internal.h"
#include "mm/slab.h"

#define WRITE_BACK_PERIOD NS_PER_SEC

/* What is written through mappings of the host's files does not wait for ever. */
struct flusher {
    struct co co;
    struct sleep_until sleep;
};

static CO_FN(flusher)
{
    status_t st;

    for (;;) {
        CO_CALL(st, f->sleep, sleep_until, .deadline = hal_time_now() + WRITE_BACK_PERIOD);
        (void)st;
        file_sync_all(SYNC_FS_WRITE);
    }
}
CO_END

static void start_flusher(void)
{
    static struct flusher frame = {.co = {.resume = flusher}};
    static struct task task;
    static bool started;

    if (!started)
        task_spawn(&task, "flusher", &frame.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    started = true;
}

struct bind {
    int dir;
    enum hostfs_access access;
    char *name, *guest; /* in `text` */
    char *text;         /* ours */
};

/* The next field of the text, which ends in a colon. NULL: there is none. */
static char *take_field(char **text)
{
    char *field = *text, *colon = strchr(field, ':');

    if (!colon)
        return NULL;
    *colon = '\0';
    *text = colon + 1;
    return field;
}

static status_t parse_bind(const char *value, struct bind *out)
{
    char *rest = kmemdup(value, strlen(value) + 1), *dir, *access;

    *out = (struct bind){.text = rest};
    if (!rest)
        return ERR_NO_MEMORY;
    dir = take_field(&rest);
    access = dir ? take_field(&rest) : NULL;
    out->name = access ? take_field(&rest) : NULL;
    out->guest = rest;
    if (!out->name)
        return ERR_INVALID_ARGS;
    for (; *dir >= '0' && *dir <= '9'; dir++)
        out->dir = out->dir * 10 + (*dir - '0');
    out->access = strcmp(access, "rw") ? HOSTFS_READ_ONLY : HOSTFS_WRITABLE;
    return OK;
}

static status_t mount_host(const struct path *root, const struct bind *bind)
{
    struct filesystem *fs;
    struct path point, mounted;
    status_t st = hostfs_create(bind->dir, bind->name, bind->access, &fs);

    if (st != OK)
        return st;
    st = root_place(root, bind->guest, fs->root->attr.type == INODE_FILE, &point);
    if (st == OK) {
        st = mount_add(fs, &point, bind->access == HOSTFS_READ_ONLY ? MOUNT_READ_ONLY : 0, NULL,
                       &mounted);
        if (st == OK)
            path_put(&mounted);
        path_put(&point);
    }
    filesystem_put(fs);
    if (bind->access == HOSTFS_WRITABLE)
        start_flusher();
    return st;
}

static status_t mount_binds(const struct boot_record *record, const struct path *root)
{
    static const char option[] = "bind=";
    status_t st = OK;

    for (unsigned i = 0; st == OK && i < record->option_count; i++) {
        struct bind bind;

        if (strncmp(record->options[i], option, sizeof(option) - 1))
            continue;
        st = parse_bind(record->options[i] + sizeof(option) - 1, &bind);
        if (st == OK)
            st = mount_host(root, &bind);
        if (st != OK && bind.text)
            log_error("cannot mount %s: %s", bind.guest, status_text(st));
        kfree(bind.text);
    }
    return st;
}

/* Changes are kept in the directory `dir`. */
static status_t create_kept(struct filesystem *host, int dir, struct filesystem **out)
{
    struct filesystem *store;
    status_t st = hostfs_create(dir, ".", HOSTFS_WRITABLE, &store);

    if (st != OK)
        return st;
    start_flusher();
    st = layers_create(host, store, out);
    filesystem_put(store);
    return st;
}

static status_t create_root(const struct boot_record *record, struct filesystem **out)
{
    const char *access = record_option(record, "root");
    struct filesystem *host;
    status_t st;

    if (access && !strcmp(access, "rw")) {
        start_flusher();
        return hostfs_create(hal_host_root(), ".", HOSTFS_WRITABLE, out);
    }
    st = hostfs_create(hal_host_root(), ".", HOSTFS_READ_ONLY, &host);
    if (st != OK)
        return st;
    st = record_option(record, "overlay")
             ? create_kept(host, (int)record_number(record, "overlay", 0), out)
             : overlay_create(host, out);
    filesystem_put(host);
    return st;
}

status_t root_mount(const struct boot_record *record, struct path *root)
{
    struct filesystem *fs;
    status_t st = create_root(record, &fs);

    if (st == OK)
        st = root_mount_common(fs, root);
    return st == OK ? mount_binds(record, root) : st;
}

status_t root_record(const char **text, size_t *size)
{
    *text = hal_boot_info()->record;
    *size = hal_boot_info()->record_size;
    return OK;
}
