/*
 * memfd.c - files in memory without a name: contents, what /proc says of them, and seals.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/linux/check.h"

enum { PAGE = 4096 };

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#define MFD_EXEC        16u
#endif
#define SEAL_EXEC 0x20

static int file(unsigned flags)
{
    int fd = memfd_create("some", flags);

    CHECK(fd >= 0);
    return fd;
}

static int sealable(void)
{
    int fd = file(MFD_ALLOW_SEALING);

    CHECK_EQ(ftruncate(fd, PAGE), 0);
    return fd;
}

static void seal(int fd, int seals)
{
    CHECK_EQ(fcntl(fd, F_ADD_SEALS, seals), 0);
}

static char *map(int fd, int prot, int flags)
{
    return mmap(NULL, PAGE, prot, flags, fd, 0);
}

static void a_private_mapping_is_a_view(void)
{
    int fd = file(0);
    char *p;

    CHECK_EQ(ftruncate(fd, 2 * PAGE), 0);
    p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_EQ(p[0], 0);
    CHECK_EQ(pwrite(fd, "a", 1, 0), 1);
    CHECK_EQ(p[0], 'a');
    p[PAGE] = 'b';
    CHECK_EQ(pwrite(fd, "cd", 2, PAGE), 2);
    CHECK_EQ(p[PAGE], 'b');
    CHECK_EQ(p[PAGE + 1], 0);
}

static void is_a_regular_file(void)
{
    int fd = file(0);
    struct stat st;
    char text[8];

    CHECK_EQ(fstat(fd, &st), 0);
    CHECK(S_ISREG(st.st_mode));
    CHECK_EQ(st.st_mode & 07777, 0777);
    CHECK_EQ(st.st_nlink, 0);
    CHECK_EQ(st.st_size, 0);
    CHECK_EQ(st.st_uid, geteuid());
    CHECK_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
    CHECK_EQ(write(fd, "hello", 5), 5);
    CHECK_EQ(pread(fd, text, sizeof(text), 0), 5);
    CHECK(memcmp(text, "hello", 5) == 0);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 5);
    CHECK_EQ(ftruncate(fd, 3 * PAGE), 0);
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_size, 3 * PAGE);
    CHECK_EQ(st.st_blocks, 8);
    CHECK_EQ(fchmod(fd, 0600), 0);
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0600);
}

static void two_of_a_name(void)
{
    int a = file(0), b = file(0);
    struct stat sa, sb;

    CHECK(fstat(a, &sa) == 0 && fstat(b, &sb) == 0);
    CHECK(sa.st_ino != sb.st_ino && sa.st_dev == sb.st_dev);
}

static void shared_with_a_child(void)
{
    int fd = sealable();
    char *at = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
    char *own = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);

    CHECK(at != MAP_FAILED && own != MAP_FAILED);
    own[1] = 'p';
    CHECK_EXITS(CHILD(at[0] = 'c'; own[2] = 'q'; CHECK_EQ(pwrite(fd, "w", 1, 3), 1)), 0);
    CHECK(at[0] == 'c' && at[1] == 0 && at[2] == 0 && at[3] == 'w');
    CHECK(own[1] == 'p' && own[2] == 0);
}

static void named_in_proc(void)
{
    char path[64], link[64] = "", text[4];
    int fd = file(0), again;

    CHECK_EQ(write(fd, "abc", 3), 3);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CHECK(readlink(path, link, sizeof(link) - 1) > 0);
    if (strcmp(link, "/memfd:some (deleted)") != 0)
        FAIL("it is called %s", link);
    again = open(path, O_RDONLY);
    CHECK(again >= 0);
    CHECK_EQ(read(again, text, sizeof(text)), 3); /* a position of its own */
    CHECK_ERR(write(again, "x", 1), EBADF);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", again);
    memset(link, 0, sizeof(link));
    CHECK(readlink(path, link, sizeof(link) - 1) > 0);
    CHECK(strcmp(link, "/memfd:some (deleted)") == 0);
    CHECK_EQ(open(path, O_WRONLY | O_TRUNC) >= 0, 1);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 0);
}

static void can_be_executed(void)
{
    char *args[] = {"again", "--in-memory", NULL}, *environment[] = {NULL};
    int program = open("/proc/self/exe", O_RDONLY), fd = file(MFD_CLOEXEC);
    char buffer[PAGE];
    ssize_t n;
    pid_t pid;

    CHECK(program >= 0);
    while ((n = read(program, buffer, sizeof(buffer))) > 0)
        CHECK_EQ(write(fd, buffer, (size_t)n), n);
    pid = CHILD(fexecve(fd, args, environment); _exit(99));
    CHECK_EXITS(pid, 0);
}

static void refusals(void)
{
    char name[300];

    CHECK_ERR(memfd_create("x", 0x400), EINVAL);
    CHECK_ERR(syscall(SYS_memfd_create, check_bad, 0), EFAULT);
    memset(name, 'n', sizeof(name));
    name[250] = 0;
    CHECK_ERR(memfd_create(name, 0), EINVAL);
    name[249] = 0;
    CHECK(memfd_create(name, 0) >= 0);
    CHECK(memfd_create("", MFD_CLOEXEC) >= 0);
    CHECK_EQ(fcntl(memfd_create("a/b", MFD_CLOEXEC), F_GETFD), FD_CLOEXEC);
}

