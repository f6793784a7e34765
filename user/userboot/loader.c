/*
 * loader.c - the loader service while the first program starts: files of lib/ in BOOTFS.
 */
#include "uapi/zircon/ldsvc.h"
#include "user/userboot/userboot.h"

enum { CONFIG_MAX = 64 };

struct loader {
    const struct bootfs *fs;
    char folder[sizeof("lib/") + CONFIG_MAX + 1]; /* looked into first; "": there is none */
    bool exclusive;                               /* ... and only */
};

union request {
    fidl_header_t header;
    ldsvc_text_request_t text;
    unsigned char bytes[LDSVC_MESSAGE_MAX];
};

/* The text of a request of `size` bytes; NULL: it is malformed. */
static const char *text_of(const union request *r, uint32_t size)
{
    if (size < sizeof(r->text) || r->text.present != FIDL_PRESENT ||
        r->text.size > size - sizeof(r->text))
        return NULL;
    return (const char *)(r->bytes + sizeof(r->text));
}

static zx_status_t load(const struct loader *loader, const char *name, size_t size,
                        zx_handle_t *out)
{
    zx_status_t st = ZX_ERR_NOT_FOUND;

    if (loader->folder[0])
        st = bootfs_file(loader->fs, loader->folder, name, size, out);
    if (st == ZX_ERR_NOT_FOUND && !loader->exclusive)
        st = bootfs_file(loader->fs, "lib/", name, size, out);
    return st;
}

/* "NAME": look into lib/NAME/ first; "NAME!": and nowhere else. */
static zx_status_t configure(struct loader *loader, const char *text, size_t size)
{
    bool exclusive = size && text[size - 1] == '!';

    size -= exclusive;
    if (!size || size > CONFIG_MAX)
        return ZX_ERR_INVALID_ARGS;
    memcpy(loader->folder, "lib/", 4);
    memcpy(loader->folder + 4, text, size);
    memcpy(loader->folder + 4 + size, "/", 2);
    loader->exclusive = exclusive;
    return ZX_OK;
}

/* False: there is nothing more to come. */
static bool answer(struct loader *loader, zx_handle_t channel, const union request *r,
                   uint32_t size)
{
    ldsvc_reply_t reply = {.header = r->header, .status = ZX_ERR_NOT_SUPPORTED};
    const char *text = text_of(r, size);
    zx_handle_t object = ZX_HANDLE_INVALID;

    switch (r->header.ordinal) {
    case LDSVC_DONE:
        return false;
    case LDSVC_LOAD_OBJECT:
        reply.status = text ? load(loader, text, r->text.size, &object) : ZX_ERR_INVALID_ARGS;
        if (reply.status == ZX_OK)
            reply.object = FIDL_HANDLE_PRESENT;
        break;
    case LDSVC_CONFIG:
        reply.status = text ? configure(loader, text, r->text.size) : ZX_ERR_INVALID_ARGS;
        break;
    case LDSVC_CLONE:
        break;
    default: /* of another protocol: nobody knows what answer it waits for */
        return false;
    }
    return zx_channel_write(channel, 0, &reply, sizeof(reply), &object,
                            reply.status == ZX_OK && object ? 1 : 0) == ZX_OK;
}

static zx_status_t read_request(zx_handle_t channel, union request *r, uint32_t *size)
{
    zx_handle_t handle = ZX_HANDLE_INVALID;
    uint32_t handles = 0;
    zx_status_t st = zx_object_wait_one(channel, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
                                        ZX_TIME_INFINITE, NULL);

    if (st == ZX_OK)
        st = zx_channel_read(channel, 0, r, &handle, sizeof(*r), 1, size, &handles);
    if (st == ZX_OK && handles)
        zx_handle_close(handle); /* of a clone, which there is not */
    return st == ZX_OK && *size < sizeof(r->header) ? ZX_ERR_INVALID_ARGS : st;
}

void loader_serve(zx_handle_t channel, const struct bootfs *fs)
{
    struct loader loader = {.fs = fs};
    union request request;
    uint32_t size;

    while (read_request(channel, &request, &size) == ZX_OK &&
           answer(&loader, channel, &request, size))
        continue;
    zx_handle_close(channel);
}
