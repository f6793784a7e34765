/*
 * badargs.c - every call that the kernel has, with wild pointers, lengths and descriptors: it
 * answers, and nothing crashes.
 *
 * Safe on a host: each call runs in a child of its own that has nothing but pipes, a pair of
 * sockets and files without names, and process ids name nobody. What would reach further if it
 * found its arguments (mounts, clocks, priorities of others) gets only such as cannot be read.
 */
#include "tests/linux/badargs_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

static long number_of(const struct implemented *entry)
{
#if defined(__x86_64__)
    return entry->x86_64;
#else
    return entry->riscv64;
#endif
}

/* NULL: the kernel does not have it. */
static const struct implemented *find_implemented(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(implemented); i++) {
        if (!strcmp(implemented[i].name, name))
            return &implemented[i];
    }
    return NULL;
}

static bool is_driven(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        if (!strcmp(calls[i].name, name))
            return true;
    }
    return false;
}

static bool is_exception(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++) {
        if (!strcmp(exceptions[i].name, name))
            return true;
    }
    return false;
}

/* --- wild values --- */

static char *buffer; /* two pages of zeroes, then nothing */
static int open_fds[6];

static long wild(char kind, unsigned choice)
{
    const long addresses[] = {0,
                              8,
                              (long)buffer,
                              (long)buffer + 8190,
                              -4096,
                              -8,
                              1l << 47,
                              (1l << 47) - 4,
                              1l << 63,
                              (long)&calls,
                              (long)buffer + 1,
                              0x400000000000l};
    const long sizes[] = {0, 1, 8, 24, 4096, 4097, 1l << 31, 1l << 47, 1l << 62, -1, -4096};
    /* None of them is 0, 1 or 2, also when cut to an int: those are the caller's, and the test
     * may be root. */
    const long fds[] = {-1,          open_fds[0], open_fds[1], open_fds[2],      open_fds[3],
                        open_fds[4], 1000000,     -100,        1l << 33 | 999999};
    const long sockets[] = {open_fds[4], open_fds[5], open_fds[4], -1, open_fds[2], 1000000};
    const long integers[] = {0, 1, 2, 3, 5, 8, 64, 0x1000, 0x7fffffff, -1, 1l << 31, 1l << 40};
    const long unreadable[] = {8, (long)buffer + 8190, -4096, -8, 1l << 47, 1l << 63};
    const long pids[] = {0, 0x7ffffff0, 4194303};
    const long nobody[] = {0x7ffffff0, 0x7fffffff, -0x80000000l};
    const long families[] = {AF_UNIX, AF_UNIX, 77, -1};

    switch (kind) {
    case 'a':
        return addresses[choice % ARRAY_SIZE(addresses)];
    case 'x':
        return unreadable[choice % ARRAY_SIZE(unreadable)];
    case 's':
        return sizes[choice % ARRAY_SIZE(sizes)];
    case 'f':
        return fds[choice % ARRAY_SIZE(fds)];
    case 'b':
        return choice % 2 ? -1 : 1000000;
    case 'k':
        return sockets[choice % ARRAY_SIZE(sockets)];
    case 'p':
        return pids[choice % ARRAY_SIZE(pids)];
    case 'n':
        return nobody[choice % ARRAY_SIZE(nobody)];
    case 'z':
        return choice % 2 ? 0600 : 0;
    case 'u':
        return families[choice % ARRAY_SIZE(families)];
    default:
        return integers[choice % ARRAY_SIZE(integers)];
    }
}

/* Everything open is the child's own: not even /dev/null, whose mode a call might change. */
static void prepare(void)
{
    FILE *file = tmpfile(), *standard = tmpfile();

    CHECK(file && standard && pipe2(open_fds, O_NONBLOCK) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, &open_fds[4]) == 0);
    open_fds[2] = fileno(file);
    open_fds[3] = fileno(standard);
    for (int fd = 0; fd < 3; fd++)
        CHECK(dup2(open_fds[3], fd) == fd);
    buffer = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(buffer != MAP_FAILED && munmap(buffer + 2 * 4096, 4096) == 0);
}

static void interrupt(int signo)
{
    (void)signo;
}

