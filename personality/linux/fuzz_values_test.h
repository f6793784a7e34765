/*
 * fuzz_values_test.h - what fuzz_test.c draws by chance: values by the types of the call table,
 * and what their pointers point to in the memory of a simulated program.
 */
#pragma once

#include "personality/linux/linux_test.h"
#include "personality/linux/strace/show.h"

enum { TEXT_MAIN, TEXT_HANDLER }; /* the programs' texts */

static uint64_t random_state;

/* --- chance --- */

static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static UNUSED uint64_t below(uint64_t limit)
{
    return (draw() >> 11) % limit;
}

static UNUSED bool chance(unsigned percent)
{
    return below(100) < percent;
}

#define ONE_OF(list) ((list)[below(countof(list))])

/* --- values by type --- */

/* Argument i and what it points to have a page of their own; iovecs and strings that are
 * pointed to in turn have those behind, and what may be unmapped lies behind those. */
enum { SLOT_IOVEC = 6, SLOT_STRING, SLOT_STRINGS, SLOT_BYTES, SLOT_SPARE };

static UNUSED user_addr_t slot(unsigned i)
{
    return LINUX_DATA + i * PAGE_SIZE;
}

static uint64_t draw_fd(void)
{
    static const uint64_t odd[] = {(uint64_t)-1, 1023,           1024,
                                   INT32_MAX,    1ull << 32 | 3, 0x80000000};

    if (chance(10))
        return (uint64_t)-100; /* AT_FDCWD */
    return chance(90) ? below(24) : ONE_OF(odd);
}

static uint64_t draw_size(void)
{
    static const uint64_t sizes[] = {
        0,          1,          2,          4,    8,    16, 24, 64,           128,
        512,        4095,       4096,       4097, 8192, 8,  8,  65536,        1 << 20,
        0x7fffffff, 1ull << 47, 1ull << 62, 1000, 4096, 16, 40, (uint64_t)-1, (uint64_t)-4096};

    return ONE_OF(sizes);
}

static UNUSED uint64_t draw_integer(void)
{
    static const uint64_t odd[] = {INT32_MAX,    INT32_MIN,    UINT32_MAX, (uint64_t)INT64_MIN,
                                   INT64_MAX,    (uint64_t)-1, 1ull << 32, 1ull << 40,
                                   (uint64_t)-2, 4096,         65536,      1 << 20};

    if (chance(60))
        return below(12);
    return chance(60) ? ONE_OF(odd) : draw() >> below(64);
}

static uint64_t draw_pointer(unsigned i)
{
    static const uint64_t odd[] = {0,
                                   0,
                                   8,
                                   LINUX_DATA_END - 4,
                                   LINUX_DATA_END,
                                   LINUX_TEXT,
                                   LINUX_TEXT + PAGE_SIZE - 8,
                                   0x400000000000,
                                   HAL_USER_END - 8,
                                   HAL_USER_END,
                                   1ull << 63,
                                   (uint64_t)-8,
                                   (uint64_t)-4096};

    if (chance(80))
        return slot(i) + (chance(80) ? 0 : chance(50) ? 1 + below(64) : PAGE_SIZE - 8);
    return ONE_OF(odd);
}

static uint64_t draw_names(const struct trace_names *names)
{
    uint64_t value = chance(25) ? 0 : names->entries[below(names->count)].value;

    while (chance(35))
        value |= names->entries[below(names->count)].value;
    return chance(5) ? value ^ 1ull << below(64) : value;
}

/* Not the supervisor, nor all. */
static UNUSED uint64_t draw_pid(struct sim_user *u)
{
    static const uint64_t odd[] = {1, INT32_MAX, 999999, (uint64_t)-999999,
                                   (uint64_t)INT32_MIN};

    if (chance(50))
        return 0;
    return chance(70) ? SIM_SYSCALL(u, chance(50) ? SYS_getpid : SYS_gettid) : ONE_OF(odd);
}

/* --- what pointers point to --- */

static const char *const paths[] = {
    "/",
    ".",
    "..",
    "/d",
    "/d/f",
    "f",
    "g",
    "/d/../d/./f/",
    "/missing/x",
    "",
    "/d/link",
    "/d/loop",
    "/prog",
    "/dev/null",
    "/dev/zero",
    "/dev/ptmx",
    "/dev/pts/0",
    "/dev/tty",
    "/dev/shm/x",
    "/proc/self/status",
    "/proc/stat",
    "/proc",
    "/proc/self",
    "/proc/self/maps",
    "h",
    "/dev/shm",
    "/d/sub",
    "/d/sub/x",
    "tmpfs",
    "/d/fifo",
    "/proc/self/fd",
    "/proc/self/fd/3",
};

static void store_path(struct sim_user *u, user_addr_t at)
{
    static char text[PAGE_SIZE];
    const char *path = ONE_OF(paths);
    size_t size = strlen(path) + 1;

    if (chance(4)) {
        size = chance(50) ? 300 : sizeof(text);
        memset(text, chance(50) ? 'n' : '/', size);
        if (size < sizeof(text))
            text[size - 1] = '\0';
        path = text;
    }
    sim_user_store(u, at, path, size);
}

static uint64_t draw_word(void)
{
    switch (below(8)) {
    case 0:
    case 1:
        return 0;
    case 2:
        return draw_fd();
    case 3:
        return draw_size();
    case 4:
        return draw_pointer(SLOT_IOVEC + (unsigned)below(4));
    case 5:
        return draw() & draw() & draw();
    case 6:
        return draw_integer() << 32 | (uint32_t)draw_integer();
    default:
        return draw_integer();
    }
}

