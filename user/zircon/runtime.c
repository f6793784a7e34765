/*
 * runtime.c - from the start-up message to main.
 */
#include <stdlib.h>

#include "user/libc/libc_internal.h"
#include "user/sdk/include/zircon/utc.h"
#include "user/zircon/linked.h"
#include "user/zircon/runtime_internal.h"
#include "user/zircon/thread.h"

enum { ARGS_MAX = 64 };

static unsigned char message[ZX_CHANNEL_MAX_MSG_BYTES];
static zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
static uint32_t infos[ZX_CHANNEL_MAX_MSG_HANDLES];
static uint32_t handle_count;
static char *args[ARGS_MAX + 1];
static zx_proc_args_t head;
static uint32_t size;

static zx_handle_t *find(uint32_t info)
{
    for (uint32_t i = 0; i < handle_count; i++) {
        if (PA_HND_ARG(info) ? infos[i] == info : PA_HND_TYPE(infos[i]) == info)
            return &handles[i];
    }
    return NULL;
}

zx_handle_t startup_handle(uint32_t info)
{
    const zx_handle_t *h = find(info);

    return h ? *h : ZX_HANDLE_INVALID;
}

void print(const char *text)
{
    zx_handle_t log = startup_handle(PA_FD);

    if (log)
        zx_debuglog_write(log, 0, text, strlen(text));
    else
        zx_debug_write(text, strlen(text));
}

void print_number(const char *text, int64_t number)
{
    char line[ZX_LOG_RECORD_DATA], digits[24], *to = line, *d = digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do
        *d++ = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *d++ = '-';
    for (; *text && to < line + sizeof(line) - sizeof(digits); text++) {
        if (*text != '%') {
            *to++ = *text;
            continue;
        }
        while (d > digits)
            *to++ = *--d;
    }
    *to = '\0';
    print(line);
}

/* The arguments, as far as they are all inside the message. */
static int read_args(void)
{
    uint32_t at = head.args_off;
    int count = 0;

    while ((uint32_t)count < head.args_num && count < ARGS_MAX && at < size) {
        args[count++] = (char *)&message[at];
        while (at < size && message[at])
            at++;
        at++;
    }
    return count;
}

/* The number of arguments, or an error. */
static int read_message(zx_handle_t bootstrap)
{
    zx_status_t st = zx_channel_read(bootstrap, 0, message, handles, sizeof(message) - 1,
                                     ZX_CHANNEL_MAX_MSG_HANDLES, &size, &handle_count);

    zx_handle_close(bootstrap);
    if (st != ZX_OK)
        return st;
    if (size < sizeof(head))
        return ZX_ERR_INVALID_ARGS;
    memcpy(&head, message, sizeof(head));
    if (head.protocol != ZX_PROCARGS_PROTOCOL || head.handle_info_off > size ||
        handle_count * sizeof(infos[0]) > size - head.handle_info_off)
        return ZX_ERR_INVALID_ARGS;
    memcpy(infos, message + head.handle_info_off, handle_count * sizeof(infos[0]));
    return read_args();
}

/* Constructors, in order. */
typedef void function(int argc, char **argv);
extern function *const __init_array_start[] __attribute__((weak, visibility("hidden")));
extern function *const __init_array_end[] __attribute__((weak, visibility("hidden")));

_Noreturn void runtime_start(zx_handle_t bootstrap, uint64_t vdso, const struct linked *linked)
{
    zx_handle_t none;
    zx_status_t st;
    int count;

    if (runtime_relocate(vdso))
        linked = NULL;
    count = read_message(bootstrap);
    st = count < 0 ? count : runtime_thread_init(linked);
    if (st != ZX_OK)
        zx_process_exit(st);
    zx_utc_reference_swap(startup_handle(PA_CLOCK_UTC), &none);
    libc_init((char *)message + head.environ_off, (char *)message + size, head.environ_num);
    if (linked)
        atexit(linked->finish);
    for (function *const *f = __init_array_start; f < __init_array_end; f++)
        (*f)(count, args);
    exit(main(count, args));
}
