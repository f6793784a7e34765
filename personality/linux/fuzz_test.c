/*
 * fuzz_test.c - every call of the table with arguments drawn by chance and by type, made by
 * real processes and threads of the simulated machine: the kernel answers each of them, and
 * nothing is left when all have ended.
 *
 * A supervisor makes one session after another: a process that opens files of all kinds and
 * then makes calls; what it forks and clones makes calls, too. A session that takes long is
 * killed with all that came of it. Run on by hand with ZCORE_FUZZ_SEED (of the first run),
 * ZCORE_FUZZ_CALLS (in each) and ZCORE_FUZZ_TRACE=1, which shows each call as strace does.
 */
#include "personality/linux/linux_test.h"

#include "personality/linux/strace/show.h"

enum { ROOT, OTHER }; /* of a session, in r13 */
enum { SESSION_CALLS = 60, CHILD_CALLS = 15, DEPTH_MAX = 3, HANDLED_MAX = 200 };
enum { TEXT_MAIN, TEXT_HANDLER };

static uint64_t random_state;
static uint64_t calls_made, calls_wanted;
static unsigned handled;          /* signals, in this session */
static unsigned failures_percent; /* of calls, in which an allocation fails */

static struct {
    bool bad;
    const char *what, *name;
    uint64_t result;
} failure;

/* --- chance --- */

static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint64_t below(uint64_t limit)
{
    return (draw() >> 11) % limit;
}

static bool chance(unsigned percent)
{
    return below(100) < percent;
}

#define ONE_OF(list) ((list)[below(countof(list))])

/* --- values by type --- */

/* Argument i and what it points to have a page of their own; iovecs and strings that are
 * pointed to in turn have those behind, and what may be unmapped lies behind those. */
enum { SLOT_IOVEC = 6, SLOT_STRING, SLOT_STRINGS, SLOT_BYTES, SLOT_SPARE };

static user_addr_t slot(unsigned i)
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

static uint64_t draw_integer(void)
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
static uint64_t draw_pid(struct sim_user *u)
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

static void store_words(struct sim_user *u, user_addr_t at, unsigned count)
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

static uint64_t draw_argument(struct sim_user *u, const struct trace_arg *arg, unsigned i)
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

/* --- calls --- */

static uint64_t make_call(struct sim_user *u, uint64_t number, const uint64_t args[6])
{
    uint64_t result;

    if (failures_percent && chance(failures_percent))
        inject_failure_at(1 + (unsigned)below(8));
    result = sim_user_syscall(u, number, args);
    inject_failure_at(0);
    calls_made++;
    if (!failure.bad && ((result > (uint64_t)INT64_MAX && result < (uint64_t)-4095) ||
                         hal_cpu_local()->preempt_count)) {
        failure.bad = true;
        failure.what = hal_cpu_local()->preempt_count ? "a lock is held" : "no result or error";
        failure.name = number < linux_syscall_count ? linux_syscalls[number].name : "unknown";
        failure.result = result;
    }
    return result;
}

static bool is_mount_call(uint64_t number)
{
    return number == SYS_mount || number == SYS_umount2 || number == SYS_pivot_root ||
           number == SYS_chroot;
}

static uint64_t draw_number(bool may_fork)
{
    uint64_t number;

    if (may_fork && chance(2))
        return SYS_clone;
    do
        number = below(linux_syscall_count);
    while (!linux_syscalls[number].plain && !linux_syscalls[number].wait && !chance(2));
    if (!may_fork && (number == SYS_fork || number == SYS_vfork || number == SYS_clone ||
                      number == SYS_clone3))
        return SYS_getpid;
    return chance(1) ? draw_integer() : number;
}

/* Changes the address space at its first argument. */
static bool is_memory_call(uint64_t number)
{
    return number == SYS_mmap || number == SYS_munmap || number == SYS_mprotect ||
           number == SYS_mremap || number == SYS_madvise;
}

/* Signals, limits and schedules are for the caller and for those that do not exist. */
static bool takes_pid(uint64_t number, unsigned arg)
{
    switch (number) {
    case SYS_kill:
    case SYS_tkill:
    case SYS_rt_sigqueueinfo:
    case SYS_prlimit64:
    case SYS_pidfd_open:
    case SYS_setpgid:
    case SYS_wait4:
    case SYS_sched_setaffinity:
    case SYS_sched_setattr:
    case SYS_sched_setparam:
    case SYS_sched_setscheduler:
    case SYS_get_robust_list:
        return arg == 0;
    case SYS_tgkill:
    case SYS_rt_tgsigqueueinfo:
        return arg <= 1;
    case SYS_setpriority:
    case SYS_waitid:
        return arg == 1;
    default:
        return false;
    }
}

