/*
 * mqueue.c - POSIX message queues (mq_overview(7)), by their names and as files. Names are our
 * own, and go at once.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>

enum { OTHER_USER = 1977535 };

static char name[40];

/* Open for both, of so many messages of 16 bytes, without a name. */
static mqd_t make(int flags, long messages)
{
    struct mq_attr attr = {.mq_maxmsg = messages, .mq_msgsize = 16};
    mqd_t mq;

    snprintf(name, sizeof(name), "/zcore-mqueue-%d", getpid());
    mq = mq_open(name, O_CREAT | O_EXCL | O_RDWR | flags, 0600, &attr);
    if (mq == (mqd_t)-1 && errno == ENOSYS)
        SKIP("no message queues");
    CHECK(mq != (mqd_t)-1);
    CHECK_EQ(mq_unlink(name), 0);
    return mq;
}

static void post(mqd_t mq, unsigned priority, const char *text)
{
    CHECK_EQ(mq_send(mq, text, strlen(text), priority), 0);
}

static void fetch(mqd_t mq, unsigned priority, const char *expected)
{
    char text[16];
    unsigned got;

    CHECK_EQ(mq_receive(mq, text, sizeof(text), &got), strlen(expected));
    CHECK(!memcmp(text, expected, strlen(expected)));
    CHECK_EQ(got, priority);
}

static void by_priority_and_age(void)
{
    mqd_t mq = make(0, 8);
    struct mq_attr attr;

    post(mq, 1, "low");
    post(mq, 7, "high");
    post(mq, 1, "low, too");
    post(mq, 7, "high, too");
    post(mq, 0, "");
    CHECK_EQ(mq_getattr(mq, &attr), 0);
    CHECK(attr.mq_curmsgs == 5 && attr.mq_maxmsg == 8 && attr.mq_msgsize == 16 &&
          attr.mq_flags == 0);
    fetch(mq, 7, "high");
    fetch(mq, 7, "high, too");
    fetch(mq, 1, "low");
    fetch(mq, 1, "low, too");
    fetch(mq, 0, "");
}

static void names(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 16};
    mqd_t mq, other;
    char longest[300];

    make(0, 1);
    mq = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
    CHECK(mq != (mqd_t)-1);
    CHECK_ERR(mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, NULL), EEXIST);
    other = mq_open(name, O_RDONLY);
    CHECK(other != (mqd_t)-1);
    CHECK_EQ(fcntl(other, F_GETFD), FD_CLOEXEC);
    post(mq, 3, "by name");
    CHECK_ERR(mq_send(other, "x", 1, 0), EBADF);
    fetch(other, 3, "by name");
    CHECK_EXITS(CHILD({
                    CHECK(setgid(OTHER_USER) == 0 && setuid(OTHER_USER) == 0);
                    CHECK_ERR(mq_open(name, O_RDONLY), EACCES);
                    CHECK_ERR(mq_unlink(name), EACCES);
                }),
                0);
    CHECK_EQ(mq_unlink(name), 0);
    CHECK_ERR(mq_unlink(name), ENOENT);
    CHECK_ERR(mq_open(name, O_RDWR), ENOENT);
    post(mq, 0, "still there");
    CHECK_ERR(syscall(SYS_mq_open, "a/b", O_RDWR, 0, NULL), EACCES);
    CHECK_ERR(syscall(SYS_mq_open, "", O_RDWR, 0, NULL), ENOENT);
    CHECK_ERR(syscall(SYS_mq_open, check_bad, O_RDWR, 0, NULL), EFAULT);
    memset(longest, 'x', sizeof(longest));
    longest[299] = '\0';
    CHECK_ERR(syscall(SYS_mq_open, longest, O_RDWR, 0, NULL), ENAMETOOLONG);
}

