/*
 * zbi.c - the container and its items.
 */
#include "user/userboot/userboot.h"

enum { HEADER = sizeof(zbi_header_t) };

static zbi_header_t header_at(const struct zbi *zbi, size_t at)
{
    zbi_header_t header;

    memcpy(&header, zbi->data + at, sizeof(header));
    return header;
}

static uint32_t crc_update(uint32_t crc, const unsigned char *data, size_t size)
{
    while (size--) {
        crc ^= *data++;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return crc;
}

/* Of the header, its own word being 0, and the payload. */
static uint32_t item_crc(const zbi_header_t *header, const unsigned char *payload)
{
    zbi_header_t copy = *header;
    uint32_t crc;

    copy.crc32 = 0;
    crc = crc_update(~0u, (const unsigned char *)&copy, sizeof(copy));
    return ~crc_update(crc, payload, header->length);
}

static zx_status_t check_container(const zbi_header_t *header, uint64_t vmo_size)
{
    if (header->type != ZBI_TYPE_CONTAINER || header->extra != ZBI_CONTAINER_MAGIC ||
        header->magic != ZBI_ITEM_MAGIC || header->flags != ZBI_FLAG_VERSION)
        return fail("the image is no ZBI", ZX_ERR_IO_DATA_INTEGRITY);
    if (header->length % ZBI_ALIGNMENT || header->length > vmo_size - HEADER)
        return fail("the image is cut off", ZX_ERR_IO_DATA_INTEGRITY);
    return ZX_OK;
}

static size_t padded(size_t size)
{
    return (size + ZBI_ALIGNMENT - 1) / ZBI_ALIGNMENT * ZBI_ALIGNMENT;
}

static zx_status_t check_item(const struct zbi *zbi, size_t at)
{
    zbi_header_t header = header_at(zbi, at);

    if (header.magic != ZBI_ITEM_MAGIC || !(header.flags & ZBI_FLAG_VERSION) ||
        header.reserved0 || header.reserved1)
        return fail("an item of the image has a bad header", ZX_ERR_IO_DATA_INTEGRITY);
    if (header.length > zbi->size - at - HEADER)
        return fail("an item of the image is too long", ZX_ERR_IO_DATA_INTEGRITY);
    if (header.flags & ZBI_FLAG_CRC32
            ? header.crc32 != item_crc(&header, zbi->data + at + HEADER)
            : header.crc32 != ZBI_ITEM_NO_CRC32)
        return fail("an item of the image has a bad checksum", ZX_ERR_IO_DATA_INTEGRITY);
    return ZX_OK;
}

static zx_status_t check_items(const struct zbi *zbi)
{
    size_t at = HEADER;

    while (at < zbi->size) {
        zx_status_t st = zbi->size - at < HEADER
                             ? fail("an item of the image is cut off", ZX_ERR_IO_DATA_INTEGRITY)
                             : check_item(zbi, at);

        if (st != ZX_OK)
            return st;
        at += HEADER + padded(header_at(zbi, at).length);
    }
    return ZX_OK;
}

static zx_status_t map_image(zx_handle_t vmar, struct zbi *zbi, uint64_t vmo_size)
{
    zx_vaddr_t addr;
    zx_status_t st = zx_vmar_map(vmar, ZX_VM_PERM_READ, 0, zbi->vmo, 0, vmo_size, &addr);

    if (st == ZX_OK)
        zbi->data = (const unsigned char *)addr;
    return st;
}

zx_status_t zbi_open(zx_handle_t vmar, zx_handle_t vmo, struct zbi *out)
{
    zbi_header_t header;
    uint64_t vmo_size;
    zx_status_t st = zx_vmo_get_size(vmo, &vmo_size);

    *out = (struct zbi){.vmo = vmo};
    if (st == ZX_OK && vmo_size < HEADER)
        st = ZX_ERR_IO_DATA_INTEGRITY;
    if (st == ZX_OK)
        st = map_image(vmar, out, vmo_size);
    if (st != ZX_OK)
        return fail("the image", st);
    header = header_at(out, 0);
    st = check_container(&header, vmo_size);
    if (st != ZX_OK)
        return st;
    out->size = HEADER + header.length;
    return check_items(out);
}

bool zbi_next(const struct zbi *zbi, uint32_t type, size_t *at, zbi_header_t *header,
              const unsigned char **payload)
{
    size_t here = *at ? *at : HEADER;

    while (here < zbi->size) {
        *header = header_at(zbi, here);
        *payload = zbi->data + here + HEADER;
        here += HEADER + padded(header->length);
        if (header->type == type) {
            *at = here;
            return true;
        }
    }
    return false;
}

zx_status_t zbi_discard(const struct zbi *zbi, size_t next, const zbi_header_t *header)
{
    static const uint32_t type = ZBI_TYPE_DISCARD;
    size_t at = next - padded(header->length) - HEADER;

    return zx_vmo_write(zbi->vmo, &type, at + offsetof(zbi_header_t, type), sizeof(type));
}