static void draw_call(struct sim_user *u, bool may_fork, bool privileged)
{
    uint64_t number = draw_number(may_fork), args[6] = {0};
    const struct trace_signature *s =
        number < linux_syscall_count ? &linux_signatures[number] : NULL;

    if (privileged && is_mount_call(number))
        return;
    if ((number == SYS_exit || number == SYS_exit_group) && chance(90))
        return;
    for (unsigned i = 0; i < countof(args); i++) {
        if (takes_pid(number, i))
            args[i] = draw_pid(u);
        else if (s && i < s->count)
            args[i] = draw_argument(u, &s->args[i], i);
    }
    if (is_memory_call(number) && args[0] < slot(SLOT_SPARE) && chance(95))
        args[0] = slot(SLOT_SPARE + (unsigned)below(LINUX_DATA_PAGES - SLOT_SPARE));
    if (number == SYS_setpriority && args[0] > 1)
        return;                            /* of all the user's processes */
    if (number == SYS_clone && chance(80)) /* something that can be granted */
        args[0] = (ONE_OF(((const uint64_t[]){17, 0x50f00, 0x100 | 17, 0x4100 | 17, 0x400 | 17,
                                              0x8000 | 17, 0x1000 | 17, 0x200 | 17})));
    if (number == SYS_clone && chance(80))
        args[1] = 0;
    make_call(u, number, args);
}

static void draw_calls(struct sim_user *u, unsigned count, bool may_fork, bool privileged)
{
    while (count-- && !failure.bad)
        draw_call(u, may_fork, privileged);
}

/* --- programs --- */

#define NR(name, ...) make_call(u, SYS_##name, (const uint64_t[6]){__VA_ARGS__})

static _Noreturn void leave(struct sim_user *u, uint64_t status)
{
    for (;;)
        SIM_SYSCALL(u, SYS_exit_group, status);
}

static user_addr_t text_at(struct sim_user *u, const char *text)
{
    sim_user_store(u, slot(SLOT_STRING), text, strlen(text) + 1);
    return slot(SLOT_STRING);
}

#define OPEN(path, flags) NR(open, text_at(u, path), flags, 0644)

/* Something of everything, below descriptor 24. */
static void open_all(struct sim_user *u)
{
    NR(mkdir, text_at(u, "/d"), 0777);
    NR(mkdir, text_at(u, "/d/sub"), 0777);
    NR(mknod, text_at(u, "/d/fifo"), 0010666, 0);
    sim_user_store(u, slot(SLOT_BYTES), "loop", 5);
    NR(symlink, slot(SLOT_BYTES), text_at(u, "/d/loop"));
    sim_user_store(u, slot(SLOT_BYTES), "f", 2);
    NR(symlink, slot(SLOT_BYTES), text_at(u, "/d/link"));
    NR(chdir, text_at(u, "/d"));
    OPEN("f", 0102);
    OPEN("g", 02102); /* O_APPEND */
    OPEN("/d", 0200000);
    OPEN("/dev/zero", 2);
    OPEN("/dev/ptmx", 2 | 04000);
    OPEN("/proc/self/status", 0);
    OPEN("fifo", 2 | 04000);
    NR(pipe2, slot(0), chance(50) ? 04000 : 0);
    NR(socketpair, 1, 1 + below(2), 0, slot(0));
    NR(socket, 1, 1, 0);
    NR(socket, 1, 5, 0);
    NR(eventfd2, below(3), 0);
    NR(epoll_create1, 0);
    NR(timerfd_create, 1, 0);
    NR(memfd_create, text_at(u, "m"), 0);
    store_words(u, slot(0), 1);
    NR(signalfd4, (uint64_t)-1, slot(0), 8, 0);
    NR(pidfd_open, SIM_SYSCALL(u, SYS_getpid), 0);
}

static void session(struct sim_user *u)
{
    bool privileged = chance(40);

    handled = 0;
    NR(setsid); /* or it could join the supervisor's group, and end it */
    open_all(u);
    if (!privileged)
        NR(setresuid, 1000, 1000, 1000);
    sim_user_regs(u)->r13 = privileged ? ROOT : OTHER;
    draw_calls(u, SESSION_CALLS, true, privileged);
    leave(u, 0);
}

/* A child or thread of a session's. */
static void descendant(struct sim_user *u)
{
    uint64_t depth = ++sim_user_regs(u)->r14;

    draw_calls(u, CHILD_CALLS, depth < DEPTH_MAX, sim_user_regs(u)->r13 == ROOT);
    if (chance(50))
        SIM_SYSCALL(u, SYS_exit, 0);
    leave(u, below(256));
}

/* The supervisor has all the memory it needs. */
static void sleep_ms(struct sim_user *u, uint64_t ms)
{
    inject_failure_at(0);
    sim_user_store64(u, LINUX_DATA, 0);
    sim_user_store64(u, LINUX_DATA + 8, ms * 1000000);
    SIM_SYSCALL(u, SYS_nanosleep, LINUX_DATA, 0);
}