static void sizes(void)
{
    struct mq_attr attr = {.mq_maxmsg = 0, .mq_msgsize = 16};
    mqd_t mq = make(O_NONBLOCK, 2);
    char text[32] = "";

    CHECK_ERR(mq_send(mq, text, 17, 0), EMSGSIZE);
    CHECK_ERR(mq_receive(mq, text, 15, NULL), EMSGSIZE);
    CHECK_ERR(mq_send(mq, text, 1, 32768), EINVAL);
    CHECK_ERR(mq_send(mq, check_bad, 1, 0), EFAULT);
    CHECK_ERR(mq_receive(mq, text, 16, NULL), EAGAIN);
    post(mq, 32767, "one");
    post(mq, 0, "two");
    CHECK_ERR(mq_send(mq, text, 1, 0), EAGAIN);
    fetch(mq, 32767, "one");
    CHECK_ERR(mq_open(name, O_CREAT | O_RDWR, 0600, &attr), EINVAL);
    attr = (struct mq_attr){.mq_maxmsg = 1, .mq_msgsize = 0};
    CHECK_ERR(mq_open(name, O_CREAT | O_RDWR, 0600, &attr), EINVAL);
    CHECK_ERR(mq_send(STDIN_FILENO, text, 1, 0), EBADF);
}

static void users_have_a_limit(void)
{
    const struct rlimit limit = {1000, 1000};

    make(0, 1);
    CHECK_EXITS(CHILD({
                    struct mq_attr attr = {.mq_maxmsg = 8, .mq_msgsize = 1000};

                    CHECK_EQ(setrlimit(RLIMIT_MSGQUEUE, &limit), 0);
                    CHECK(setgid(OTHER_USER) == 0 && setuid(OTHER_USER) == 0);
                    CHECK_ERR(mq_open(name, O_CREAT | O_RDWR, 0600, &attr), EMFILE);
                    attr.mq_maxmsg = 1000000;
                    CHECK_ERR(mq_open(name, O_CREAT | O_RDWR, 0600, &attr), EINVAL);
                }),
                0);
}

static void flags_change(void)
{
    struct mq_attr attr = {.mq_flags = O_NONBLOCK}, old;
    mqd_t mq = make(0, 1);
    char text[16];

    CHECK_EQ(mq_setattr(mq, &attr, &old), 0);
    CHECK_EQ(old.mq_flags, 0);
    CHECK_ERR(mq_receive(mq, text, 16, NULL), EAGAIN);
    CHECK_EQ(mq_getattr(mq, &attr), 0);
    CHECK_EQ(attr.mq_flags, O_NONBLOCK);
    CHECK_EQ(fcntl(mq, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    attr.mq_flags = 1;
    CHECK_ERR(syscall(SYS_mq_getsetattr, mq, &attr, NULL), EINVAL);
}

static void waits(void)
{
    mqd_t mq = make(0, 1);
    struct timespec past = {1, 0}, wrong = {0, 1000000000};
    char text[16];
    pid_t child = CHILD(fetch(mq, 5, "for you"));

    post(mq, 5, "for you");
    CHECK_EXITS(child, 0);
    CHECK_ERR(mq_timedreceive(mq, text, 16, NULL, &past), ETIMEDOUT);
    CHECK_ERR(mq_timedreceive(mq, text, 16, NULL, &wrong), EINVAL);
    post(mq, 0, "full");
    CHECK_ERR(mq_timedsend(mq, text, 1, 0, &past), ETIMEDOUT);
    child = CHILD(post(mq, 1, "more"));
    fetch(mq, 0, "full");
    CHECK_EXITS(child, 0);
    fetch(mq, 1, "more");
}

static void readiness(void)
{
    mqd_t mq = make(O_NONBLOCK, 1);
    struct pollfd p = {mq, POLLIN | POLLOUT, 0};

    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
    post(mq, 0, "x");
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLIN);
    fetch(mq, 0, "x");
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
}

static volatile sig_atomic_t told, told_code, told_pid, told_value;

static void note(int signo, siginfo_t *info, void *context)
{
    (void)context;
    told_code = info->si_code;
    told_pid = info->si_pid;
    told_value = info->si_value.sival_int;
    told = signo;
}

static void who_is_told(void)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    mqd_t mq = make(0, 4);
    pid_t child;

    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    event.sigev_value.sival_int = 77;
    CHECK_EQ(mq_notify(mq, &event), 0);
    CHECK_ERR(mq_notify(mq, &event), EBUSY);
    CHECK_EXITS(CHILD(CHECK_ERR(mq_notify(mq, &event), EBUSY)), 0);
    CHECK_EQ(mq_notify(mq, NULL), 0);
    CHECK_EQ(mq_notify(mq, &event), 0);
    child = CHILD(post(mq, 0, "x"));
    CHECK_EXITS(child, 0);
    WAIT_FOR(told);
    CHECK(told == SIGUSR1 && told_code == SI_MESGQ && told_pid == child && told_value == 77);
    /* Once, and only of what comes into the empty queue. */
    told = 0;
    post(mq, 0, "y");
    CHECK_EQ(told, 0);
    CHECK_EQ(mq_notify(mq, &event), 0);
    post(mq, 0, "z");
    CHECK_EQ(told, 0);
    event.sigev_notify = 9;
    CHECK_ERR(mq_notify(mq, &event), EINVAL);
    /* Who ended leaves his place. */
    CHECK_EQ(mq_notify(mq, NULL), 0);
    event.sigev_notify = SIGEV_NONE;
    CHECK_EXITS(CHILD(CHECK_EQ(mq_notify(mq, &event), 0)), 0);
    CHECK_EQ(mq_notify(mq, &event), 0);
}

