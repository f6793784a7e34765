/*
 * rlimit.c - limits of files, memory, stacks, signals and time (getrlimit(2)).
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>

enum { NO_USER = 1977533, MIB = 1 << 20 };

static void limit(int resource, rlim_t soft)
{
    struct rlimit l;

    CHECK_EQ(getrlimit(resource, &l), 0);
    l.rlim_cur = soft;
    CHECK_EQ(setrlimit(resource, &l), 0);
}

static int unnamed_file(void)
{
    char name[] = "/tmp/rlimit.XXXXXX";
    int fd = mkstemp(name);

    CHECK(fd >= 0);
    CHECK_EQ(unlink(name), 0);
    return fd;
}

static volatile sig_atomic_t seen;

static void note(int signo)
{
    seen = signo;
}

static void file_size_cuts_a_write(void)
{
    char text[100] = {0};
    int fd = unnamed_file();

    signal(SIGXFSZ, note);
    limit(RLIMIT_FSIZE, 150);
    CHECK_EQ(write(fd, text, 100), 100);
    CHECK_EQ(write(fd, text, 100), 50);
    CHECK_EQ(seen, 0);
    CHECK_ERR(write(fd, text, 100), EFBIG);
    CHECK_EQ(seen, SIGXFSZ);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 150);
    CHECK_EQ(pwrite(fd, text, 100, 100), 50);
    CHECK_ERR(pwrite(fd, text, 1, 4000), EFBIG);
    CHECK_EQ(pwrite(fd, text, 10, 0), 10);
}

static void file_size_holds_for_appending_and_vectors(void)
{
    char text[100] = {0};
    struct iovec iov[2] = {{text, 100}, {text, 100}};
    int fd = unnamed_file();

    signal(SIGXFSZ, SIG_IGN);
    limit(RLIMIT_FSIZE, 150);
    CHECK_EQ(fcntl(fd, F_SETFL, O_APPEND), 0);
    CHECK_EQ(writev(fd, iov, 2), 150);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_ERR(writev(fd, iov, 2), EFBIG);
}

static void file_size_holds_for_truncation(void)
{
    int fd = unnamed_file();

    CHECK_EQ(ftruncate(fd, 1000), 0);
    signal(SIGXFSZ, note);
    limit(RLIMIT_FSIZE, 500);
    CHECK_EQ(ftruncate(fd, 800), 0); /* it gets smaller */
    CHECK_EQ(seen, 0);
    CHECK_ERR(ftruncate(fd, 900), EFBIG);
    CHECK_EQ(seen, SIGXFSZ);
    CHECK_EQ(ftruncate(fd, 100), 0);
    CHECK_EQ(ftruncate(fd, 500), 0);
}

static void file_size_kills_and_spares_pipes(void)
{
    char c = 'x';
    int fds[2];

    limit(RLIMIT_FSIZE, 0);
    CHECK_EQ(pipe(fds), 0);
    CHECK_EQ(write(fds[1], &c, 1), 1);
    CHECK_KILLED(CHILD({
                     int fd = open("/tmp", O_TMPFILE | O_WRONLY, 0600);

                     limit(RLIMIT_CORE, 0);
                     CHECK(fd >= 0);
                     CHECK_EQ(write(fd, &c, 1), 1);
                 }),
                 SIGXFSZ);
}

static size_t mapped(void)
{
    unsigned long pages;
    FILE *f = fopen("/proc/self/statm", "r");

    CHECK(f);
    CHECK_EQ(fscanf(f, "%lu", &pages), 1);
    fclose(f);
    return pages * 4096;
}

