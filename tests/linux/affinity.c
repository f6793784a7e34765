/*
 * affinity.c - threads that are kept to some of the CPUs: sched_setaffinity(2).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "tests/linux/check.h"

static unsigned here(void)
{
    unsigned cpu = 0;

    CHECK(syscall(SYS_getcpu, &cpu, NULL, NULL) == 0);
    return cpu;
}

static cpu_set_t allowed(pid_t tid)
{
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CHECK(sched_getaffinity(tid, sizeof(cpus), &cpus) == 0);
    return cpus;
}

static void keep_to(pid_t tid, unsigned cpu)
{
    cpu_set_t cpus, now;

    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    CHECK(sched_setaffinity(tid, sizeof(cpus), &cpus) == 0);
    now = allowed(tid);
    CHECK(CPU_EQUAL(&now, &cpus));
}

static void each_cpu_in_turn(void)
{
    cpu_set_t all = allowed(0), now;

    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &all))
            continue;
        keep_to(0, cpu);
        for (int i = 0; i < 100; i++) {
            CHECK_EQ(here(), cpu);
            sched_yield();
        }
    }
    CHECK(sched_setaffinity(0, sizeof(all), &all) == 0);
    now = allowed(0);
    CHECK(CPU_EQUAL(&now, &all));
}

static unsigned last_of(const cpu_set_t *cpus)
{
    unsigned cpu = CPU_SETSIZE - 1;

    while (!CPU_ISSET(cpu, cpus))
        cpu--;
    return cpu;
}

static void *tells_where(void *arg)
{
    *(unsigned *)arg = here();
    return NULL;
}

static void children_inherit(void)
{
    cpu_set_t all = allowed(0);
    unsigned cpu = last_of(&all), thread_cpu = CPU_SETSIZE;
    pthread_t thread;

    keep_to(0, cpu);
    CHECK_EXITS(CHILD({
                    cpu_set_t mine = allowed(0);

                    CHECK_EQ(CPU_COUNT(&mine), 1);
                    CHECK_EQ(here(), cpu);
                }),
                0);
    CHECK(pthread_create(&thread, NULL, tells_where, &thread_cpu) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_EQ(thread_cpu, cpu);
}

static atomic_int busy_tid, stop;
static atomic_uint busy_cpu;

static void *busy(void *arg)
{
    busy_tid = (int)syscall(SYS_gettid);
    while (!stop)
        busy_cpu = here();
    return arg;
}

/* It is moved while it runs; once the call is over it is nowhere else. */
static void another_is_moved(void)
{
    cpu_set_t all = allowed(0);
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, busy, NULL) == 0);
    while (!busy_tid)
        sched_yield();
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &all))
            continue;
        keep_to(busy_tid, cpu);
        while (busy_cpu != cpu)
            sched_yield();
    }
    stop = 1;
    CHECK(pthread_join(thread, NULL) == 0);
}

static void wrong_masks(void)
{
    cpu_set_t none, all = allowed(0);

    CPU_ZERO(&none);
    CHECK_ERR(sched_setaffinity(0, sizeof(none), &none), EINVAL);
    CPU_SET(CPU_SETSIZE - 1, &none); /* there is no such CPU */
    CHECK_ERR(sched_setaffinity(0, sizeof(none), &none), EINVAL);
    CPU_OR(&none, &none, &all);
    CHECK(sched_setaffinity(0, sizeof(none), &none) == 0);
    CHECK_ERR(syscall(SYS_sched_setaffinity, 0, sizeof(all), NULL), EFAULT);
    CHECK_ERR(syscall(SYS_sched_getaffinity, 0, 3, &all), EINVAL);
    CHECK_ERR(sched_setaffinity(0x3ffffff0, sizeof(all), &all), ESRCH);
}

static const struct check_case cases[] = {
    CASE(each_cpu_in_turn),
    CASE(children_inherit),
    CASE(another_is_moved),
    CASE(wrong_masks),
};
CHECK_MAIN(cases)
