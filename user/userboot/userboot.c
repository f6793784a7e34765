/*
 * userboot.c - the first user process: it starts a program from the ZBI that the kernel was
 * given, serves its dynamic linker, and goes.
 */
#include "user/userboot/userboot.h"

#include "uapi/zircon/syscalls/system.h"
#include "user/zircon/runtime_internal.h"

static zx_handle_t handles[USERBOOT_HANDLES];
static struct words words;

/* The kernel's handles, and its command line. */
static zx_status_t read_bootstrap(zx_handle_t bootstrap)
{
    static char text[USERBOOT_COMMAND_LINE_MAX];
    uint32_t size, count;
    zx_status_t st = zx_channel_read(bootstrap, 0, text, handles, sizeof(text),
                                     USERBOOT_HANDLES, &size, &count);

    zx_handle_close(bootstrap);
    if (st == ZX_OK && count != USERBOOT_HANDLES)
        st = ZX_ERR_INVALID_ARGS; /* of another kernel */
    if (st != ZX_OK)
        return st;
    say_open(handles[USERBOOT_ROOT_RESOURCE]);
    return words_add(&words, text, size);
}

/* The command line that the image has goes before the kernel's, whose words so win. */
static zx_status_t read_command_lines(const struct zbi *zbi)
{
    static struct words kernel;
    const unsigned char *payload;
    zbi_header_t header;
    size_t at = 0;
    zx_status_t st = ZX_OK;

    kernel = words;
    words.size = words.count = 0;
    while (st == ZX_OK && zbi_next(zbi, ZBI_TYPE_CMDLINE, &at, &header, &payload))
        st = words_add(&words, (const char *)payload, header.length);
    if (st == ZX_OK)
        st = words_add(&words, kernel.text, kernel.size);
    return st == ZX_OK ? ZX_OK : fail("the command line", st);
}

/* Started, with its messages; `*loader` is our end of the loader's channel. */
static zx_status_t start(const struct options *options, const struct bootfs *fs,
                         struct child *child, zx_handle_t *loader)
{
    zx_handle_t ours, theirs, loader_theirs;
    zx_status_t st = child_create(handles[USERBOOT_ROOT_JOB], options->program, child);

    if (st == ZX_OK)
        st = child_load(child, fs, options->program, handles[USERBOOT_FIRST_VDSO]);
    if (st != ZX_OK)
        return st;
    st = zx_channel_create(0, &ours, &theirs);
    if (st == ZX_OK)
        st = zx_channel_create(0, loader, &loader_theirs);
    if (st == ZX_OK)
        st = message_send(ours, child, handles, fs, &words, options, loader_theirs);
    if (st == ZX_OK)
        st = zx_process_start(child->process, child->thread, child->entry, child->sp, theirs,
                              child->vdso);
    zx_handle_close(ours);
    return st == ZX_OK ? ZX_OK : fail("starting the program", st);
}

static void say_code(const char *program, int64_t code)
{
    char digits[24], *d = digits + sizeof(digits) - 1;
    uint64_t rest = code < 0 ? -(uint64_t)code : (uint64_t)code;

    *d = '\0';
    do
        *--d = (char)('0' + rest % 10);
    while (rest /= 10);
    if (code < 0)
        *--d = '-';
    say("userboot: ", program, " exited with code ", d);
}

/* The machine ends with the program. */
static zx_status_t end_with(const struct options *options, const struct child *child)
{
    zx_info_process_t info;
    zx_status_t st =
        zx_object_wait_one(child->process, ZX_TASK_TERMINATED, ZX_TIME_INFINITE, NULL);

    if (st == ZX_OK)
        st = zx_object_get_info(child->process, ZX_INFO_PROCESS, &info, sizeof(info), NULL,
                                NULL);
    if (st != ZX_OK)
        return fail("waiting for the program", st);
    say_code(options->program, info.return_code);
    return zx_system_powerctl(
        handles[USERBOOT_ROOT_RESOURCE],
        options->reboot ? ZX_SYSTEM_POWERCTL_REBOOT : ZX_SYSTEM_POWERCTL_SHUTDOWN, NULL);
}

static zx_status_t boot(zx_handle_t bootstrap)
{
    struct options options;
    struct bootfs fs;
    struct child child;
    struct zbi zbi;
    zx_handle_t loader;
    zx_status_t st = read_bootstrap(bootstrap);

    if (st != ZX_OK)
        return fail("the kernel's message", st);
    st = zbi_open(handles[USERBOOT_VMAR_ROOT_SELF], handles[USERBOOT_ZBI], &zbi);
    if (st == ZX_OK)
        st = read_command_lines(&zbi);
    if (st != ZX_OK)
        return st;
    options_parse(&words, &options);
    st = bootfs_open(handles[USERBOOT_VMAR_ROOT_SELF], &zbi, options.root, &fs);
    if (st == ZX_OK)
        st = start(&options, &fs, &child, &loader);
    if (st != ZX_OK)
        return st;
    loader_serve(loader, &fs);
    return options.shutdown || options.reboot ? end_with(&options, &child) : ZX_OK;
}

_Noreturn void runtime_start(zx_handle_t bootstrap, uint64_t vdso, const struct linked *linked)
{
    (void)linked;
    runtime_relocate(vdso);
    zx_process_exit(boot(bootstrap));
}
