/*
 * check.c - cases, children, and the lines that the suite reads.
 */
#include "tests/linux/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

enum { LIMIT = 20 /* seconds */, SKIPPED = 77 };

/* The first page of what all processes of a case share. */
struct verdict {
    int taken;
    char why[1000];
    char scratch[32]; /* empty: none was made */
};

static struct verdict *verdict;
void *check_shared;
void *volatile check_bad = (void *)8;

static void say(const char *format, va_list args)
{
    if (!__atomic_exchange_n(&verdict->taken, 1, __ATOMIC_ACQ_REL))
        vsnprintf(verdict->why, sizeof(verdict->why), format, args);
}

static void say_plainly(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
}

void check_fail(const char *file, int line, const char *format, ...)
{
    const char *slash = strrchr(file, '/');
    char text[200];
    va_list args;

    snprintf(text, sizeof(text), "%s:%d: %s", slash ? slash + 1 : file, line, format);
    va_start(args, format);
    say(text, args);
    va_end(args);
    _exit(1);
}

void check_skip(const char *why)
{
    say_plainly("%s", why);
    _exit(SKIPPED);
}

pid_t check_fork(void)
{
    pid_t pid = fork();

    if (pid < 0)
        FAIL("fork: errno %d", errno);
    return pid;
}

static int wait_status(const char *file, int line, pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) != pid)
        if (errno != EINTR)
            check_fail(file, line, "waitpid(%d): errno %d", (int)pid, errno);
    return status;
}

void check_exits(const char *file, int line, pid_t pid, int code)
{
    int status = wait_status(file, line, pid);

    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        check_fail(file, line, "child's status is %#x, not exit code %d", (unsigned)status,
                   code);
}

void check_killed(const char *file, int line, pid_t pid, int signo)
{
    int status = wait_status(file, line, pid);

    if (!WIFSIGNALED(status) || WTERMSIG(status) != signo)
        check_fail(file, line, "child's status is %#x, not death by signal %d",
                   (unsigned)status, signo);
}

void check_put(int fd)
{
    if (write(fd, "x", 1) != 1)
        FAIL("write to fd %d: errno %d", fd, errno);
}

bool check_get(int fd)
{
    char byte;
    ssize_t n;

    do
        n = read(fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

const char *check_scratch(void)
{
    char name[] = "/tmp/check-XXXXXX";

    mkdir("/tmp", 01777);
    CHECK(mkdtemp(name));
    return strcpy(verdict->scratch, name);
}

void check_enter_scratch(void)
{
    CHECK_EQ(chdir(check_scratch()), 0);
    umask(022);
}

/* A name of any length may lead there, so each directory is opened by its own. */
static void remove_tree(int parent, const char *name)
{
    DIR *dir;

    if (unlinkat(parent, name, 0) == 0)
        return;
    dir = fdopendir(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            remove_tree(dirfd(dir), e->d_name);
    closedir(dir);
    unlinkat(parent, name, AT_REMOVEDIR);
}

/* Its wait status, or -1 when it was not done in time and has been killed. */
static int run_limited(const struct check_case *c)
{
    const struct timespec limit = {.tv_sec = LIMIT};
    sigset_t child_signal, old;
    int status;
    pid_t pid;

    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, &old);
    fflush(stdout);
    pid = fork();
    if (pid < 0)
        return -1;
    if (!pid) {
        setpgid(0, 0);
        sigprocmask(SIG_SETMASK, &old, NULL);
        c->run();
        _exit(0);
    }
    if (sigtimedwait(&child_signal, NULL, &limit) < 0)
        status = -1;
    else
        status = 0;
    kill(-pid, SIGKILL); /* what it left behind, or all of it */
    if (status < 0)
        kill(pid, SIGKILL);
    if (waitpid(pid, status < 0 ? NULL : &status, 0) != pid)
        status = -1;
    sigprocmask(SIG_SETMASK, &old, NULL);
    return status;
}

/* One line; true: nothing failed. */
static bool report(const char *name, int status)
{
    if (status == 0) {
        printf("ok %s\n", name);
        return true;
    }
    if (status > 0 && WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
        printf("skip %s: %s\n", name, verdict->why);
        return true;
    }
    if (verdict->why[0])
        printf("not ok %s: %s\n", name, verdict->why);
    else if (status < 0)
        printf("not ok %s: no end after %d s\n", name, LIMIT);
    else if (WIFSIGNALED(status))
        printf("not ok %s: died of signal %d\n", name, WTERMSIG(status));
    else
        printf("not ok %s: status %#x\n", name, (unsigned)status);
    return false;
}

int check_main(int argc, char **argv, const struct check_case *cases, size_t count)
{
    size_t size = 4096 + CHECK_SHARED_SIZE;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned failures = 0;

    if (memory == MAP_FAILED) {
        printf("not ok shared memory: errno %d\n", errno);
        return 1;
    }
    verdict = (struct verdict *)memory;
    check_shared = memory + 4096;
    for (size_t i = 0; i < count; i++) {
        if (argc > 1 && !strstr(cases[i].name, argv[1]))
            continue;
        memset(memory, 0, size);
        failures += !report(cases[i].name, run_limited(&cases[i]));
        if (verdict->scratch[0])
            remove_tree(AT_FDCWD, verdict->scratch);
    }
    return failures != 0;
}
