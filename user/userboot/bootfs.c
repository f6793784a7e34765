/*
 * bootfs.c - the files of the image.
 */
#include "user/userboot/userboot.h"

enum { HEADER = sizeof(zbi_bootfs_header_t), PAGE = ZBI_BOOTFS_PAGE_SIZE };
/* More than any machine's image; a bound on what a bad header can ask for. */
static const uint32_t size_max = 1u << 30;

static uint64_t page_up(uint64_t n)
{
    return (n + PAGE - 1) / PAGE * PAGE;
}

/* A VMO with the item's contents, mapped to be written; by its size when it is not compressed.
 */
static zx_status_t unpack(struct bootfs *fs, const zbi_header_t *header,
                          const unsigned char *payload)
{
    uint32_t size = header->extra;
    zx_vaddr_t addr;
    zx_status_t st;

    if (size < HEADER || size > size_max)
        return ZX_ERR_IO_DATA_INTEGRITY;
    if (!(header->flags & ZBI_FLAG_STORAGE_COMPRESSED) && size != header->length)
        return ZX_ERR_IO_DATA_INTEGRITY;
    st = zx_vmo_create(page_up(size), 0, &fs->vmo);
    if (st == ZX_OK)
        st = zx_vmar_map(fs->vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, fs->vmo, 0,
                         page_up(size), &addr);
    if (st != ZX_OK)
        return st;
    zx_object_set_property(fs->vmo, ZX_PROP_NAME, "bootfs", sizeof("bootfs") - 1);
    fs->data = (const unsigned char *)addr;
    fs->size = size;
    if (header->flags & ZBI_FLAG_STORAGE_COMPRESSED)
        return decompress(payload, header->length, (unsigned char *)addr, size);
    memcpy((unsigned char *)addr, payload, size);
    return ZX_OK;
}

static size_t directory_end(const struct bootfs *fs)
{
    return HEADER + ((const zbi_bootfs_header_t *)fs->data)->dirsize;
}

/* The entry at `at`, or an error; `*at` becomes the next one's place. */
static zx_status_t entry_at(const struct bootfs *fs, size_t *at, zbi_bootfs_dirent_t *entry,
                            const char **name)
{
    size_t left = directory_end(fs) - *at;

    if (left < sizeof(*entry))
        return ZX_ERR_IO_DATA_INTEGRITY;
    memcpy(entry, fs->data + *at, sizeof(*entry));
    if (entry->name_len < 2 || entry->name_len > ZBI_BOOTFS_MAX_NAME_LEN ||
        ZBI_BOOTFS_DIRENT_SIZE(entry->name_len) > left)
        return ZX_ERR_IO_DATA_INTEGRITY;
    *name = (const char *)fs->data + *at + sizeof(*entry);
    if ((*name)[entry->name_len - 1] || entry->data_off % PAGE || entry->data_off > fs->size ||
        entry->data_len > fs->size - entry->data_off)
        return ZX_ERR_IO_DATA_INTEGRITY;
    *at += ZBI_BOOTFS_DIRENT_SIZE(entry->name_len);
    return ZX_OK;
}

static zx_status_t check(const struct bootfs *fs)
{
    const zbi_bootfs_header_t *header = (const zbi_bootfs_header_t *)fs->data;
    zbi_bootfs_dirent_t entry;
    const char *name;
    zx_status_t st = ZX_OK;

    if (header->magic != ZBI_BOOTFS_MAGIC || header->dirsize > fs->size - HEADER)
        return ZX_ERR_IO_DATA_INTEGRITY;
    for (size_t at = HEADER; st == ZX_OK && at < directory_end(fs);)
        st = entry_at(fs, &at, &entry, &name);
    return st;
}

zx_status_t bootfs_open(zx_handle_t vmar, const struct zbi *zbi, const char *root,
                        struct bootfs *out)
{
    const unsigned char *payload;
    zbi_header_t header;
    size_t at = 0;
    zx_status_t st;

    *out = (struct bootfs){.vmar = vmar, .root = root};
    if (!zbi_next(zbi, ZBI_TYPE_STORAGE_BOOTFS, &at, &header, &payload))
        return fail("the image has no BOOTFS", ZX_ERR_NOT_FOUND);
    st = unpack(out, &header, payload);
    if (st == ZX_OK)
        st = check(out);
    if (st == ZX_OK)
        st = zbi_discard(zbi, at, &header);
    return st == ZX_OK ? ZX_OK : fail("BOOTFS", st);
}

/* Takes `part` off the front of `*name`; false: it begins differently. */
static bool strip(const char **name, const char *end, const char *part, size_t size)
{
    if ((size_t)(end - *name) < size || memcmp(*name, part, size) != 0)
        return false;
    *name += size;
    return true;
}

/* The entry's name is all of root, folder and name. */
static bool is_file(const struct bootfs *fs, const char *entry, size_t entry_size,
                    const char *folder, const char *name, size_t name_size)
{
    const char *end = entry + entry_size;
    size_t root_size = strlen(fs->root);

    if (!strip(&entry, end, fs->root, root_size) ||
        (root_size && fs->root[root_size - 1] != '/' && !strip(&entry, end, "/", 1)))
        return false;
    return strip(&entry, end, folder, strlen(folder)) && strip(&entry, end, name, name_size) &&
           entry == end;
}

static zx_status_t file_vmo(const struct bootfs *fs, const zbi_bootfs_dirent_t *entry,
                            const char *name, zx_handle_t *out)
{
    const zx_rights_t rights = (ZX_DEFAULT_VMO_RIGHTS & ~ZX_RIGHT_WRITE);
    zx_status_t st = zx_vmo_create_child(fs->vmo, ZX_VMO_CHILD_SNAPSHOT, entry->data_off,
                                         page_up(entry->data_len), out);

    if (st != ZX_OK)
        return st;
    zx_object_set_property(*out, ZX_PROP_NAME, name, strlen(name));
    st = zx_handle_replace(*out, rights, out);
    return st == ZX_OK ? zx_vmo_replace_as_executable(*out, ZX_HANDLE_INVALID, out) : st;
}

zx_status_t bootfs_file(const struct bootfs *fs, const char *folder, const char *name,
                        size_t name_size, zx_handle_t *out)
{
    zbi_bootfs_dirent_t entry;
    const char *entry_name;

    for (size_t at = HEADER; at < directory_end(fs);) {
        zx_status_t st = entry_at(fs, &at, &entry, &entry_name);

        if (st != ZX_OK)
            return st;
        if (is_file(fs, entry_name, entry.name_len - 1, folder, name, name_size))
            return file_vmo(fs, &entry, entry_name, out);
    }
    return ZX_ERR_NOT_FOUND;
}
