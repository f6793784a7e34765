/*
 * descriptors.c - descriptors and what they share: dup, fcntl, close_range, pipes, locks,
 * eventfd.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/linux/check.h"

static void duplicates(void)
{
    int fd;

    check_enter_scratch();
    fd = open("f", O_RDWR | O_CREAT, 0600);
    CHECK_EQ(dup2(fd, 50), 50);
    CHECK_EQ(write(fd, "ab", 2), 2);
    CHECK_EQ(lseek(50, 0, SEEK_CUR), 2); /* one position for both */
    CHECK_EQ(dup2(fd, fd), fd);
    CHECK_ERR(dup3(fd, fd, 0), EINVAL);
    CHECK_ERR(dup3(fd, 51, 1), EINVAL);
    CHECK_EQ(dup3(fd, 51, O_CLOEXEC), 51);
    CHECK_EQ(fcntl(51, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(50, F_GETFD), 0);
    CHECK_EQ(fcntl(fd, F_DUPFD, 50), 52);
    CHECK_EQ(fcntl(fd, F_DUPFD_CLOEXEC, 60), 60);
    CHECK_EQ(fcntl(60, F_GETFD), FD_CLOEXEC);
    CHECK_ERR(fcntl(fd, F_DUPFD, -1), EINVAL);
    CHECK_ERR(dup2(fd, -1), EBADF);
    CHECK_ERR(dup(-1), EBADF);
    CHECK_ERR(fcntl(fd, 9999), EINVAL);
    CHECK_EQ(close(50), 0);
    CHECK_ERR(close(50), EBADF);
}

static void limits(void)
{
    struct rlimit limit = {.rlim_cur = 20, .rlim_max = 20};
    int fd = 0;

    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    while (fd >= 0 && fd < 19)
        fd = dup(0);
    CHECK_EQ(fd, 19);
    CHECK_ERR(dup(0), EMFILE);
    CHECK_ERR(open("/", O_RDONLY), EMFILE);
    CHECK_ERR(dup2(0, 20), EBADF);
    CHECK_ERR(fcntl(0, F_DUPFD, 20), EINVAL);
}

