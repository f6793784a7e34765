/*
 * root_bare.c - the initramfs, unpacked into memory.
 */
#include "base/log.h"
#include "base/string.h"
#include "fs/cpio.h"
#include "fs/ramfs.h"
#include "hal/boot.h"
#include "kernel/root.h"
#include "kernel/root_internal.h"
#include "uapi/zcore/boot.h"

status_t root_mount(const struct boot_record *record, struct path *root)
{
    const struct hal_boot_info *info = hal_boot_info();
    struct filesystem *fs;
    size_t at = 0;
    status_t st = ramfs_create("rootfs", 0755, &fs);

    (void)record;
    if (st != OK)
        return st;
    st = cpio_unpack(info->initramfs, info->initramfs_size, fs, &at);
    if (st != OK) {
        log_error("initramfs: %s at offset %zu", status_text(st), at);
        filesystem_put(fs);
        return st;
    }
    return root_mount_common(fs, root);
}

static bool is_record(const struct name *path)
{
    return path->size == sizeof(ZCORE_RECORD_PATH) - 1 &&
           !memcmp(path->text, ZCORE_RECORD_PATH, path->size);
}

/* The last one counts: the launcher appends its own to what the archive has. */
status_t root_record(const char **text, size_t *size)
{
    const struct hal_boot_info *info = hal_boot_info();
    struct cpio_entry entry;
    size_t at = 0;

    *text = NULL;
    while (info->initramfs &&
           cpio_next(info->initramfs, info->initramfs_size, &at, &entry) == OK)
        if (is_record(&entry.path)) {
            *text = entry.data;
            *size = entry.size;
        }
    return *text ? OK : ERR_NOT_FOUND;
}
