/*
 * rseq.c - restartable sequences (rseq(2)): registering, the CPU's number, and sections that
 * begin anew when a thread is preempted, moved or told by a signal.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/time.h>

enum { AREA = 32, UNREGISTER = 1, CPUS = 1024, THREADS = 4, ROUNDS = 200000 };

struct area {
    uint32_t cpu_start, cpu;
    uint64_t section;
    uint32_t flags, pad[3];
} __attribute__((aligned(AREA)));

/* The instructions of a section, between its begin and its end, and where it goes when it is
 * interrupted. */
#if defined(__x86_64__)
#define SIGNATURE 0x53053053u
#define SECTION(code)                                               \
    ".pushsection .data.rseq, \"aw\"\n.balign 32\n3: .long 0, 0\n"  \
    ".quad 1f, 2f - 1f, 4f\n.popsection\n"                          \
    "leaq 3b(%%rip), %%rax\nmovq %%rax, %[section]\n1:\n" code      \
    "2:\n.pushsection .text.rseq, \"ax\"\n.byte 0x0f, 0xb9, 0x3d\n" \
    ".long 0x53053053\n4: jmp %l[aborted]\n.popsection\n"
#define INCREMENT                                                               \
    "movl %[cpu], %%eax\nmovq (%[counters], %%rax, 8), %%rcx\naddq $1, %%rcx\n" \
    "movq %%rcx, (%[counters], %%rax, 8)\n"
#define SPIN      "movl $1, (%[counters])\n5: pause\njmp 5b\n"
#define CLOBBERED "rax", "rcx", "cc", "memory"
#else
#define SIGNATURE 0xf1401073u
#define SECTION(code)                                                               \
    ".pushsection .data.rseq, \"aw\"\n.balign 32\n3: .word 0, 0\n"                  \
    ".dword 1f, 2f - 1f, 4f\n.popsection\nlla t0, 3b\nsd t0, %[section]\n1:\n" code \
    "2:\n.pushsection .text.rseq, \"ax\"\n.word 0xf1401073\n4: j %l[aborted]\n"     \
    ".popsection\n"
#define INCREMENT                                                            \
    "lw t0, %[cpu]\nslli t0, t0, 3\nadd t0, t0, %[counters]\nld t1, 0(t0)\n" \
    "addi t1, t1, 1\nsd t1, 0(t0)\n"
#define SPIN      "li t0, 1\nsw t0, 0(%[counters])\n5: j 5b\n"
#define CLOBBERED "t0", "t1", "memory"
#endif

static __thread struct area own;
static long counters[CPUS];

static long rseq(struct area *area, unsigned size, unsigned flags, uint32_t signature)
{
    return syscall(SYS_rseq, area, size, flags, signature);
}

/* What the C library has registered for the thread goes. */
static void take_from_library(void)
{
    if (__rseq_size)
        CHECK_EQ(rseq((void *)((char *)__builtin_thread_pointer() + __rseq_offset),
                      __rseq_size < AREA ? AREA : __rseq_size, UNREGISTER, SIGNATURE),
                 0);
}

static void begin(void)
{
    if (rseq(NULL, 0, 99, 0) == -1 && errno == ENOSYS)
        SKIP("no restartable sequences");
    take_from_library();
    own.cpu = own.cpu_start = CPUS;
    CHECK_EQ(rseq(&own, AREA, 0, SIGNATURE), 0);
    CHECK(own.cpu < CPUS && own.cpu_start == own.cpu);
}

/* False: it was interrupted, and nothing was counted. */
static bool increment(void)
{
    __asm__ goto(
        SECTION(INCREMENT)
        :
        : [section] "m"(own.section), [cpu] "m"(own.cpu_start), [counters] "r"(counters)
        : CLOBBERED
        : aborted);
    return true;
aborted:
    return false;
}

/* Notes that it is in the section, and stays until it is interrupted. */
static void spin(volatile int *inside)
{
    __asm__ goto(SECTION(SPIN)
                 :
                 : [section] "m"(own.section), [counters] "r"(inside)
                 : CLOBBERED
                 : aborted);
aborted:
    return;
}

