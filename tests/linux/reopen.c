/*
 * reopen.c - opening what is open already, by /proc/self/fd, /dev/fd and /dev/std*, when it has
 * no name of its own.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "tests/linux/check.h"

static int reopen(const char *folder, int fd, int flags)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/%d", folder, fd);
    return open(path, flags);
}

static void ends_of_a_pipe(void)
{
    int ends[2], reader, writer;
    char text[4];

    CHECK_EQ(pipe(ends), 0);
    writer = reopen("/proc/self/fd", ends[1], O_WRONLY);
    reader = reopen("/dev/fd", ends[0], O_RDONLY);
    CHECK(writer >= 0 && reader >= 0);
    CHECK_EQ(write(writer, "a", 1), 1);
    CHECK_EQ(write(ends[1], "b", 1), 1);
    CHECK_EQ(read(reader, text, sizeof(text)), 2);
    CHECK(memcmp(text, "ab", 2) == 0);
    close(ends[1]);
    close(writer);
    CHECK_EQ(read(reader, text, sizeof(text)), 0);
}

/* By the link of one end the other can be had, too. */
static void the_other_end(void)
{
    int ends[2], writer;
    char byte;

    CHECK_EQ(pipe(ends), 0);
    writer = reopen("/proc/self/fd", ends[0], O_WRONLY);
    CHECK(writer >= 0);
    close(ends[1]);
    CHECK_EQ(write(writer, "x", 1), 1);
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERR(write(writer, "x", 1), EPIPE);
}

static void flags_are_its_own(void)
{
    int ends[2], reader;
    char byte;

    CHECK_EQ(pipe(ends), 0);
    reader = reopen("/proc/self/fd", ends[0], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    CHECK_ERR(read(reader, &byte, 1), EAGAIN);
    CHECK(!(fcntl(ends[0], F_GETFL) & O_NONBLOCK));
    CHECK_EQ(fcntl(reader, F_GETFD), FD_CLOEXEC);
    CHECK_ERR(write(reader, "x", 1), EBADF);
}

static void same_file_same_name(void)
{
    char first[64] = "", second[64] = "", path[64];
    int ends[2], again;
    struct stat a, b;

    CHECK_EQ(pipe(ends), 0);
    again = reopen("/proc/self/fd", ends[0], O_RDONLY);
    CHECK(fstat(ends[0], &a) == 0 && fstat(again, &b) == 0);
    CHECK(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
    CHECK(readlink(path, first, sizeof(first) - 1) > 0);
    CHECK_EQ(stat(path, &b), 0);
    CHECK(S_ISFIFO(b.st_mode) && a.st_ino == b.st_ino);
    CHECK_EQ(lstat(path, &b), 0);
    CHECK(S_ISLNK(b.st_mode));
    snprintf(path, sizeof(path), "/proc/self/fd/%d", again);
    CHECK(readlink(path, second, sizeof(second) - 1) > 0);
    CHECK(strncmp(first, "pipe:[", 6) == 0 && strcmp(first, second) == 0);
}

static void standard_names(void)
{
    int in[2], out[2], fd;
    char text[8];

    CHECK(pipe(in) == 0 && pipe(out) == 0);
    CHECK(dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1);
    fd = open("/dev/stdout", O_WRONLY | O_CREAT | O_TRUNC, 0666); /* as a shell does */
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, "out", 3), 3);
    CHECK_EQ(read(out[0], text, sizeof(text)), 3);
    CHECK_EQ(write(in[1], "in", 2), 2);
    fd = open("/dev/stdin", O_RDONLY);
    CHECK(fd >= 0);
    CHECK_EQ(read(fd, text, sizeof(text)), 2);
    fd = open("/dev/fd/1", O_WRONLY | O_APPEND);
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(read(out[0], text, sizeof(text)), 1);
}

/* What was only ever a descriptor cannot be opened; its place can be held. */
static void not_to_be_opened(void)
{
    int set = epoll_create1(0), counter = eventfd(0, 0), fd;
    struct stat st;
    char path[64];

    CHECK(set >= 0 && counter >= 0);
    CHECK_ERR(reopen("/proc/self/fd", set, O_RDONLY), ENXIO);
    CHECK_ERR(reopen("/proc/self/fd", counter, O_RDWR), ENXIO);
    CHECK_ERR(reopen("/proc/self/fd", 900, O_RDONLY), ENOENT);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", counter);
    CHECK_EQ(stat(path, &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0600);
    CHECK_ERR(reopen("/proc/self/fd", counter, O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK_ERR(reopen("/proc/self/fd", counter, O_RDONLY | O_DIRECTORY), ENOTDIR);
    fd = reopen("/proc/self/fd", counter, O_PATH | O_NOFOLLOW);
    CHECK(fd >= 0 && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode));
}

static void of_a_file_without_a_name(void)
{
    char path[] = "/tmp/reopenXXXXXX", text[4];
    int fd = mkstemp(path), again;

    CHECK(fd >= 0);
    CHECK_EQ(write(fd, "abc", 3), 3);
    CHECK_EQ(unlink(path), 0);
    again = reopen("/proc/self/fd", fd, O_RDWR);
    CHECK(again >= 0);
    CHECK_EQ(read(again, text, sizeof(text)), 3);
}

static const struct check_case cases[] = {
    CASE(ends_of_a_pipe),           CASE(the_other_end),  CASE(flags_are_its_own),
    CASE(same_file_same_name),      CASE(standard_names), CASE(not_to_be_opened),
    CASE(of_a_file_without_a_name),
};

CHECK_MAIN(cases)
