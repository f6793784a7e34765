/*
 * loader.c - asking the loader service for files.
 */
#include "uapi/zircon/ldsvc.h"
#include "user/ld/ld.h"

union message {
    ldsvc_text_request_t request;
    ldsvc_reply_t reply;
    unsigned char bytes[LDSVC_MESSAGE_MAX];
};

zx_status_t loader_load(zx_handle_t loader, const char *name, zx_handle_t *out)
{
    union message m = {0}, answer;
    size_t size = strlen(name), padded = (size + 7) & ~(size_t)7;
    zx_channel_call_args_t call = {
        .wr_bytes = &m,
        .rd_bytes = &answer,
        .rd_handles = out,
        .wr_num_bytes = (uint32_t)(sizeof(m.request) + padded),
        .rd_num_bytes = sizeof(answer),
        .rd_num_handles = 1,
    };
    uint32_t got, handles;
    zx_status_t st;

    if (padded > sizeof(m) - sizeof(m.request))
        return ZX_ERR_BAD_PATH;
    m.request = (ldsvc_text_request_t){
        .header = {.magic = FIDL_MAGIC_INITIAL, .ordinal = LDSVC_LOAD_OBJECT},
        .size = size,
        .present = FIDL_PRESENT,
    };
    memcpy(m.bytes + sizeof(m.request), name, size);
    st = zx_channel_call(loader, 0, ZX_TIME_INFINITE, &call, &got, &handles);
    if (st != ZX_OK)
        return st;
    if (got < sizeof(answer.reply))
        return ZX_ERR_INVALID_ARGS;
    if (answer.reply.status == ZX_OK && !handles)
        return ZX_ERR_NOT_FOUND;
    return answer.reply.status;
}

void loader_done(zx_handle_t loader)
{
    fidl_header_t request = {.magic = FIDL_MAGIC_INITIAL, .ordinal = LDSVC_DONE};

    zx_channel_write(loader, 0, &request, sizeof(request), NULL, 0);
    zx_handle_close(loader);
}
