/*
 * splice.c - splice(2), tee(2), vmsplice(2), sendfile(2) and copy_file_range(2).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "check.h"

static int make_file(const char *text)
{
    int fd = open("/tmp", O_RDWR | O_TMPFILE, 0600);
    char name[] = "/tmp/check-splice-XXXXXX";

    if (fd < 0) {
        fd = mkstemp(name);
        unlink(name);
    }
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void make_pipe(int p[2])
{
    CHECK_EQ(pipe(p), 0);
}

static void expect(int fd, const char *text)
{
    char buf[256];

    CHECK_EQ(read(fd, buf, sizeof(buf)), strlen(text));
    CHECK(!memcmp(buf, text, strlen(text)));
}

static void test_file_to_pipe(void)
{
    int file = make_file("hello, world"), p[2];
    loff_t at = 7;

    make_pipe(p);
    CHECK_EQ(splice(file, NULL, p[1], NULL, 5, 0), 5);
    expect(p[0], "hello");
    CHECK_EQ(lseek(file, 0, SEEK_CUR), 5);
    CHECK_EQ(splice(file, &at, p[1], NULL, 100, 0), 5);
    CHECK_EQ(at, 12);
    expect(p[0], "world");
    CHECK_EQ(lseek(file, 0, SEEK_CUR), 5);
    CHECK_EQ(splice(file, &at, p[1], NULL, 100, 0), 0); /* the end */
    CHECK_EQ(splice(file, NULL, p[1], NULL, 0, 0), 0);
}

static void test_pipe_to_file(void)
{
    int file = make_file("........"), p[2];
    char buf[16] = "";
    loff_t at = 2;

    make_pipe(p);
    CHECK_EQ(write(p[1], "abcdef", 6), 6);
    CHECK_EQ(splice(p[0], NULL, file, &at, 3, 0), 3);
    CHECK_EQ(at, 5);
    CHECK_EQ(splice(p[0], NULL, file, NULL, 2, 0), 2);
    CHECK_EQ(pread(file, buf, sizeof(buf), 0), 8);
    CHECK(!strcmp(buf, "deabc..."));
    expect(p[0], "f");
    close(p[1]);
    CHECK_EQ(splice(p[0], NULL, file, NULL, 10, 0), 0); /* no writer */
}

static void test_pipe_to_pipe(void)
{
    int a[2], b[2];

    make_pipe(a);
    make_pipe(b);
    CHECK_EQ(write(a[1], "abcdef", 6), 6);
    CHECK_EQ(splice(a[0], NULL, b[1], NULL, 4, 0), 4);
    expect(b[0], "abcd");
    expect(a[0], "ef");
}

static void test_refused(void)
{
    int file = make_file("text"), p[2], append;
    loff_t at = 0;

    make_pipe(p);
    CHECK_ERR(splice(file, NULL, file, NULL, 1, 0), EINVAL);
    CHECK_ERR(splice(p[0], NULL, p[1], NULL, 1, 0), EINVAL);
    CHECK_ERR(splice(p[0], &at, file, NULL, 1, 0), ESPIPE);
    CHECK_ERR(splice(file, NULL, p[1], &at, 1, 0), ESPIPE);
    CHECK_ERR(splice(p[1], NULL, file, NULL, 1, 0), EBADF);
    CHECK_ERR(splice(file, NULL, p[0], NULL, 1, 0), EBADF);
    CHECK_ERR(splice(-1, NULL, p[1], NULL, 1, 0), EBADF);
    CHECK_ERR(splice(file, NULL, p[1], NULL, 1, 0x100), EINVAL);
    CHECK_ERR(tee(file, p[1], 1, 0), EINVAL);
    CHECK_ERR(tee(p[0], p[1], 1, 0), EINVAL);
    CHECK_ERR(splice(file, (loff_t *)check_bad, p[1], NULL, 1, 0), EFAULT);
    append = make_file("");
    CHECK_EQ(fcntl(append, F_SETFL, O_APPEND), 0);
    CHECK_EQ(write(p[1], "x", 1), 1);
    CHECK_ERR(splice(p[0], NULL, append, NULL, 1, 0), EINVAL);
    expect(p[0], "x");
}