static void *map(size_t size, int prot)
{
    return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void address_space(void)
{
    size_t now = mapped();
    char *a, *end = sbrk(0);

    limit(RLIMIT_AS, now + 8 * MIB);
    a = map(6 * MIB, PROT_READ);
    CHECK(a != MAP_FAILED);
    CHECK_ERR((long)map(4 * MIB, PROT_NONE), ENOMEM);
    CHECK_ERR((long)mremap(a, 6 * MIB, 10 * MIB, MREMAP_MAYMOVE), ENOMEM);
    CHECK_ERR((long)sbrk(4 * MIB), ENOMEM);
    CHECK(sbrk(0) == end);
    /* What it replaces makes room. */
    CHECK(mmap(a, 6 * MIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == a);
    CHECK_EQ(munmap(a, 6 * MIB), 0);
    CHECK(map(4 * MIB, PROT_NONE) != MAP_FAILED);
}

static void data(void)
{
    limit(RLIMIT_DATA, 8 * MIB);
    CHECK(map(16 * MIB, PROT_READ) != MAP_FAILED);
    CHECK(mmap(NULL, 16 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) !=
          MAP_FAILED);
    CHECK_ERR((long)map(16 * MIB, PROT_READ | PROT_WRITE), ENOMEM);
    CHECK_ERR((long)sbrk(16 * MIB), ENOMEM);
    CHECK(sbrk(4096) != (void *)-1);
}

/* Uses about `bytes` of stack. */
static __attribute__((noinline)) int use_stack(size_t bytes)
{
    volatile char part[4096];

    part[0] = part[4095] = (char)bytes;
    if (bytes > sizeof(part))
        return use_stack(bytes - sizeof(part)) + part[0];
    return part[4095];
}

static void stack_grows_to_its_limit(void)
{
    limit(RLIMIT_CORE, 0);
    CHECK_EXITS(CHILD({
                    limit(RLIMIT_STACK, 4 * MIB);
                    use_stack(3 * MIB);
                }),
                0);
    CHECK_KILLED(CHILD({
                     limit(RLIMIT_STACK, 2 * MIB);
                     use_stack(3 * MIB);
                 }),
                 SIGSEGV);
    CHECK_EXITS(CHILD({
                    limit(RLIMIT_STACK, 24 * MIB);
                    use_stack(20 * MIB);
                }),
                0);
}

/* A call may be the first to touch what is below. */
static void stack_grows_by_calls(void)
{
    int fd = open("/proc/self/stat", O_RDONLY);
    char here, *below = &here;

    __asm__ volatile("" : "+r"(below)); /* the compiler thinks that it knows better */
    below -= MIB;
    CHECK(fd >= 0);
    CHECK(read(fd, below, 16) == 16);
    CHECK_ERR(read(fd, below - 16 * MIB, 16), EFAULT);
}

static void stack_of_a_new_program(void)
{
    struct rlimit l;

    CHECK_EXITS(CHILD({
                    limit(RLIMIT_STACK, 2 * MIB);
                    CHECK_EQ(getrlimit(RLIMIT_STACK, &l), 0);
                    CHECK_EQ(l.rlim_cur, 2 * MIB);
                    execl("/proc/self/exe", "rlimit", "stack_grows_by_calls", NULL);
                    FAIL("exec");
                }),
                0);
}

static void arguments_take_a_quarter_of_the_stack(void)
{
    static char text[100 << 10];
    char *argv[] = {text, text, text, text, text, text, NULL};

    memset(text, 'x', sizeof(text) - 1);
    limit(RLIMIT_STACK, MIB);
    CHECK_ERR(execv("/proc/self/exe", argv), E2BIG);
}

static void pending_signals(void)
{
    const union sigval value = {.sival_int = 7};
    sigset_t set;
    siginfo_t info;

    CHECK_EXITS(CHILD({
                    CHECK_EQ(setgid(NO_USER), 0);
                    CHECK_EQ(setuid(NO_USER), 0);
                    sigemptyset(&set);
                    sigaddset(&set, SIGRTMIN);
                    sigaddset(&set, SIGUSR1);
                    CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
                    limit(RLIMIT_SIGPENDING, 3);
                    for (int i = 0; i < 3; i++)
                        CHECK_EQ(sigqueue(getpid(), SIGRTMIN, value), 0);
                    CHECK_ERR(sigqueue(getpid(), SIGRTMIN, value), EAGAIN);
                    CHECK_EQ(sigqueue(getpid(), SIGUSR1, value), 0); /* without its value */
                    CHECK_EQ(kill(getpid(), SIGRTMIN), 0);
                    CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
                    CHECK_EQ(info.si_value.sival_int, 0);
                    for (int i = 0; i < 3; i++) {
                        CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN);
                        CHECK_EQ(info.si_value.sival_int, 7);
                    }
                    CHECK_EQ(sigqueue(getpid(), SIGRTMIN, value), 0);
                }),
                0);
}

static void time_ends(void)
{
    struct rlimit l = {1, 2};

    CHECK_KILLED(CHILD({
                     signal(SIGXCPU, note);
                     CHECK_EQ(setrlimit(RLIMIT_CPU, &l), 0);
                     while (!seen)
                         continue;
                     CHECK_EQ(seen, SIGXCPU);
                     for (;;)
                         continue;
                 }),
                 SIGKILL);
}

static void others_are_kept(void)
{
    static const int kept[] = {RLIMIT_CORE, RLIMIT_RSS, RLIMIT_LOCKS, RLIMIT_MSGQUEUE,
                               RLIMIT_RTTIME};
    struct rlimit l;

    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        limit(kept[i], 0);
        CHECK_EQ(getrlimit(kept[i], &l), 0);
        CHECK_EQ(l.rlim_cur, 0);
    }
    l = (struct rlimit){2, 1};
    CHECK_ERR(setrlimit(RLIMIT_CORE, &l), EINVAL);
}

static const struct check_case cases[] = {
    CASE(file_size_cuts_a_write),
    CASE(file_size_holds_for_appending_and_vectors),
    CASE(file_size_holds_for_truncation),
    CASE(file_size_kills_and_spares_pipes),
    CASE(address_space),
    CASE(data),
    CASE(stack_grows_to_its_limit),
    CASE(stack_grows_by_calls),
    CASE(stack_of_a_new_program),
    CASE(arguments_take_a_quarter_of_the_stack),
    CASE(pending_signals),
    CASE(time_ends),
    CASE(others_are_kept),
};
CHECK_MAIN(cases)
