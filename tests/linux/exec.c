/*
 * exec.c - execve: what the new program sees, scripts, errors, threads that are in the way.
 *
 * The program executes itself: with a first argument that names a part below, it plays that
 * part.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static char self[4096];
static char dir[] = "/tmp/exec.XXXXXX";

/* --- parts --- */

static int play_echo(int argc, char **argv, char **envp)
{
    for (int i = 0; i < argc; i++)
        printf("%s\n", argv[i]);
    for (; *envp; envp++)
        printf("%s\n", *envp);
    return 0;
}

/* Which of the signals is blocked, ignored, at default. */
static int play_signals(void)
{
    sigset_t blocked, pending;

    sigprocmask(SIG_BLOCK, NULL, &blocked);
    sigpending(&pending);
    return sigismember(&blocked, SIGUSR1) | sigismember(&pending, SIGUSR1) << 1 |
           (signal(SIGUSR2, SIG_DFL) == SIG_IGN) << 2 |
           (signal(SIGHUP, SIG_DFL) == SIG_DFL) << 3;
}

static int play_fds(char **argv)
{
    return (fcntl(atoi(argv[2]), F_GETFD) >= 0) | (fcntl(atoi(argv[3]), F_GETFD) >= 0) << 1;
}

static int play(int argc, char **argv, char **envp)
{
    if (!strcmp(argv[1], "-echo"))
        return play_echo(argc, argv, envp);
    if (!strcmp(argv[1], "-signals"))
        return play_signals();
    if (!strcmp(argv[1], "-fds"))
        return play_fds(argv);
    if (!strcmp(argv[1], "-pid"))
        return getpid() == atoi(argv[2]) && syscall(SYS_gettid) == getpid() ? 0 : 1;
    return 99;
}

/* --- helpers --- */

static void make_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    CHECK(fd >= 0);
    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
    CHECK(fchmod(fd, mode) == 0);
    CHECK(close(fd) == 0);
}

static void enter_directory(void)
{
    CHECK(mkdtemp(dir));
    CHECK(chdir(dir) == 0);
}

static void leave_directory(void)
{
    char command[100];

    snprintf(command, sizeof(command), "rm -rf %s", dir);
    CHECK(system(command) == 0);
}

/* What `path` prints. */
static void check_output(const char *path, char **argv, char **envp, const char *want)
{
    char text[2000];
    size_t size = 0;
    ssize_t n;
    int fds[2];
    pid_t pid;

    CHECK(pipe(fds) == 0);
    pid = CHILD({
        dup2(fds[1], 1);
        close(fds[0]);
        close(fds[1]);
        execve(path, argv, envp);
        FAIL("execve %s: errno %d", path, errno);
    });
    close(fds[1]);
    while ((n = read(fds[0], text + size, sizeof(text) - 1 - size)) > 0)
        size += (size_t)n;
    text[size] = '\0';
    close(fds[0]);
    CHECK_EXITS(pid, 0);
    if (strcmp(text, want))
        FAIL("%s printed \"%s\", not \"%s\"", path, text, want);
}

static char *no_env[] = {NULL};

/* --- cases --- */

static void arguments_and_environment_arrive(void)
{
    char *argv[] = {"zero", "-echo", "", "a b", "last", NULL};
    char *envp[] = {"A=1", "EMPTY=", "no equals sign", NULL};

    check_output(self, argv, envp, "zero\n-echo\n\na b\nlast\nA=1\nEMPTY=\nno equals sign\n");
}

static void relative_names_are_from_the_working_directory(void)
{
    char *argv[] = {"x", "-echo", NULL};

    enter_directory();
    CHECK(symlink(self, "link") == 0);
    CHECK(mkdir("sub", 0700) == 0);
    check_output("link", argv, no_env, "x\n-echo\n");
    check_output("./sub/../link", argv, no_env, "x\n-echo\n");
    leave_directory();
}