static void test_nonblock(void)
{
    static char fill[65536];
    int file = make_file("text"), p[2], q[2];

    make_pipe(p);
    make_pipe(q);
    CHECK_ERR(splice(p[0], NULL, file, NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
    CHECK_ERR(tee(p[0], q[1], 1, SPLICE_F_NONBLOCK), EAGAIN);
    CHECK_EQ(write(p[1], fill, sizeof(fill)), sizeof(fill));
    CHECK_ERR(splice(file, NULL, p[1], NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
    CHECK_EQ(fcntl(p[1], F_SETFL, O_NONBLOCK), 0);
    CHECK_ERR(splice(file, NULL, p[1], NULL, 1, 0), EAGAIN);
    CHECK_EQ(lseek(file, 0, SEEK_CUR), 0);
}

/* One waits in splice until another writes, or makes room. */
static void test_waits(void)
{
    static char fill[65536];
    int file = make_file("text"), p[2];
    pid_t child;

    make_pipe(p);
    child = CHILD(CHECK_EQ(splice(p[0], NULL, file, NULL, 10, 0), 3));
    CHECK_EQ(write(p[1], "abc", 3), 3);
    CHECK_EXITS(child, 0);
    CHECK_EQ(write(p[1], fill, sizeof(fill)), sizeof(fill));
    child = CHILD(close(p[0]); lseek(file, 0, SEEK_SET);
                  CHECK_EQ(splice(file, NULL, p[1], NULL, 10, 0), 4));
    CHECK_EQ(read(p[0], fill, sizeof(fill)), sizeof(fill));
    CHECK_EXITS(child, 0);
    expect(p[0], "abct");
}

static void test_interrupted(void)
{
    int file = make_file(""), p[2];
    pid_t child;

    make_pipe(p);
    child = CHILD(splice(p[0], NULL, file, NULL, 10, 0));
    usleep(1000);
    kill(child, SIGKILL);
    CHECK_KILLED(child, SIGKILL);
    CHECK_EQ(write(p[1], "x", 1), 1); /* nobody has the pipe any more */
    expect(p[0], "x");
}

static void test_no_reader(void)
{
    int file = make_file("text"), p[2];

    make_pipe(p);
    close(p[0]);
    CHECK_KILLED(CHILD(splice(file, NULL, p[1], NULL, 1, 0)), SIGPIPE);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERR(splice(file, NULL, p[1], NULL, 1, 0), EPIPE);
}

static void test_tee(void)
{
    int a[2], b[2];

    make_pipe(a);
    make_pipe(b);
    CHECK_EQ(write(a[1], "abcdef", 6), 6);
    CHECK_EQ(tee(a[0], b[1], 4, 0), 4);
    CHECK_EQ(tee(a[0], b[1], 0, 0), 0);
    expect(b[0], "abcd");
    expect(a[0], "abcdef");
    close(a[1]);
    CHECK_EQ(tee(a[0], b[1], 4, 0), 0);
}

static void test_vmsplice(void)
{
    char hello[] = "hello", world[] = "world", buf[16] = "";
    struct iovec out[2] = {{hello, 5}, {world, 5}}, in = {buf, sizeof(buf)};
    int file = make_file("x"), p[2];

    make_pipe(p);
    CHECK_EQ(vmsplice(p[1], out, 2, 0), 10);
    CHECK_EQ(vmsplice(p[0], &in, 1, 0), 10);
    CHECK(!strcmp(buf, "helloworld"));
    CHECK_ERR(vmsplice(p[0], &in, 1, SPLICE_F_NONBLOCK), EAGAIN);
    CHECK_ERR(vmsplice(file, out, 1, 0), EBADF);
    CHECK_ERR(vmsplice(p[1], out, 1, 0x100), EINVAL);
}

static void test_large(void)
{
    enum { SIZE = 1 << 20 };
    static char data[SIZE], back[SIZE];
    int from = make_file(""), to = make_file(""), p[2];
    pid_t child;
    ssize_t n;

    for (int i = 0; i < SIZE; i++)
        data[i] = (char)(i * 7 + i / 4096);
    CHECK_EQ(write(from, data, SIZE), SIZE);
    lseek(from, 0, SEEK_SET);
    make_pipe(p);
    child = CHILD(while (splice(from, NULL, p[1], NULL, SIZE, 0) > 0););
    close(p[1]);
    while ((n = splice(p[0], NULL, to, NULL, SIZE, 0)) > 0)
        ;
    CHECK_EQ(n, 0);
    CHECK_EXITS(child, 0);
    CHECK_EQ(pread(to, back, SIZE, 0), SIZE);
    CHECK(!memcmp(data, back, SIZE));
}

static void test_sendfile(void)
{
    int file = make_file("hello, world"), to = make_file(""), p[2], zero;
    char buf[16];
    off_t at = 7;

    make_pipe(p);
    CHECK_EQ(sendfile(p[1], file, &at, 100), 5);
    CHECK_EQ(at, 12);
    expect(p[0], "world");
    CHECK_EQ(sendfile(to, file, NULL, 5), 5);
    CHECK_EQ(lseek(to, 0, SEEK_SET), 0);
    expect(to, "hello");
    CHECK_ERR(sendfile(to, p[0], NULL, 5), EINVAL); /* cannot be read twice */
    zero = open("/dev/zero", O_RDONLY);
    CHECK(zero >= 0);
    CHECK_EQ(sendfile(p[1], zero, NULL, 5), 5);
    CHECK_EQ(read(p[0], buf, sizeof(buf)), 5);
    CHECK(!memcmp(buf, "\0\0\0\0\0", 5));
}

static const struct check_case cases[] = {
    CASE(test_file_to_pipe), CASE(test_pipe_to_file), CASE(test_pipe_to_pipe),
    CASE(test_refused),      CASE(test_nonblock),     CASE(test_waits),
    CASE(test_interrupted),  CASE(test_no_reader),    CASE(test_tee),
    CASE(test_vmsplice),     CASE(test_large),        CASE(test_sendfile),
};
CHECK_MAIN(cases)
