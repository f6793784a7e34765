/*
 * blocked.c - how much of the kernel's memory a blocked thread takes. Starts N threads, each of
 * which blocks in a futex, and prints "thread BYTES": by how much Slab and KernelStack of
 * /proc/meminfo grew, and on zcore "registers BYTES": what of that holds user registers. The
 * stacks are pieces of one mapping, so that no memory areas are counted.
 *
 * usage: blocked N
 */
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK = 16384 };

static int waited_on, moved_to; /* futexes: always 0 */

static void fail(const char *what)
{
    perror(what);
    _exit(1);
}

/* The value behind `name` in a file of /proc; 0: it is not there. */
static long value_in(const char *path, const char *name)
{
    FILE *file = fopen(path, "r");
    char line[128];
    long value = 0;

    while (file && fgets(line, sizeof(line), file))
        if (!strncmp(line, name, strlen(name)))
            value = atol(line + strlen(name));
    if (file)
        fclose(file);
    return value;
}

static long kernel_bytes(void)
{
    return (value_in("/proc/meminfo", "Slab:") + value_in("/proc/meminfo", "KernelStack:")) *
           1024;
}

static long register_bytes(void)
{
    return value_in("/proc/zcore", "register_bytes ");
}

static void *block(void *arg)
{
    syscall(SYS_futex, &waited_on, FUTEX_WAIT, 0, NULL, NULL, 0);
    return arg;
}

/* Each waiter is counted once: it is moved from one futex to the other. */
static void await_blocked(long count)
{
    for (long blocked = 0, moved; blocked < count; blocked += moved) {
        moved = syscall(SYS_futex, &waited_on, FUTEX_CMP_REQUEUE, 0, INT_MAX, &moved_to, 0);
        if (moved < 0)
            fail("futex");
        if (!moved)
            sched_yield();
    }
}

static void start(long count)
{
    char *stacks = mmap(NULL, (size_t)count * STACK, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    pthread_attr_t attributes;
    pthread_t thread;

    if (stacks == MAP_FAILED)
        fail("mmap");
    pthread_attr_init(&attributes);
    for (long i = 0; i < count; i++) {
        pthread_attr_setstack(&attributes, stacks + i * STACK, STACK);
        if (pthread_create(&thread, &attributes, block, NULL))
            fail("pthread_create");
    }
}

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : 0, kernel, registers;

    if (count < 1) {
        fprintf(stderr, "usage: blocked N\n");
        return 2;
    }
    kernel = kernel_bytes();
    registers = register_bytes();
    start(count);
    await_blocked(count);
    printf("thread %.1f\n", (double)(kernel_bytes() - kernel) / (double)count);
    printf("registers %.1f\n", (double)(register_bytes() - registers) / (double)count);
    fflush(stdout);
    _exit(0);
}