static void registering(void)
{
    static struct area other;

    begin();
    CHECK(own.cpu == own.cpu_start && own.cpu < CPUS);
    CHECK_ERR(rseq(&own, AREA, 0, SIGNATURE), EBUSY);
    CHECK_ERR(rseq(&own, AREA, 0, SIGNATURE + 1), EPERM);
    CHECK_ERR(rseq(&other, AREA, 0, SIGNATURE), EINVAL);
    CHECK_ERR(rseq(&own, AREA, 2, SIGNATURE), EINVAL);
    CHECK_ERR(rseq(&other, AREA, UNREGISTER, SIGNATURE), EINVAL);
    CHECK_ERR(rseq(&own, AREA * 2, UNREGISTER, SIGNATURE), EINVAL);
    CHECK_ERR(rseq(&own, AREA, UNREGISTER, SIGNATURE + 1), EPERM);
    CHECK_EQ(rseq(&own, AREA, UNREGISTER, SIGNATURE), 0);
    CHECK_EQ(own.cpu, UINT32_MAX);
    CHECK_ERR(rseq(&own, AREA, UNREGISTER, SIGNATURE), EINVAL);
    CHECK_ERR(rseq((void *)((char *)&own + 4), AREA, 0, SIGNATURE), EINVAL);
    CHECK_ERR(rseq(&own, AREA / 2, 0, SIGNATURE), EINVAL);
    CHECK_EQ(rseq(&other, AREA, 0, SIGNATURE), 0);
    CHECK(other.cpu < CPUS);
}

static void the_number_is_of_now(void)
{
    cpu_set_t allowed, one;

    begin();
    CHECK_EQ(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
    for (int round = 0; round < 10; round++)
        for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
            if (!CPU_ISSET(cpu, &allowed))
                continue;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            CHECK_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
            CHECK_EQ(own.cpu, cpu);
            CHECK_EQ(own.cpu_start, cpu);
        }
}

static void a_child_has_it_too(void)
{
    begin();
    CHECK_EXITS(CHILD({
                    CHECK(own.cpu < CPUS);
                    CHECK_ERR(rseq(&own, AREA, 0, SIGNATURE), EBUSY);
                    CHECK_EQ(rseq(&own, AREA, UNREGISTER, SIGNATURE), 0);
                }),
                0);
    CHECK_EQ(rseq(&own, AREA, UNREGISTER, SIGNATURE), 0);
}

static volatile sig_atomic_t handled;

static void handle(int signo)
{
    handled = signo;
    CHECK_EQ(own.section, 0);
}

/* A signal that comes too early is followed by others. */
static void a_signal_ends_a_section(void)
{
    const struct itimerval often = {{0, 10000}, {0, 10000}};
    int inside = 0;

    begin();
    signal(SIGALRM, handle);
    CHECK_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
    while (!inside || !handled)
        spin(&inside);
}

static atomic_bool over;

static void *keep_busy(void *arg)
{
    while (!over)
        continue;
    return arg;
}

static void another_thread_ends_a_section(void)
{
    cpu_set_t one;
    pthread_t thread;
    int inside = 0;

    begin();
    CPU_ZERO(&one);
    CPU_SET(own.cpu, &one);
    CHECK_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
    CHECK_EQ(pthread_create(&thread, NULL, keep_busy, NULL), 0);
    while (!inside)
        spin(&inside);
    over = true;
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

static void *count(void *arg)
{
    begin();
    for (int i = 0; i < ROUNDS; i++)
        while (!increment())
            continue;
    CHECK_EQ(rseq(&own, AREA, UNREGISTER, SIGNATURE), 0);
    return arg;
}

static void ignore(int signo)
{
    (void)signo;
}

/* Without an atomic instruction nothing is lost. */
static void counting_by_cpu(void)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    pthread_t threads[THREADS];
    long sum = 0;

    signal(SIGALRM, ignore);
    CHECK_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, count, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(setitimer(ITIMER_REAL, &never, NULL), 0);
    for (int i = 0; i < CPUS; i++)
        sum += counters[i];
    CHECK_EQ(sum, (long)THREADS * ROUNDS);
}

static void what_is_no_section_kills(void)
{
    static struct {
        uint32_t version, flags;
        uint64_t start, length, abort;
    } wrong = {.start = 1, .length = 1, .abort = 0x1000};

    begin();
    signal(SIGUSR1, ignore);
    CHECK_KILLED(CHILD({
                     own.section = (uintptr_t)&wrong;
                     raise(SIGUSR1);
                 }),
                 SIGSEGV);
    CHECK_KILLED(CHILD({
                     own.section = 8;
                     raise(SIGUSR1);
                 }),
                 SIGSEGV);
}

static const struct check_case cases[] = {
    CASE(registering),
    CASE(the_number_is_of_now),
    CASE(a_child_has_it_too),
    CASE(a_signal_ends_a_section),
    CASE(another_thread_ends_a_section),
    CASE(counting_by_cpu),
    CASE(what_is_no_section_kills),
};
CHECK_MAIN(cases)