/* What would wait is interrupted again and again. */
static void arm_interrupts(void)
{
    const struct itimerval every = {{0, 2000}, {0, 2000}};
    struct sigaction action = {.sa_handler = interrupt};

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

enum { ROUNDS = 150, FORKING_ROUNDS = 40 };

static void make_calls(const struct call *c, long number)
{
    unsigned rounds = c->flags & FORKS ? FORKING_ROUNDS : ROUNDS;
    uint32_t random = (uint32_t)number * 77 + 1;

    prepare();
    arm_interrupts();
    for (unsigned round = 0; round < rounds; round++) {
        long args[6] = {0}, result;

        for (unsigned i = 0; c->kinds[i]; i++)
            args[i] = wild(c->kinds[i], round < 12 ? round : next_random(&random));
        result = syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
        if (c->flags & FORKS && result == 0)
            _exit(0);
    }
}

/* --- judging --- */

/* Its wait status; killed when it takes too long, which a call with a wild mask may. */
static int status_of(pid_t pid)
{
    int status = 0;

    for (int ms = 0; waitpid(pid, &status, WNOHANG) == 0; ms++) {
        usleep(1000);
        if (ms == 3000)
            kill(pid, SIGKILL);
    }
    return status;
}

/* Some wild addresses hold bytes, which are relative names then: what they make, they make
 * here. */
static void enter_playground(char name[])
{
    CHECK(mkdtemp(name) && chdir(name) == 0);
}

static void leave_playground(const char *name)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", name);
    CHECK(chdir("/") == 0 && system(command) == 0);
}

/* False: it ended as no call should. */
static bool survives(const struct call *c, long number, unsigned *slow)
{
    pid_t pid = CHILD(make_calls(c, number));
    int status = status_of(pid);
    int signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    *slow += signo == SIGKILL;
    return WIFEXITED(status) || signo == SIGKILL || signo == SIGALRM || c->flags & MAY_CRASH;
}

/* Calls are dealt to cases in turn, for each of these has its limit of time. */
enum { SHARES = 6 };

static void drive_share(unsigned share)
{
    const struct rlimit no_core = {0, 0};
    char playground[] = "/tmp/badargs.XXXXXX";
    unsigned slow = 0;

    setrlimit(RLIMIT_CORE, &no_core);
    enter_playground(playground);
    for (size_t i = share; i < ARRAY_SIZE(calls); i += SHARES) {
        const struct implemented *entry = find_implemented(calls[i].name);
        long number = entry ? number_of(entry) : -1;

        if (number >= 0 && !survives(&calls[i], number, &slow))
            FAIL("%s: the process died", calls[i].name);
    }
    leave_playground(playground);
    if (slow > 2)
        FAIL("%u calls hang", slow);
}

static void wild_arguments_1(void)
{
    drive_share(0);
}

static void wild_arguments_2(void)
{
    drive_share(1);
}

static void wild_arguments_3(void)
{
    drive_share(2);
}

static void wild_arguments_4(void)
{
    drive_share(3);
}

static void wild_arguments_5(void)
{
    drive_share(4);
}

static void wild_arguments_6(void)
{
    drive_share(5);
}

static void every_implemented_call_is_driven(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(implemented); i++) {
        const char *name = implemented[i].name;

        if (is_driven(name) == is_exception(name))
            FAIL("%s is %s", name, is_driven(name) ? "driven, and an exception" : "not driven");
    }
}

/* Neither list names what the kernel does not have. */
static void nothing_else_is_listed(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        if (!find_implemented(calls[i].name))
            FAIL("%s is not implemented", calls[i].name);
    }
    for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++) {
        if (!find_implemented(exceptions[i].name) || !*exceptions[i].why)
            FAIL("%s is no exception", exceptions[i].name);
    }
}

/* Numbers without a call, and with bits that are none of theirs. */
static void unknown_numbers_are_refused(void)
{
    static const long numbers[] = {1000, 100000, 0x7fffffff, 1l << 30, 1l << 31, 0x40000027};

    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        CHECK_ERR(syscall(numbers[i], 0, 0, 0, 0, 0, 0), ENOSYS);
    CHECK_ERR(syscall(-1, 0, 0, 0, 0, 0, 0), ENOSYS);
}

static const struct check_case cases[] = {
    CASE(every_implemented_call_is_driven),
    CASE(nothing_else_is_listed),
    CASE(wild_arguments_1),
    CASE(wild_arguments_2),
    CASE(wild_arguments_3),
    CASE(wild_arguments_4),
    CASE(wild_arguments_5),
    CASE(wild_arguments_6),
    CASE(unknown_numbers_are_refused),
};
CHECK_MAIN(cases)