static void who_takes_seals(void)
{
    int fd = file(0), ends[2];
    char path[64];

    CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
    CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), EPERM);
    CHECK_EQ(pipe(ends), 0);
    CHECK_ERR(fcntl(ends[1], F_GET_SEALS), EINVAL);
    CHECK_ERR(fcntl(ends[1], F_ADD_SEALS, F_SEAL_GROW), EINVAL);
    fd = sealable();
    CHECK_EQ(fcntl(fd, F_GET_SEALS), 0);
    CHECK_ERR(fcntl(fd, F_ADD_SEALS, 0x1000), EINVAL);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CHECK_ERR(fcntl(open(path, O_RDONLY), F_ADD_SEALS, F_SEAL_GROW), EPERM);
    seal(fd, F_SEAL_GROW);
    seal(fd, F_SEAL_SEAL);
    CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_GROW | F_SEAL_SEAL);
    CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
}

static void size_seals(void)
{
    char bytes[2 * PAGE] = {0};
    int fd = sealable();

    seal(fd, F_SEAL_SHRINK);
    CHECK_ERR(ftruncate(fd, 1), EPERM);
    CHECK_EQ(ftruncate(fd, 2 * PAGE), 0);
    fd = sealable();
    seal(fd, F_SEAL_GROW);
    CHECK_ERR(ftruncate(fd, PAGE + 1), EPERM);
    CHECK_ERR(posix_fallocate(fd, 0, 2 * PAGE) ? (errno = EPERM, -1) : 0, EPERM);
    CHECK_ERR(pwrite(fd, "x", 1, PAGE), EPERM);
    CHECK_EQ(pwrite(fd, bytes, sizeof(bytes), 0), PAGE); /* as far as it goes */
    CHECK_EQ(pwrite(fd, "x", 1, PAGE - 1), 1);
    CHECK_EQ(ftruncate(fd, 1), 0);
}

static void write_seal(void)
{
    int fd = sealable();
    char *at = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED), *own;

    CHECK(at != MAP_FAILED);
    CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
    CHECK_EQ(mprotect(at, PAGE, PROT_READ), 0); /* it may be raised again */
    CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
    CHECK_EQ(fcntl(fd, F_GET_SEALS), 0);
    CHECK_EQ(munmap(at, PAGE), 0);
    own = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    CHECK(own != MAP_FAILED);
    seal(fd, F_SEAL_WRITE);
    CHECK_ERR(pwrite(fd, "x", 1, 0), EPERM);
    CHECK(map(fd, PROT_READ | PROT_WRITE, MAP_SHARED) == MAP_FAILED && errno == EPERM);
    own[0] = 'x';
    CHECK(map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE) != MAP_FAILED);
    at = map(fd, PROT_READ, MAP_SHARED);
    if (at != MAP_FAILED) /* since Linux 6.7 */
        CHECK_ERR(mprotect(at, PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK_EQ(ftruncate(fd, 0), 0);
}

static void future_write_seal(void)
{
    int fd = sealable();
    char *at = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED), *reader;

    CHECK(at != MAP_FAILED);
    seal(fd, F_SEAL_FUTURE_WRITE);
    at[0] = 'x';
    CHECK_ERR(pwrite(fd, "y", 1, 0), EPERM);
    CHECK(map(fd, PROT_READ | PROT_WRITE, MAP_SHARED) == MAP_FAILED && errno == EPERM);
    reader = map(fd, PROT_READ, MAP_SHARED);
    CHECK(reader != MAP_FAILED && reader[0] == 'x');
    CHECK_ERR(mprotect(reader, PAGE, PROT_READ | PROT_WRITE), EACCES);
}

static void exec_seal(void)
{
    int fd = memfd_create("data", MFD_NOEXEC_SEAL);
    struct stat st;

    if (fd < 0)
        SKIP("before Linux 6.3");
    CHECK_EQ(fcntl(fd, F_GET_SEALS), SEAL_EXEC);
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0666);
    CHECK_ERR(fchmod(fd, 0777), EPERM);
    CHECK_EQ(fchmod(fd, 0600), 0);
    CHECK_ERR(memfd_create("both", MFD_NOEXEC_SEAL | MFD_EXEC), EINVAL);
}

static void *mapper(void *arg)
{
    int fd = *(int *)arg;

    while (fcntl(fd, F_GET_SEALS) == 0) {
        char *at = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);

        if (at != MAP_FAILED) {
            at[0]++;
            munmap(at, PAGE);
        }
        usleep(200); /* or there might always be one */
    }
    return NULL;
}

/* Once it is sealed, nothing changes it any more. */
static void sealing_under_mappers(void)
{
    for (unsigned round = 0; round < 20; round++) {
        int fd = sealable();
        pthread_t threads[2];
        char before, after;

        for (unsigned i = 0; i < ARRAY_SIZE(threads); i++)
            CHECK_EQ(pthread_create(&threads[i], NULL, mapper, &fd), 0);
        usleep(500);
        while (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) < 0)
            CHECK_EQ(errno, EBUSY);
        CHECK_EQ(pread(fd, &before, 1, 0), 1);
        for (unsigned i = 0; i < ARRAY_SIZE(threads); i++)
            pthread_join(threads[i], NULL);
        CHECK_EQ(pread(fd, &after, 1, 0), 1);
        CHECK_EQ(after, before);
        close(fd);
    }
}

static const struct check_case cases[] = {
    CASE(is_a_regular_file),
    CASE(a_private_mapping_is_a_view),
    CASE(two_of_a_name),
    CASE(shared_with_a_child),
    CASE(named_in_proc),
    CASE(can_be_executed),
    CASE(refusals),
    CASE(who_takes_seals),
    CASE(size_seals),
    CASE(write_seal),
    CASE(future_write_seal),
    CASE(exec_seal),
    CASE(sealing_under_mappers),
};

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--in-memory") == 0)
        return 0;
    return check_main(argc, argv, cases, ARRAY_SIZE(cases));
}
