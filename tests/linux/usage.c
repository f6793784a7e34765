/*
 * usage.c - what processes used: getrusage(2), wait4(2), times(2), /proc/PID/{stat,io,status}.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <time.h>

static long long us(struct timeval tv)
{
    return tv.tv_sec * 1000000LL + tv.tv_usec;
}

static struct rusage usage(int who)
{
    struct rusage r;

    CHECK_EQ(getrusage(who, &r), 0);
    return r;
}

static void compute(long long microseconds)
{
    volatile unsigned long x = 0;
    long long end = us(usage(RUSAGE_SELF).ru_utime) + microseconds;

    while (us(usage(RUSAGE_SELF).ru_utime) < end)
        for (int i = 0; i < 100000; i++)
            x += (unsigned long)i;
}

/* Calls that move much: most of it is the kernel's time. */
static void call(long long microseconds)
{
    static char buffer[1 << 20];
    int in = open("/dev/zero", O_RDONLY);
    long long end = us(usage(RUSAGE_SELF).ru_stime) + microseconds;

    CHECK(in >= 0);
    while (us(usage(RUSAGE_SELF).ru_stime) < end)
        CHECK(read(in, buffer, sizeof(buffer)) == sizeof(buffer));
    close(in);
}

/* The kernel's part of computing. The few calls stand for others: where the machine itself
 * loses the CPU in one of them, they seem long. */
static long long kernel_part(void)
{
    struct rusage before = usage(RUSAGE_SELF), after;

    compute(200000);
    after = usage(RUSAGE_SELF);
    CHECK(us(after.ru_utime) - us(before.ru_utime) >= 200000);
    return us(after.ru_stime) - us(before.ru_stime);
}

static void time_of_programs_is_told_from_the_kernels(void)
{
    long long least = kernel_part(), before;

    for (int i = 0; i < 10 && least >= 100000; i++) {
        long long part = kernel_part();

        least = part < least ? part : least;
    }
    CHECK(least < 100000);
    before = us(usage(RUSAGE_SELF).ru_stime);
    call(200000);
    CHECK(us(usage(RUSAGE_SELF).ru_stime) - before >= 200000);
}

static void small_calls_are_the_kernels_too(void)
{
    struct rusage before = usage(RUSAGE_SELF);
    char c;
    int fd = open("/dev/zero", O_RDONLY);

    CHECK(fd >= 0);
    /* It would hit the case's limit if none was ever counted. */
    while (us(usage(RUSAGE_SELF).ru_stime) - us(before.ru_stime) < 20000)
        for (int i = 0; i < 1000; i++)
            CHECK_EQ(read(fd, &c, 1), 1);
}

static void never_less(void)
{
    struct rusage last = usage(RUSAGE_SELF), now;

    for (int i = 0; i < 20000; i++, last = now) {
        now = usage(RUSAGE_SELF);
        CHECK(us(now.ru_utime) >= us(last.ru_utime) && us(now.ru_stime) >= us(last.ru_stime));
    }
}

static void children_count_when_they_were_waited_for(void)
{
    struct rusage of_child, before = usage(RUSAGE_CHILDREN), after;
    int status;
    pid_t pid = CHILD({
        compute(60000);
        call(60000);
    });

    CHECK_EQ(wait4(pid, &status, 0, &of_child), pid);
    CHECK_EQ(status, 0);
    CHECK(us(of_child.ru_utime) >= 60000 && us(of_child.ru_stime) >= 60000);
    after = usage(RUSAGE_CHILDREN);
    CHECK_EQ(us(after.ru_utime) - us(before.ru_utime), us(of_child.ru_utime));
    CHECK_EQ(us(after.ru_stime) - us(before.ru_stime), us(of_child.ru_stime));
    CHECK(after.ru_maxrss >= of_child.ru_maxrss && of_child.ru_maxrss > 100);
}

static void ticks(void)
{
    struct tms t;

    CHECK_EXITS(CHILD({
                    compute(50000);
                    call(50000);
                }),
                0);
    CHECK(times(&t) != (clock_t)-1);
    CHECK(t.tms_cutime >= 5 && t.tms_cstime >= 5);
}