static void ranges(void)
{
    for (int fd = 30; fd < 40; fd++)
        CHECK_EQ(dup2(0, fd), fd);
    CHECK_EQ(syscall(SYS_close_range, 32, 34, 0), 0);
    CHECK_EQ(fcntl(31, F_GETFD), 0);
    CHECK_ERR(fcntl(32, F_GETFD), EBADF);
    CHECK_ERR(fcntl(34, F_GETFD), EBADF);
    CHECK_EQ(syscall(SYS_close_range, 38, ~0u, 4 /* CLOEXEC */), 0);
    CHECK_EQ(fcntl(39, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(37, F_GETFD), 0);
    CHECK_ERR(syscall(SYS_close_range, 5, 4, 0), EINVAL);
    CHECK_ERR(syscall(SYS_close_range, 5, 6, 64), EINVAL);
}

static void pipes(void)
{
    char buf[65536] = "";
    int ends[2], count;

    CHECK_ERR(pipe2(ends, 1), EINVAL);
    CHECK_ERR(pipe(check_bad), EFAULT);
    CHECK_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    CHECK_EQ(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(ends[1], F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_WRONLY | O_NONBLOCK);
    CHECK_ERR(read(ends[0], buf, 1), EAGAIN);
    CHECK_ERR(write(ends[0], buf, 1), EBADF);
    CHECK_ERR(read(ends[1], buf, 1), EBADF);
    CHECK_EQ(write(ends[1], buf, sizeof(buf)), 65536);
    CHECK_ERR(write(ends[1], buf, 1), EAGAIN);
    CHECK_EQ(ioctl(ends[0], FIONREAD, &count), 0);
    CHECK_EQ(count, 65536);
    CHECK_EQ(read(ends[0], buf, 100), 100);
    CHECK_EQ(close(ends[1]), 0);
    CHECK_EQ(read(ends[0], buf, sizeof(buf)), 65436);
    CHECK_EQ(read(ends[0], buf, 1), 0);
}

static void pipe_waits(void)
{
    int there[2], back[2];
    char byte;
    pid_t pid;

    CHECK_EQ(pipe(there), 0);
    CHECK_EQ(pipe(back), 0);
    pid = CHILD({
        close(there[1]);
        close(back[0]);
        while (check_get(there[0]))
            check_put(back[1]);
    });
    close(there[0]);
    close(back[1]);
    for (int i = 0; i < 200; i++) {
        check_put(there[1]);
        CHECK_EQ(read(back[0], &byte, 1), 1);
    }
    close(there[1]);
    CHECK_EQ(read(back[0], &byte, 1), 0);
    CHECK_EXITS(pid, 0);
}

static void broken_pipe(void)
{
    int ends[2];
    pid_t pid;

    CHECK_EQ(pipe(ends), 0);
    close(ends[0]);
    pid = CHILD(signal(SIGPIPE, SIG_DFL); (void)!write(ends[1], "x", 1));
    CHECK_KILLED(pid, SIGPIPE);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERR(write(ends[1], "x", 1), EPIPE);
}

static void requests(void)
{
    int fd, on = 1, count;

    check_enter_scratch();
    fd = open("f", O_RDWR | O_CREAT, 0600);
    CHECK_EQ(ioctl(fd, FIOCLEX), 0);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(ioctl(fd, FIONCLEX), 0);
    CHECK_EQ(fcntl(fd, F_GETFD), 0);
    CHECK_EQ(ioctl(fd, FIONBIO, &on), 0);
    CHECK_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    CHECK_EQ(write(fd, "abc", 3), 3);
    CHECK_EQ(lseek(fd, 1, SEEK_SET), 1);
    CHECK_EQ(ioctl(fd, FIONREAD, &count), 0);
    CHECK_EQ(count, 2);
    CHECK_ERR(ioctl(fd, TCGETS, check_shared), ENOTTY);
    CHECK_ERR(ioctl(-1, FIOCLEX), EBADF);
}

static struct flock region(short type, off_t start, off_t size)
{
    return (struct flock){
        .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = size};
}

static void record_locks(void)
{
    struct flock lock = region(F_WRLCK, 0, 100), part = region(F_UNLCK, 40, 20);
    struct flock bad = region(F_WRLCK, -1, 1);
    int fd;

    check_enter_scratch();
    fd = open("f", O_RDWR | O_CREAT, 0600);
    CHECK_EQ(fcntl(fd, F_SETLK, &lock), 0);
    CHECK_EQ(fcntl(fd, F_SETLK, &part), 0);
    CHECK_ERR(fcntl(fd, F_SETLK, &bad), EINVAL);
    CHECK_EXITS(CHILD({
                    struct flock want = region(F_RDLCK, 40, 30);
                    int again = open("f", O_RDWR);

                    CHECK_ERR(fcntl(again, F_SETLK, &want), EAGAIN);
                    CHECK_EQ(fcntl(again, F_GETLK, &want), 0);
                    CHECK_EQ(want.l_type, F_WRLCK);
                    CHECK_EQ(want.l_start, 60);
                    CHECK_EQ(want.l_len, 40);
                    CHECK_EQ(want.l_pid, getppid());
                    want = region(F_RDLCK, 40, 20);
                    CHECK_EQ(fcntl(again, F_SETLK, &want), 0);
                }),
                0);
    CHECK_ERR(fcntl(open("f", O_RDONLY), F_SETLK, &lock), EBADF);
}

/* A waiter gets the lock when its owner closes the file, by whichever descriptor. */
static void record_lock_waits(void)
{
    struct flock lock = region(F_WRLCK, 0, 0);
    int fd, ready[2];
    pid_t pid;

    check_enter_scratch();
    CHECK_EQ(pipe(ready), 0);
    fd = open("f", O_RDWR | O_CREAT, 0600);
    CHECK_EQ(fcntl(fd, F_SETLK, &lock), 0);
    pid = CHILD({
        int again = open("f", O_RDWR);

        check_put(ready[1]);
        CHECK_EQ(fcntl(again, F_SETLKW, &lock), 0);
    });
    CHECK(check_get(ready[0]));
    close(open("f", O_RDONLY));
    CHECK_EXITS(pid, 0);
}

static void whole_locks(void)
{
    int a, b, c;

    check_enter_scratch();
    a = open("f", O_RDWR | O_CREAT, 0600);
    b = open("f", O_RDWR);
    c = dup(a);
    CHECK_EQ(flock(a, LOCK_EX), 0);
    CHECK_ERR(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK);
    CHECK_EQ(flock(c, LOCK_SH | LOCK_NB), 0); /* the same description */
    CHECK_EQ(flock(b, LOCK_SH | LOCK_NB), 0);
    CHECK_EQ(flock(b, LOCK_UN), 0);
    CHECK_EQ(close(a), 0);
    CHECK_ERR(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    CHECK_EQ(close(c), 0);
    CHECK_EQ(flock(b, LOCK_EX | LOCK_NB), 0);
    CHECK_ERR(flock(b, 0), EINVAL);
}

static void event_counters(void)
{
    uint64_t value = 0, large = UINT64_MAX - 1, one = 1;
    int fd = eventfd(3, EFD_NONBLOCK), taking;

    CHECK(fd >= 0);
    CHECK_EQ(read(fd, &value, 8), 8);
    CHECK_EQ(value, 3);
    CHECK_ERR(read(fd, &value, 8), EAGAIN);
    CHECK_ERR(read(fd, &value, 7), EINVAL);
    CHECK_EQ(write(fd, &large, 8), 8);
    CHECK_ERR(write(fd, &one, 8), EAGAIN);
    large++;
    CHECK_ERR(write(fd, &large, 8), EINVAL);
    taking = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
    CHECK_EQ(read(taking, &value, 8), 8);
    CHECK_EQ(value, 1);
    CHECK_EQ(read(taking, &value, 8), 8);
    CHECK_ERR(read(taking, &value, 8), EAGAIN);
    CHECK_ERR(eventfd(0, 0x100), EINVAL);
}

static void pipe_sizes(void)
{
    static char block[200000], sink[200000];
    int ends[2];

    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (char)(i * 7 >> 3);
    CHECK_EQ(pipe2(ends, O_NONBLOCK), 0);
    CHECK_EQ(fcntl(ends[0], F_GETPIPE_SZ), 65536);
    CHECK_EQ(write(ends[1], block, sizeof(block)), 65536);
    CHECK_EQ(fcntl(ends[0], F_SETPIPE_SZ, 200000), 262144);
    CHECK_EQ(fcntl(ends[1], F_GETPIPE_SZ), 262144);
    CHECK_EQ(write(ends[1], block + 65536, sizeof(block) - 65536),
             (ssize_t)sizeof(block) - 65536);
    CHECK_ERR(fcntl(ends[1], F_SETPIPE_SZ, 65536), EBUSY);
    CHECK_EQ(read(ends[0], sink, sizeof(sink)), sizeof(sink));
    CHECK(!memcmp(block, sink, sizeof(block)));
    CHECK_EQ(fcntl(ends[1], F_SETPIPE_SZ, 0), 4096);
    CHECK_EQ(write(ends[1], block, sizeof(block)), 4096);
    CHECK_ERR(write(ends[1], block, 1), EAGAIN);
    CHECK_EQ(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    CHECK_EQ(read(ends[0], sink, sizeof(sink)), 4096);
    CHECK_ERR(fcntl(ends[1], F_SETPIPE_SZ, 0x80000001u), EINVAL);
    CHECK_ERR(fcntl(open("/", O_RDONLY), F_SETPIPE_SZ, 4096), EBADF);
    CHECK_EXITS(CHILD({
                    CHECK_EQ(setuid(1000), 0);
                    CHECK_ERR(fcntl(ends[1], F_SETPIPE_SZ, 2 << 20), EPERM);
                }),
                0);
}

static void random_bytes(void)
{
    unsigned char a[300] = {0}, b[300] = {0};

    CHECK_EQ(syscall(SYS_getrandom, a, sizeof(a), 0), sizeof(a));
    CHECK_EQ(syscall(SYS_getrandom, b, sizeof(b), 1), sizeof(b));
    CHECK(memcmp(a, b, sizeof(a)));
    CHECK_ERR(syscall(SYS_getrandom, a, 1, 64), EINVAL);
    CHECK_ERR(syscall(SYS_getrandom, check_bad, 1, 0), EFAULT);
}

static const struct check_case cases[] = {
    CASE(duplicates),        CASE(limits),      CASE(ranges),         CASE(pipes),
    CASE(pipe_waits),        CASE(broken_pipe), CASE(requests),       CASE(record_locks),
    CASE(record_lock_waits), CASE(whole_locks), CASE(event_counters), CASE(random_bytes),
    CASE(pipe_sizes),
};
CHECK_MAIN(cases)