static void execveat_has_its_own_start(void)
{
    int fd;
    pid_t pid;
    char *argv[] = {"x", "-pid", "0", NULL};

    fd = open(self, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    pid = CHILD({
        char number[12];

        snprintf(number, sizeof(number), "%d", getpid());
        argv[2] = number;
        syscall(SYS_execveat, fd, "", argv, no_env, AT_EMPTY_PATH);
        FAIL("execveat: errno %d", errno);
    });
    CHECK_EXITS(pid, 0);
    CHECK_ERR(syscall(SYS_execveat, fd, "", argv, no_env, 0), ENOENT);
    CHECK_ERR(syscall(SYS_execveat, -1, "x", argv, no_env, 0), EBADF);
    CHECK_ERR(syscall(SYS_execveat, fd, "x", argv, no_env, 0x40000), EINVAL);
}

static void scripts_run_their_interpreter(void)
{
    char line[5000];
    char *argv[] = {"zero", "-echo", "one", NULL};
    char want[5000];

    enter_directory();
    snprintf(line, sizeof(line), "#!  %s  -echo two words  \nrest is for the interpreter\n",
             self);
    make_file("script", line, 0755);
    snprintf(want, sizeof(want), "%s\n-echo two words\nscript\n-echo\none\n", self);
    /* The part's name is one argument with blanks in it: nothing we play, hence status 99. */
    CHECK_EXITS(CHILD({
                    execve("script", argv, no_env);
                    FAIL("execve: errno %d", errno);
                }),
                99);
    snprintf(line, sizeof(line), "#!%s -echo", self); /* no newline at its end */
    make_file("script", line, 0755);
    snprintf(want, sizeof(want), "%s\n-echo\n./script\n-echo\none\n", self);
    check_output("./script", argv, no_env, want);

    make_file("outer", "#!./script\n", 0755);
    snprintf(want, sizeof(want), "%s\n-echo\n./script\nouter\n-echo\none\n", self);
    check_output("outer", argv, no_env, want);
    leave_directory();
}

static void files_that_cannot_be_executed_are_refused(void)
{
    char *argv[] = {"x", NULL};
    char name[300];

    enter_directory();
    make_file("empty", "", 0755);
    make_file("text", "echo hello\n", 0755);
    make_file("data", "#!/bin/sh\n", 0644);
    make_file("lost", "#!/no/such/interpreter\n", 0755);
    make_file("blank", "#!   \n", 0755);
    make_file("elf", "\177ELF and no more", 0755);
    make_file("loop", "#!./loop\n", 0755);
    CHECK(mkdir("directory", 0755) == 0);
    CHECK(symlink("circle", "circle") == 0);
    memset(name, 'n', 299);
    name[299] = '\0';
    CHECK_ERR(execve("missing", argv, no_env), ENOENT);
    CHECK_ERR(execve("", argv, no_env), ENOENT);
    CHECK_ERR(execve("text/below", argv, no_env), ENOTDIR);
    CHECK_ERR(execve("lost", argv, no_env), ENOENT);
    CHECK_ERR(execve("directory", argv, no_env), EACCES);
    CHECK_ERR(execve("data", argv, no_env), EACCES);
    CHECK_ERR(execve("empty", argv, no_env), ENOEXEC);
    CHECK_ERR(execve("text", argv, no_env), ENOEXEC);
    CHECK_ERR(execve("blank", argv, no_env), ENOEXEC);
    CHECK_ERR(execve("elf", argv, no_env), ENOEXEC);
    CHECK_ERR(execve("loop", argv, no_env), ELOOP);
    CHECK_ERR(execve("circle", argv, no_env), ELOOP);
    CHECK_ERR(execve(name, argv, no_env), ENAMETOOLONG);
    CHECK_ERR(execve(check_bad, argv, no_env), EFAULT);
    CHECK_ERR(execve("text", check_bad, no_env), EFAULT);
    CHECK_ERR(execve("text", argv, check_bad), EFAULT);
    argv[0] = check_bad;
    CHECK_ERR(execve("text", argv, no_env), EFAULT);
    leave_directory();
}

static void too_many_arguments_are_refused(void)
{
    enum { STRING = 128 << 10, COUNT = 40 };
    static char string[STRING + 2];
    static char *argv[COUNT + 1];

    memset(string, 'a', STRING);
    argv[0] = string;
    CHECK_ERR(execve(self, argv, no_env), E2BIG); /* with its NUL one byte too long */
    string[STRING - 1] = '\0';
    for (int i = 0; i < COUNT; i++)
        argv[i] = string;
    CHECK_ERR(execve(self, argv, no_env), E2BIG);
}

static void much_is_accepted(void)
{
    enum { STRING = 100000, COUNT = 9 };
    static char string[STRING + 1];
    char *argv[COUNT + 3] = {"x", "-nothing"};
    pid_t pid;

    memset(string, 'b', STRING);
    for (int i = 0; i < COUNT; i++)
        argv[2 + i] = string;
    pid = CHILD({
        execve(self, argv, no_env);
        FAIL("execve: errno %d", errno);
    });
    CHECK_EXITS(pid, 99);
}

static void handled_signals_return_to_default(void)
{
    char *argv[] = {"x", "-signals", NULL};
    sigset_t set;

    signal(SIGUSR2, SIG_IGN);
    signal(SIGHUP, (void (*)(int))abort);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    CHECK_EXITS(CHILD({
                    raise(SIGUSR1);
                    execve(self, argv, no_env);
                }),
                1 | 2 | 4 | 8);
}

static void close_on_exec_closes(void)
{
    char a[12], b[12];
    char *argv[] = {"x", "-fds", a, b, NULL};
    int stays = dup(0), goes = fcntl(0, F_DUPFD_CLOEXEC, 50);

    CHECK(stays >= 0 && goes >= 50);
    snprintf(a, sizeof(a), "%d", stays);
    snprintf(b, sizeof(b), "%d", goes);
    CHECK_EXITS(CHILD(execve(self, argv, no_env)), 1);
    CHECK(fcntl(goes, F_GETFD) == FD_CLOEXEC); /* ours is untouched */
}

static volatile int handled;

static void count_signal(int signo)
{
    (void)signo;
    handled++;
}

static void a_failed_exec_changes_nothing(void)
{
    int fd = fcntl(0, F_DUPFD_CLOEXEC, 50);
    char *argv[] = {"x", NULL};

    signal(SIGUSR1, count_signal);
    CHECK_ERR(execve("/no/such/program", argv, no_env), ENOENT);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
    raise(SIGUSR1);
    CHECK_EQ(handled, 1);
}

/* --- with threads --- */

static void *spin(void *arg)
{
    for (volatile unsigned long i = 0;; i++)
        continue;
    return arg;
}

static void *sleep_long(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void *exec_pid(void *arg)
{
    char number[12];
    char *argv[] = {"x", "-pid", number, NULL};

    snprintf(number, sizeof(number), "%d", getpid());
    execve(self, argv, no_env);
    return arg;
}

static void start_others(void)
{
    pthread_t thread;

    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&thread, NULL, spin, NULL) == 0);
        CHECK(pthread_create(&thread, NULL, sleep_long, NULL) == 0);
    }
}

