/*
 * message.c - the messages of a new program (uapi/zircon/processargs.h): one for its dynamic
 * linker, if it has one, and its own.
 */
#include "user/userboot/userboot.h"

enum { HANDLES_MAX = USERBOOT_HANDLES + 4 };

struct message {
    zx_handle_t handles[HANDLES_MAX];
    uint32_t infos[HANDLES_MAX];
    uint32_t count;
};

/* A copy of the handle; what the kernel did not give is left out. */
static zx_status_t add(struct message *m, zx_handle_t handle, uint32_t info)
{
    zx_status_t st;

    if (!handle)
        return ZX_OK;
    st = zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &m->handles[m->count]);
    if (st == ZX_OK)
        m->infos[m->count++] = info;
    return st;
}

static unsigned count_arguments(const struct options *options)
{
    unsigned count = 1;

    if (!options->arguments)
        return count;
    count++;
    for (const char *c = options->arguments; *c; c++)
        count += *c == '+';
    return count;
}

/* Its name, and what stands behind it with a + before each. */
static char *put_arguments(char *to, const struct options *options)
{
    size_t size = strlen(options->program) + 1;

    memcpy(to, options->program, size);
    to += size;
    if (!options->arguments)
        return to;
    for (const char *c = options->arguments; *c; c++)
        *to++ = *c == '+' ? '\0' : *c;
    *to++ = '\0';
    return to;
}

static zx_status_t send(zx_handle_t channel, const struct message *m,
                        const struct options *options, const char *environment, size_t size,
                        unsigned count)
{
    static char bytes[ZX_CHANNEL_MAX_MSG_BYTES];
    zx_proc_args_t head = {
        .protocol = ZX_PROCARGS_PROTOCOL,
        .version = ZX_PROCARGS_VERSION,
        .handle_info_off = sizeof(head),
        .args_off = (uint32_t)(sizeof(head) + m->count * sizeof(m->infos[0])),
        .args_num = options ? count_arguments(options) : 0,
        .environ_num = count,
    };
    char *to = bytes + head.args_off;

    memcpy(bytes + sizeof(head), m->infos, m->count * sizeof(m->infos[0]));
    if (options)
        to = put_arguments(to, options);
    head.environ_off = (uint32_t)(to - bytes);
    memcpy(to, environment, size);
    memcpy(bytes, &head, sizeof(head));
    return zx_channel_write(channel, 0, bytes, (uint32_t)(head.environ_off + size), m->handles,
                            m->count);
}

static zx_status_t send_to_linker(zx_handle_t channel, const struct child *child,
                                  zx_handle_t loader)
{
    static const char environment[] = "LD_DEBUG=1";
    struct message m = {.count = 0};
    zx_status_t st = add(&m, child->executable, PA_HND(PA_VMO_EXECUTABLE, 0));

    if (st == ZX_OK)
        st = add(&m, say_log(), PA_HND(PA_FD, PA_FD_USE_FOR_STDIO));
    if (st == ZX_OK)
        st = add(&m, child->process, PA_HND(PA_PROC_SELF, 0));
    if (st == ZX_OK)
        st = add(&m, child->vmar, PA_HND(PA_VMAR_ROOT, 0));
    if (st == ZX_OK)
        st = add(&m, child->vmar, PA_HND(PA_VMAR_LOADED, 0));
    if (st == ZX_OK)
        st = add(&m, child->thread, PA_HND(PA_THREAD_SELF, 0));
    if (st != ZX_OK)
        return st;
    m.handles[m.count] = loader;
    m.infos[m.count++] = PA_HND(PA_LDSVC_LOADER, 0);
    return send(channel, &m, NULL, environment, sizeof(environment), 1);
}

/* What the program calls the kernel's handles; the first two are not the kernel's but its own.
 */
static uint32_t info_of(enum userboot_handle i)
{
    switch (i) {
    case USERBOOT_PROC_SELF:
        return PA_HND(PA_PROC_SELF, 0);
    case USERBOOT_VMAR_ROOT_SELF:
        return PA_HND(PA_VMAR_ROOT, 0);
    case USERBOOT_ROOT_JOB:
        return PA_HND(PA_JOB_DEFAULT, 0);
    case USERBOOT_ROOT_RESOURCE:
        return PA_HND(PA_RESOURCE, 0);
    case USERBOOT_ZBI:
        return PA_HND(PA_VMO_BOOTDATA, 0);
    case USERBOOT_FIRST_VDSO ... USERBOOT_LAST_VDSO:
        return PA_HND(PA_VMO_VDSO, i - USERBOOT_FIRST_VDSO);
    default:
        return PA_HND(PA_VMO_KERNEL_FILE, i - USERBOOT_CRASHLOG);
    }
}

static zx_status_t send_to_program(zx_handle_t channel, const struct child *child,
                                   const zx_handle_t own[USERBOOT_HANDLES],
                                   const struct bootfs *fs, const struct words *words,
                                   const struct options *options)
{
    struct message m = {.count = 0};
    zx_status_t st = ZX_OK;

    for (unsigned i = 0; st == ZX_OK && i < USERBOOT_HANDLES; i++)
        st = add(&m,
                 i == USERBOOT_PROC_SELF        ? child->process
                 : i == USERBOOT_VMAR_ROOT_SELF ? child->vmar
                                                : own[i],
                 info_of(i));
    if (st == ZX_OK)
        st = add(&m, child->thread, PA_HND(PA_THREAD_SELF, 0));
    if (st == ZX_OK)
        st = add(&m, fs->vmo, PA_HND(PA_VMO_BOOTFS, 0));
    if (st == ZX_OK)
        st = add(&m, say_log(), PA_HND(PA_FD, PA_FD_USE_FOR_STDIO));
    return st == ZX_OK ? send(channel, &m, options, words->text, words->size, words->count)
                       : st;
}

zx_status_t message_send(zx_handle_t channel, const struct child *child,
                         const zx_handle_t own[USERBOOT_HANDLES], const struct bootfs *fs,
                         const struct words *words, const struct options *options,
                         zx_handle_t loader)
{
    zx_status_t st = ZX_OK;

    if (child->executable)
        st = send_to_linker(channel, child, loader);
    else
        zx_handle_close(loader);
    if (st == ZX_OK)
        st = send_to_program(channel, child, own, fs, words, options);
    return st == ZX_OK ? ZX_OK : fail("the program's message", st);
}