static void closing_is_giving_up(void)
{
    const struct sigevent event = {.sigev_notify = SIGEV_NONE};
    mqd_t mq, again;

    make(0, 1);
    mq = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
    CHECK(mq != (mqd_t)-1 && mq_notify(mq, &event) == 0);
    again = mq_open(name, O_RDWR);
    CHECK(again != (mqd_t)-1 && mq_unlink(name) == 0);
    CHECK_ERR(mq_notify(again, &event), EBUSY);
    CHECK_EQ(mq_close(mq), 0);
    CHECK_EQ(mq_notify(again, &event), 0);
}

/* What a descriptor reads, from its position on: `expected` without the spaces that fill. */
static void reads(mqd_t mq, const char *expected)
{
    char text[100] = "", want[100], pid[20];
    unsigned long bytes;
    int notify, signo;

    CHECK(pread(mq, text, sizeof(text), 0) > 0);
    CHECK_EQ(sscanf(text, "QSIZE:%lu NOTIFY:%d SIGNO:%d NOTIFY_PID:%19s", &bytes, &notify,
                    &signo, pid),
             4);
    snprintf(want, sizeof(want), "%lu %d %d %s", bytes, notify, signo, pid);
    if (strcmp(want, expected))
        FAIL("it reads \"%s\", not \"%s\"", want, expected);
}

static void a_descriptor_reads(void)
{
    const struct sigevent none = {.sigev_notify = SIGEV_NONE},
                          usr1 = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    mqd_t mq = make(0, 8);
    char text[100], want[40];
    struct stat st;

    CHECK_EQ(read(mq, text, 100), 60);
    CHECK(!memcmp(text, "QSIZE:0          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n", 60));
    CHECK_EQ(read(mq, text, 100), 0);
    CHECK_EQ(lseek(mq, 6, SEEK_SET), 6);
    CHECK(read(mq, text, 1) == 1 && *text == '0');
    post(mq, 0, "12345");
    post(mq, 1, "");
    post(mq, 0, "678");
    reads(mq, "8 0 0 0");
    fetch(mq, 1, "");
    fetch(mq, 0, "12345");
    CHECK_EQ(mq_notify(mq, &none), 0);
    snprintf(want, sizeof(want), "3 %d 0 %d", SIGEV_NONE, getpid());
    reads(mq, want);
    CHECK_EQ(mq_notify(mq, NULL), 0);
    CHECK_EQ(mq_notify(mq, &usr1), 0);
    snprintf(want, sizeof(want), "3 %d %d %d", SIGEV_SIGNAL, SIGUSR1, getpid());
    reads(mq, want);
    CHECK_ERR(write(mq, "x", 1), EINVAL);
    CHECK_ERR(read(mq, check_bad, 10), EFAULT);
    CHECK_EQ(fstat(mq, &st), 0);
    CHECK(S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0600 && st.st_size == 80 &&
          st.st_uid == getuid());
    CHECK(fchmod(mq, 0640) == 0 && fstat(mq, &st) == 0);
    CHECK_EQ(st.st_mode & 07777, 0640);
}

