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
#include "personality/linux/fuzz_values_test.h"

enum { ROOT, OTHER }; /* of a session, in r13 */
enum { SESSION_CALLS = 60, CHILD_CALLS = 15, DEPTH_MAX = 3, HANDLED_MAX = 200 };

static uint64_t calls_made, calls_wanted;
static unsigned handled;          /* signals, in this session */
static unsigned failures_percent; /* of calls, in which an allocation fails */

static struct {
    bool bad;
    const char *what, *name;
    uint64_t result;
} failure;

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
