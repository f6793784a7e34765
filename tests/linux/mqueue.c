/*
 * mqueue.c - POSIX message queues (mq_overview(7)). Names are our own, and go at once.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
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

static const struct check_case cases[] = {
    CASE(by_priority_and_age), CASE(names),        CASE(sizes),
    CASE(users_have_a_limit),  CASE(flags_change), CASE(waits),
    CASE(readiness),           CASE(who_is_told),  CASE(closing_is_giving_up),
};
CHECK_MAIN(cases)