/* A file system of queues at a new directory, in a namespace of our own. */
static const char *mount_queues(void)
{
    const char *at = check_scratch();

    if (access("/proc/zcore", F_OK) != 0) {
        if (unshare(CLONE_NEWNS) != 0)
            SKIP("no mount namespace of our own");
        CHECK_EQ(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    }
    if (mount("queues", at, "mqueue", 0, NULL) != 0)
        SKIP("no file system of queues");
    return at;
}

static bool is_listed(const char *at)
{
    DIR *dir = opendir(at);
    bool found = false;

    CHECK(dir);
    for (struct dirent *e; (e = readdir(dir));)
        found |= !strcmp(e->d_name, name + 1);
    closedir(dir);
    return found;
}

static void a_file_system_shows_queues(void)
{
    const char *at = mount_queues();
    struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 16};
    char path[100], other[110];
    struct statfs fs;
    struct stat st;
    mqd_t mq;
    int fd;

    snprintf(name, sizeof(name), "/zcore-mqueue-%d", getpid());
    snprintf(path, sizeof(path), "%s%s", at, name);
    snprintf(other, sizeof(other), "%s-b", path);
    CHECK(statfs(at, &fs) == 0 && fs.f_type == 0x19800202);
    CHECK(stat(at, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 01777);
    CHECK_ERR(stat(path, &st), ENOENT);
    mq = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
    CHECK(mq != (mqd_t)-1);
    CHECK_EQ(stat(path, &st), 0);
    CHECK(S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0600 && st.st_size == 80);
    CHECK(is_listed(at));
    /* One opened by its path is a queue's descriptor. */
    fd = open(path, O_RDWR);
    CHECK(fd >= 0);
    post(fd, 3, "by path");
    reads(mq, "7 0 0 0");
    fetch(mq, 3, "by path");
    CHECK(chmod(path, 0) == 0 && stat(path, &st) == 0 && (st.st_mode & 07777) == 0);
    CHECK_EXITS(CHILD({
                    CHECK(setgid(OTHER_USER) == 0 && setuid(OTHER_USER) == 0);
                    CHECK_ERR(open(path, O_RDONLY), EACCES);
                    CHECK_ERR(mq_open(name, O_RDONLY), EACCES);
                    CHECK_ERR(unlink(path), EPERM);
                }),
                0);
    CHECK_ERR(rename(path, other), EPERM);
    CHECK_ERR(link(path, other), EPERM);
    CHECK_ERR(mkdir(other, 0755), EPERM);
    CHECK_ERR(symlink("x", other), EPERM);
    /* Either name goes with the other. */
    CHECK_EQ(unlink(path), 0);
    CHECK_ERR(mq_unlink(name), ENOENT);
    CHECK(!is_listed(at));
    post(mq, 0, "lives");
    fetch(fd, 0, "lives");
    fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0640);
    CHECK(fd >= 0 && mq_getattr(fd, &attr) == 0 && attr.mq_maxmsg > 0);
    CHECK_ERR(mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, NULL), EEXIST);
    CHECK_EQ(mq_unlink(name), 0);
    CHECK_ERR(stat(path, &st), ENOENT);
    CHECK_EQ(umount2(at, MNT_DETACH), 0);
}

static const struct check_case cases[] = {
    CASE(by_priority_and_age),
    CASE(names),
    CASE(sizes),
    CASE(users_have_a_limit),
    CASE(flags_change),
    CASE(waits),
    CASE(readiness),
    CASE(who_is_told),
    CASE(closing_is_giving_up),
    CASE(a_descriptor_reads),
    CASE(a_file_system_shows_queues),
};
CHECK_MAIN(cases)
