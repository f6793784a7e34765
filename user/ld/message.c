/*
 * message.c - the linker's own start-up message, which precedes the program's.
 */
#include "user/ld/ld.h"

enum { HANDLES_MAX = 16 };

static zx_handle_t *place_of(struct startup *s, uint32_t info)
{
    switch (PA_HND_TYPE(info)) {
    case PA_VMO_EXECUTABLE:
        return &s->executable;
    case PA_VMAR_ROOT:
        return &s->vmar;
    case PA_LDSVC_LOADER:
        return &s->loader;
    case PA_FD:
        return &s->log;
    default:
        return NULL;
    }
}

zx_status_t startup_read(zx_handle_t bootstrap, struct startup *out)
{
    static unsigned char bytes[ZX_CHANNEL_MAX_MSG_BYTES];
    zx_handle_t handles[HANDLES_MAX];
    zx_proc_args_t head;
    uint32_t size, count;
    zx_status_t st = zx_channel_read(bootstrap, 0, bytes, handles, sizeof(bytes), HANDLES_MAX,
                                     &size, &count);

    *out = (struct startup){0};
    if (st != ZX_OK)
        return st;
    memcpy(&head, bytes, sizeof(head));
    if (size < sizeof(head) || head.protocol != ZX_PROCARGS_PROTOCOL ||
        head.handle_info_off > size || count * sizeof(uint32_t) > size - head.handle_info_off)
        return ZX_ERR_INVALID_ARGS;
    for (uint32_t i = 0; i < count; i++) {
        zx_handle_t *place;
        uint32_t info;

        memcpy(&info, bytes + head.handle_info_off + i * sizeof(info), sizeof(info));
        place = place_of(out, info);
        if (place && !*place)
            *place = handles[i];
        else
            zx_handle_close(handles[i]);
    }
    return out->executable && out->vmar && out->loader ? ZX_OK : ZX_ERR_INVALID_ARGS;
}

static size_t append(char *line, size_t at, size_t max, const char *text)
{
    while (*text && at < max)
        line[at++] = *text++;
    return at;
}

zx_status_t fail(const struct startup *startup, const char *what, zx_status_t st)
{
    char line[160];
    size_t max = sizeof(line) - 1, size = append(line, 0, max, "ld.so.1: ");

    size = append(line, size, max, what);
    size = append(line, size, max, ": ");
    size = append(line, size, max, zx_status_get_string(st));
    line[size++] = '\n';
    if (startup->log)
        zx_debuglog_write(startup->log, 0, line, size);
    return st;
}