static UNUSED void store_words(struct sim_user *u, user_addr_t at, unsigned count)
{
    uint64_t words[64];

    for (unsigned i = 0; i < count; i++)
        words[i] = draw_word();
    sim_user_store(u, at, words, count * sizeof(words[0]));
}

/* Seconds and a fraction, `count` times. */
static void store_times(struct sim_user *u, user_addr_t at, unsigned count)
{
    for (unsigned i = 0; i < count; i++, at += 16) {
        sim_user_store64(u, at, chance(95) ? below(2) : draw());
        sim_user_store64(u, at + 8, chance(95) ? below(1000000) : draw());
    }
}

static void store_iovecs(struct sim_user *u, user_addr_t at)
{
    for (unsigned i = 0; i < 4; i++, at += 16) {
        sim_user_store64(u, at, draw_pointer(SLOT_BYTES));
        sim_user_store64(u, at + 8, chance(90) ? below(5000) : draw_size());
    }
}

static void store_action(struct sim_user *u, user_addr_t at)
{
    static const uint64_t flags[] = {0,          0x10000000, 0x40000000, 0x80000000,
                                     0x08000000, 4,          2,          1};
    const uint64_t handlers[] = {0, 1, LINUX_TEXT + TEXT_HANDLER * LINUX_TEXT_SLOT,
                                 LINUX_TEXT + TEXT_HANDLER * LINUX_TEXT_SLOT, draw_word()};
    uint64_t action[4] = {ONE_OF(handlers), ONE_OF(flags) | ONE_OF(flags) | 0x04000000,
                          LINUX_TEXT + TEXT_HANDLER * LINUX_TEXT_SLOT, chance(80) ? 0 : draw()};

    sim_user_store(u, at, action, sizeof(action));
}

static void store_strings(struct sim_user *u, user_addr_t at)
{
    unsigned count = (unsigned)below(6);

    store_path(u, slot(SLOT_STRING));
    for (unsigned i = 0; i < count; i++)
        sim_user_store64(u, at + i * 8, draw_pointer(SLOT_STRING));
    sim_user_store64(u, at + count * 8, 0);
}

/* An address, or a msghdr: what sockets' calls take. */
static void store_socket_struct(struct sim_user *u, user_addr_t at)
{
    uint64_t header[7] = {draw_pointer(SLOT_STRING),  below(112), slot(SLOT_IOVEC), below(5),
                          draw_pointer(SLOT_STRINGS), below(64),  below(2)};
    uint64_t control[3] = {16 + 4 * below(3), 1ull << 32 | 1, draw_fd() | draw_fd() << 32};

    if (chance(50)) {
        sim_user_store(u, at, (uint16_t[]){(uint16_t)(chance(90) ? 1 : below(40))}, 2);
        store_path(u, at + 2);
        return;
    }
    store_iovecs(u, slot(SLOT_IOVEC));
    sim_user_store(u, slot(SLOT_STRINGS), control, sizeof(control));
    sim_user_store(u, at, header, sizeof(header));
}

static void store_pollfds(struct sim_user *u, user_addr_t at)
{
    for (unsigned i = 0; i < 8; i++)
        sim_user_store64(u, at + i * 8, (uint32_t)draw_fd() | below(0x40) << 32);
}

static void store_clone_args(struct sim_user *u, user_addr_t at)
{
    uint64_t args[11] = {draw() & draw() & 0x3ffffff00ull & ~0x7e020000ull, 0, 0, 0, below(20)};

    for (unsigned i = 1; i < 4; i++)
        args[i] = draw_pointer(SLOT_BYTES);
    sim_user_store(u, at, args, sizeof(args));
}

static void store_pointed(struct sim_user *u, trace_show_fn *show, user_addr_t at)
{
    if (chance(10) || show == show_at_bytes || show == show_at_epoll_event)
        store_words(u, at, 16);
    else if (show == show_at_timespec || show == show_at_timeval ||
             show == show_futex_timeout || show == show_at_itimerspec ||
             show == show_at_itimerval || show == show_at_timespecs || show == show_at_timevals)
        store_times(u, at, 2);
    else if (show == show_at_iovec)
        store_iovecs(u, at);
    else if (show == show_at_pollfd)
        store_pollfds(u, at);
    else if (show == show_at_sigaction)
        store_action(u, at);
    else if (show == show_at_strings || show == show_at_environment)
        store_strings(u, at);
    else if (show == show_at_clone_args)
        store_clone_args(u, at);
    else if (show == show_at_void)
        store_socket_struct(u, at);
    else
        store_words(u, at, 32);
}

static UNUSED uint64_t draw_argument(struct sim_user *u, const struct trace_arg *arg,
                                     unsigned i)
{
    if (arg->show == show_fd)
        return draw_fd();
    if (arg->show == show_names)
        return draw_names(arg->names);
    if (arg->show == show_size || arg->show == show_u32)
        return chance(30) ? 8 : chance(60) ? below(64) : draw_size();
    if (arg->show == show_sig)
        return chance(95) ? below(66) : draw_integer();
    if (arg->show == show_mode || arg->show == show_create_mode)
        return below(010000);
    if (arg->show == show_file_mode)
        return below(010000) | below(16) << 12;
    if (arg->show == show_i32 || arg->show == show_i64 || arg->show == show_u64 ||
        arg->show == show_x32 || arg->show == show_x64)
        return draw_integer();
    if (arg->show == show_str)
        store_path(u, slot(i));
    else
        store_pointed(u, arg->show, slot(i));
    return draw_pointer(i);
}