/* All children have ended, killed if `ms` pass. */
static void await_all(struct sim_user *u, unsigned ms)
{
    const uint64_t flags = 1 | 0x40000000; /* WNOHANG | __WALL */

    for (unsigned waited = 0;; waited += 10) {
        int64_t pid;

        do
            pid = (int64_t)SIM_SYSCALL(u, SYS_wait4, (uint64_t)-1, 0, flags, 0);
        while (pid > 0);
        if (pid != 0)
            return; /* ECHILD */
        if (waited >= ms)
            SIM_SYSCALL(u, SYS_kill, (uint64_t)-1, 9);
        sleep_ms(u, 10);
    }
}

static void supervisor(struct sim_user *u)
{
    SIM_SYSCALL(u, SYS_prctl, 36, 1); /* PR_SET_CHILD_SUBREAPER */
    while (calls_made < calls_wanted && !failure.bad) {
        sim_user_regs(u)->r14 = 0;
        inject_failure_at(0);
        SIM_SYSCALL(u, SYS_fork);
        await_all(u, 500);
    }
    leave(u, 0);
}

/* The program's name tells the first one from what a session executes. */
static void program(struct sim_user *u)
{
    uint64_t first = 0, count = sim_user_load64(u, sim_user_regs(u)->rsp);

    if (sim_user_forked(u)) {
        if (sim_user_regs(u)->r14)
            descendant(u);
        sim_user_regs(u)->r14 = 1;
        session(u);
    }
    if (count)
        first = sim_user_load64(u, sim_user_load64(u, sim_user_regs(u)->rsp + 8));
    if (!memcmp(&first, "/superv", 7))
        supervisor(u);
    sim_user_regs(u)->r13 = ROOT;
    sim_user_regs(u)->r14 = DEPTH_MAX;
    draw_calls(u, CHILD_CALLS, false, true);
    leave(u, 0);
}

static void handler(struct sim_user *u)
{
    if (++handled > HANDLED_MAX)
        leave(u, 0);
    if (chance(20))
        draw_call(u, false, true);
    sim_user_regs(u)->rsp += 8; /* as the return to the restorer does */
    sim_user_leave(u, SYS_rt_sigreturn);
}

/* --- runs --- */

/* <stdlib.h> and the personality both define struct timespec. */
char *getenv(const char *name);

/* A decimal number; that is what the environment holds, too. */
static uint64_t environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    uint64_t value = 0;

    if (!text || !*text)
        return otherwise;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

static void run(unsigned nth, unsigned cpus, unsigned failures)
{
    static sim_program *const text[] = {[TEXT_MAIN] = program, [TEXT_HANDLER] = handler};
    uint64_t seed = environment("ZCORE_FUZZ_SEED", 1) + nth;
    enum sim_outcome outcome;

    linux_boot(&(struct sim_config){.cpus = cpus, .seed = seed, .switch_one_in = 40},
               environment("ZCORE_FUZZ_TRACE", 0));
    if (!environment("ZCORE_FUZZ_TRACE", 0))
        log_init(NULL, LOG_ERROR);
    linux_count();
    linux_root();
    linux_put_program("/supervisor", text, countof(text));
    linux_put_program("/prog", text, countof(text));
    random_state = seed * 0x9e3779b97f4a7c15ull | 1;
    calls_made = 0;
    failures_percent = failures;
    calls_wanted = environment("ZCORE_FUZZ_CALLS", 5000);
    memset(&failure, 0, sizeof(failure));
    outcome = linux_run("/supervisor");
    if (outcome != SIM_IDLE)
        fail_msg("seed %llu: outcome %d after %llu calls: %s", (unsigned long long)seed,
                 outcome, (unsigned long long)calls_made,
                 outcome == SIM_PANICKED ? sim_panic_reason() : "");
    if (failure.bad)
        fail_msg("seed %llu: %s: %s (%llx)", (unsigned long long)seed, failure.name,
                 failure.what, (unsigned long long)failure.result);
    assert_true(calls_made >= calls_wanted);
    linux_shut_down();
}

static void test_one_cpu(void **state)
{
    (void)state;
    run(0, 1, 0);
}

static void test_two_cpus(void **state)
{
    (void)state;
    run(1, 2, 0);
}

static void test_three_cpus(void **state)
{
    (void)state;
    run(2, 3, 0);
}

/* One CPU: what fails is in the call that it is meant for, or in one that runs meanwhile. */
static void test_no_memory(void **state)
{
    (void)state;
    run(3, 1, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_cpu),
        cmocka_unit_test(test_two_cpus),
        cmocka_unit_test(test_three_cpus),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
