/*
 * badargs.c - every call that the kernel has, with wild pointers, lengths and descriptors: it
 * answers, and nothing crashes.
 *
 * Safe on a host: each call runs in a child of its own that has nothing but pipes and files
 * without names, and process ids name nobody. Calls that would reach further (kill, sync,
 * clocks) are left out.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

/* It may rightly cost the process its memory, handlers or registers. */
#define MAY_CRASH 1

/* One letter per argument: a address, s size, f descriptor, b one that is not open, i any
 * integer, p process id. */
struct call {
    const char *name;
    long number;
    const char *kinds;
    int flags;
};

#define CALL(name, kinds, flags)        \
    {                                   \
#name, SYS_##name, kinds, flags \
    }

static const struct call calls[] = {
    CALL(openat, "faii", 0),
    CALL(openat2, "faas", 0),
    CALL(close, "f", 0),
    CALL(close_range, "ssi", 0),
    CALL(dup, "f", 0),
    CALL(dup3, "ffi", 0),
    CALL(fcntl, "fii", 0),
    CALL(flock, "fi", 0),
    CALL(ioctl, "fia", 0),
    CALL(pipe2, "ai", 0),
    CALL(read, "fas", 0),
    CALL(write, "fas", 0),
    CALL(pread64, "fass", 0),
    CALL(pwrite64, "fass", 0),
    CALL(readv, "fas", 0),
    CALL(writev, "fas", 0),
    CALL(preadv, "fasss", 0),
    CALL(pwritev, "fasss", 0),
    CALL(preadv2, "fasssi", 0),
    CALL(pwritev2, "fasssi", 0),
    CALL(lseek, "fsi", 0),
    CALL(sendfile, "ffas", 0),
    CALL(copy_file_range, "fafasi", 0),
    CALL(truncate, "as", 0),
    CALL(ftruncate, "fs", 0),
    CALL(fallocate, "biss", 0),
    CALL(fadvise64, "fssi", 0),
    CALL(fsync, "f", 0),
    CALL(fdatasync, "f", 0),
    CALL(fstat, "fa", 0),
    CALL(newfstatat, "faai", 0),
    CALL(statx, "faiia", 0),
    CALL(statfs, "aa", 0),
    CALL(fstatfs, "fa", 0),
    CALL(faccessat, "fai", 0),
    CALL(faccessat2, "faii", 0),
    CALL(fchmod, "fi", 0),
    CALL(fchmodat, "fai", 0),
    CALL(fchown, "fii", 0),
    CALL(fchownat, "faiii", 0),
    CALL(utimensat, "faai", 0),
    CALL(umask, "i", 0),
    CALL(setxattr, "aaasi", 0),
    CALL(lsetxattr, "aaasi", 0),
    CALL(fsetxattr, "faasi", 0),
    CALL(getxattr, "aaas", 0),
    CALL(lgetxattr, "aaas", 0),
    CALL(fgetxattr, "faas", 0),
    CALL(removexattr, "aa", 0),
    CALL(lremovexattr, "aa", 0),
    CALL(fremovexattr, "fa", 0),
    CALL(listxattr, "aas", 0),
    CALL(llistxattr, "aas", 0),
    CALL(flistxattr, "fas", 0),
    CALL(getdents64, "fas", 0),
    CALL(getcwd, "as", 0),
    CALL(chdir, "a", 0),
    CALL(fchdir, "f", 0),
    CALL(chroot, "a", 0),
    CALL(mkdirat, "fai", 0),
    CALL(unlinkat, "fai", 0),
    CALL(renameat2, "fafai", 0),
    CALL(linkat, "fafai", 0),
    CALL(symlinkat, "afa", 0),
    CALL(readlinkat, "faas", 0),
    CALL(mknodat, "fais", 0),
    CALL(ppoll, "asaas", 0),
    CALL(pselect6, "iaaaaa", 0),
    CALL(epoll_create1, "i", 0),
    CALL(epoll_ctl, "fifa", 0),
    CALL(epoll_pwait, "faiias", 0),
    CALL(epoll_pwait2, "faiaas", 0),
    CALL(eventfd2, "si", 0),
    CALL(execve, "aaa", MAY_CRASH),
    CALL(execveat, "faaai", MAY_CRASH),
    CALL(wait4, "paia", 0),
    CALL(waitid, "ipaia", 0),
    CALL(getpid, "", 0),
    CALL(getppid, "", 0),
    CALL(gettid, "", 0),
    CALL(getpgid, "p", 0),
    CALL(setpgid, "pp", 0),
    CALL(getsid, "p", 0),
    CALL(setsid, "", 0),
    CALL(set_tid_address, "p", 0),
    CALL(prctl, "iiiii", 0),
    CALL(getrlimit, "ia", 0),
    CALL(setrlimit, "ia", 0),
    CALL(prlimit64, "piaa", 0),
    CALL(getrusage, "pa", 0),
    CALL(getuid, "", 0),
    CALL(geteuid, "", 0),
    CALL(getgid, "", 0),
    CALL(getegid, "", 0),
    CALL(setuid, "i", 0),
    CALL(setgid, "i", 0),
    CALL(setreuid, "ii", 0),
    CALL(setregid, "ii", 0),
    CALL(setresuid, "iii", 0),
    CALL(getresuid, "aaa", 0),
    CALL(setresgid, "iii", 0),
    CALL(getresgid, "aaa", 0),
    CALL(setfsuid, "i", 0),
    CALL(setfsgid, "i", 0),
    CALL(getgroups, "ia", 0),
    CALL(setgroups, "ia", 0),
    CALL(rt_sigaction, "iaas", MAY_CRASH),
    CALL(rt_sigprocmask, "iaas", 0),
    CALL(rt_sigpending, "as", 0),
    CALL(rt_sigsuspend, "as", MAY_CRASH),
    CALL(rt_sigtimedwait, "aaas", 0),
    CALL(sigaltstack, "aa", 0),
    CALL(mmap, "asiifs", MAY_CRASH),
    CALL(munmap, "as", MAY_CRASH),
    CALL(mprotect, "asi", MAY_CRASH),
    CALL(mremap, "assia", MAY_CRASH),
    CALL(madvise, "asi", MAY_CRASH),
    CALL(msync, "asi", 0),
    CALL(brk, "a", MAY_CRASH),
    CALL(mlock, "as", 0),
    CALL(munlock, "as", 0),
    CALL(futex, "aisaai", 0),
    CALL(set_robust_list, "as", 0),
    CALL(get_robust_list, "paa", 0),
    CALL(nanosleep, "aa", 0),
    CALL(clock_nanosleep, "iiaa", 0),
    CALL(clock_gettime, "ia", 0),
    CALL(clock_getres, "ia", 0),
    CALL(gettimeofday, "aa", 0),
    CALL(times, "a", 0),
    CALL(getitimer, "ia", 0),
    CALL(setitimer, "iaa", 0),
    CALL(sched_yield, "", 0),
    CALL(sched_getaffinity, "psa", 0),
    CALL(sched_getparam, "pa", 0),
    CALL(sched_getscheduler, "p", 0),
    CALL(sched_get_priority_max, "i", 0),
    CALL(sched_get_priority_min, "i", 0),
    CALL(getcpu, "aaa", 0),
    CALL(uname, "a", 0),
    CALL(sysinfo, "a", 0),
    CALL(getrandom, "asi", 0),
#if defined(__x86_64__)
    CALL(open, "aii", 0),
    CALL(creat, "ai", 0),
    CALL(dup2, "ff", 0),
    CALL(pipe, "a", 0),
    CALL(stat, "aa", 0),
    CALL(lstat, "aa", 0),
    CALL(access, "ai", 0),
    CALL(chmod, "ai", 0),
    CALL(chown, "aii", 0),
    CALL(lchown, "aii", 0),
    CALL(utime, "aa", 0),
    CALL(utimes, "aa", 0),
    CALL(futimesat, "faa", 0),
    CALL(getdents, "fas", 0),
    CALL(mkdir, "ai", 0),
    CALL(rmdir, "a", 0),
    CALL(unlink, "a", 0),
    CALL(rename, "aa", 0),
    CALL(renameat, "fafa", 0),
    CALL(link, "aa", 0),
    CALL(symlink, "aa", 0),
    CALL(readlink, "aas", 0),
    CALL(mknod, "ais", 0),
    CALL(poll, "asi", 0),
    CALL(select, "iaaaa", 0),
    CALL(epoll_create, "i", 0),
    CALL(epoll_wait, "faii", 0),
    CALL(eventfd, "s", 0),
    CALL(getpgrp, "", 0),
    CALL(arch_prctl, "ia", MAY_CRASH),
    CALL(time, "a", 0),
    CALL(alarm, "s", 0),
#endif
};