static void faults_and_memory(void)
{
    enum { SIZE = 24 << 20 };
    struct rusage before = usage(RUSAGE_SELF), after;
    char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    for (size_t i = 0; i < SIZE; i += 4096)
        p[i] = 1;
    after = usage(RUSAGE_SELF);
    CHECK(after.ru_minflt > before.ru_minflt);
    CHECK(after.ru_maxrss >= before.ru_maxrss && after.ru_maxrss >= SIZE >> 10);
    CHECK_EQ(munmap(p, SIZE), 0);
    CHECK(usage(RUSAGE_SELF).ru_maxrss >= SIZE >> 10);
}

static void switches(void)
{
    struct rusage before = usage(RUSAGE_THREAD);
    const struct timespec ts = {.tv_nsec = 1000000};

    /* A sleep whose time is over before it has begun is none. It would hit the case's limit if
     * none was ever counted. */
    while (usage(RUSAGE_THREAD).ru_nvcsw - before.ru_nvcsw < 10)
        nanosleep(&ts, NULL);
}

/* More than there are CPUs want one. */
static void preemption(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    pid_t *pids = calloc((size_t)count, sizeof(*pids));

    CHECK(pids);
    for (long i = 0; i < count; i++)
        pids[i] = CHILD(for (;;) continue);
    while (usage(RUSAGE_SELF).ru_nivcsw == 0)
        continue;
    for (long i = 0; i < count; i++) {
        CHECK_EQ(kill(pids[i], SIGKILL), 0);
        CHECK_KILLED(pids[i], SIGKILL);
    }
    free(pids);
}

static unsigned long long number_after(const char *path, const char *name)
{
    static char text[8192];
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);
    char *at;

    CHECK(n > 0);
    close(fd);
    text[n] = '\0';
    at = strstr(text, name);
    CHECK(at);
    return strtoull(at + strlen(name), NULL, 10);
}

static void bytes_read_and_written(void)
{
    char text[1000] = {0};
    unsigned long long read_before = number_after("/proc/self/io", "rchar: "),
                       written_before = number_after("/proc/self/io", "wchar: "),
                       writes_before = number_after("/proc/self/io", "syscw: ");
    int fds[2];

    CHECK_EQ(pipe(fds), 0);
    for (int i = 0; i < 5; i++) {
        CHECK_EQ(write(fds[1], text, sizeof(text)), sizeof(text));
        CHECK_EQ(read(fds[0], text, sizeof(text)), sizeof(text));
    }
    CHECK_EQ(number_after("/proc/self/io", "wchar: ") - written_before, 5000);
    CHECK_EQ(number_after("/proc/self/io", "syscw: ") - writes_before, 5);
    CHECK(number_after("/proc/self/io", "rchar: ") - read_before >= 5000);
}

static void files_of_proc(void)
{
    unsigned long minor, user, system;
    FILE *f;

    compute(50000);
    call(50000);
    f = fopen("/proc/self/stat", "r");
    CHECK(f);
    CHECK_EQ(fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %lu %*u %*u %*u %lu %lu",
                    &minor, &user, &system),
             3);
    fclose(f);
    CHECK(minor > 0 && user >= 5 && system >= 5);
    CHECK(number_after("/proc/self/status", "VmHWM:") > 100);
    CHECK(number_after("/proc/self/status", "VmStk:") >= 4);
    CHECK(number_after("/proc/self/status", "VmData:") > 0);
    number_after("/proc/self/status", "\nvoluntary_ctxt_switches:");
    f = fopen("/proc/stat", "r");
    CHECK(f);
    CHECK_EQ(fscanf(f, "cpu  %lu %*u %lu", &user, &system), 2);
    fclose(f);
    CHECK(user + system >= 10);
    CHECK(number_after("/proc/stat", "procs_running ") >= 1);
}

static const struct check_case cases[] = {
    CASE(time_of_programs_is_told_from_the_kernels),
    CASE(small_calls_are_the_kernels_too),
    CASE(never_less),
    CASE(children_count_when_they_were_waited_for),
    CASE(ticks),
    CASE(faults_and_memory),
    CASE(switches),
    CASE(preemption),
    CASE(bytes_read_and_written),
    CASE(files_of_proc),
};
CHECK_MAIN(cases)
