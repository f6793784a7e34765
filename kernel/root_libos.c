/*
 * root_libos.c - the host's directory, read-only, with what the guest changes in memory over
 * it.
 */
#include "fs/hostfs.h"
#include "fs/overlay.h"
#include "hal/boot.h"
#include "kernel/root.h"
#include "kernel/root_internal.h"

status_t root_mount(const struct boot_record *record, struct path *root)
{
    struct filesystem *host, *overlay;
    status_t st = hostfs_create(&host);

    (void)record;
    if (st != OK)
        return st;
    st = overlay_create(host, &overlay);
    filesystem_put(host);
    return st == OK ? root_mount_common(overlay, root) : st;
}

status_t root_record(const char **text, size_t *size)
{
    *text = hal_boot_info()->record;
    *size = hal_boot_info()->record_size;
    return OK;
}