static void the_leaders_exec_ends_the_other_threads(void)
{
    CHECK_EXITS(CHILD({
                    start_others();
                    exec_pid(NULL);
                    _exit(50);
                }),
                0);
}

static void another_threads_exec_takes_the_leaders_place(void)
{
    pthread_t thread;

    CHECK_EXITS(CHILD({
                    start_others();
                    CHECK(pthread_create(&thread, NULL, exec_pid, NULL) == 0);
                    pthread_join(thread, NULL);
                    _exit(50);
                }),
                0);
}

static void *keep_starting(void *arg)
{
    pthread_t thread;

    for (;;)
        if (pthread_create(&thread, NULL, sleep_long, NULL) != 0)
            usleep(100);
    return arg;
}

static void threads_that_are_being_started_end_too(void)
{
    for (int round = 0; round < 10; round++)
        CHECK_EXITS(CHILD({
                        pthread_t thread;

                        pthread_create(&thread, NULL, keep_starting, NULL);
                        pthread_create(&thread, NULL, keep_starting, NULL);
                        usleep(1000 * round);
                        exec_pid(NULL);
                        _exit(50);
                    }),
                    0);
}

static void threads_that_exec_at_once_agree_on_one(void)
{
    pthread_t thread;

    for (int round = 0; round < 20; round++)
        CHECK_EXITS(CHILD({
                        for (int i = 0; i < 4; i++)
                            pthread_create(&thread, NULL, exec_pid, NULL);
                        exec_pid(NULL);
                        _exit(50);
                    }),
                    0);
}

static const struct check_case cases[] = {
    CASE(arguments_and_environment_arrive),
    CASE(relative_names_are_from_the_working_directory),
    CASE(execveat_has_its_own_start),
    CASE(scripts_run_their_interpreter),
    CASE(files_that_cannot_be_executed_are_refused),
    CASE(too_many_arguments_are_refused),
    CASE(much_is_accepted),
    CASE(handled_signals_return_to_default),
    CASE(close_on_exec_closes),
    CASE(a_failed_exec_changes_nothing),
    CASE(the_leaders_exec_ends_the_other_threads),
    CASE(another_threads_exec_takes_the_leaders_place),
    CASE(threads_that_are_being_started_end_too),
    CASE(threads_that_exec_at_once_agree_on_one),
};

int main(int argc, char **argv, char **envp)
{
    if (argc > 1 && argv[1][0] == '-')
        return play(argc, argv, envp);
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
        printf("not ok /proc/self/exe: errno %d\n", errno);
        return 1;
    }
    return check_main(argc, argv, cases, ARRAY_SIZE(cases));
}