/* --- wild values --- */

static char *buffer; /* two pages of zeroes, then nothing */
static int open_fds[4];

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
    const long fds[] = {-1,          open_fds[0], open_fds[1], open_fds[2],
                        open_fds[3], 1000000,     -100,        1l << 33 | 999999};
    const long integers[] = {0, 1, 2, 3, 5, 8, 64, 0x1000, 0x7fffffff, -1, 1l << 31, 1l << 40};
    const long pids[] = {0, 0x7ffffff0, 4194303};

    switch (kind) {
    case 'a':
        return addresses[choice % ARRAY_SIZE(addresses)];
    case 's':
        return sizes[choice % ARRAY_SIZE(sizes)];
    case 'f':
        return fds[choice % ARRAY_SIZE(fds)];
    case 'b':
        return choice % 2 ? -1 : 1000000;
    case 'p':
        return pids[choice % ARRAY_SIZE(pids)];
    default:
        return integers[choice % ARRAY_SIZE(integers)];
    }
}

/* Everything open is the child's own: not even /dev/null, whose mode a call might change. */
static void prepare(void)
{
    FILE *file = tmpfile(), *standard = tmpfile();

    CHECK(file && standard && pipe2(open_fds, O_NONBLOCK) == 0);
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

enum { ROUNDS = 150 };

static void make_calls(const struct call *c)
{
    uint32_t random = (uint32_t)c->number * 77 + 1;

    prepare();
    arm_interrupts();
    for (unsigned round = 0; round < ROUNDS; round++) {
        long args[6] = {0};

        for (unsigned i = 0; c->kinds[i]; i++)
            args[i] = wild(c->kinds[i], round < 12 ? round : next_random(&random));
        syscall(c->number, args[0], args[1], args[2], args[3], args[4], args[5]);
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

static void every_call_survives_wild_arguments(void)
{
    const struct rlimit no_core = {0, 0};
    char playground[] = "/tmp/badargs.XXXXXX";
    unsigned slow = 0;

    setrlimit(RLIMIT_CORE, &no_core);
    enter_playground(playground);
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        pid_t pid = CHILD(make_calls(&calls[i]));
        int status = status_of(pid);
        int signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

        slow += signo == SIGKILL;
        if (WIFEXITED(status) || signo == SIGKILL || signo == SIGALRM)
            continue;
        if (!(calls[i].flags & MAY_CRASH))
            FAIL("%s: the process died of signal %d", calls[i].name, signo);
    }
    leave_playground(playground);
    if (slow > 8)
        FAIL("%u calls hang", slow);
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
    CASE(every_call_survives_wild_arguments),
    CASE(unknown_numbers_are_refused),
};
CHECK_MAIN(cases)
