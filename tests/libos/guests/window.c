/*
 * window.c - the kernel's window in the user half is nobody's: it cannot be mapped, unmapped,
 * changed or copied to; but reservations may span it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BASE 0x400000000000ul
#define END  0x410000000000ul
#define PAGE 4096ul

enum { RW = PROT_READ | PROT_WRITE, PLAIN = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE };

static sigjmp_buf back;

static void check(int right, const char *what)
{
    if (right)
        return;
    printf("not: %s (%s)\n", what, strerror(errno));
    exit(1);
}

#define CHECK(condition)             check(condition, #condition)
#define CHECK_ERR(expression, error) check((expression) == -1 && errno == (error), #expression)

static void *map(uintptr_t at, size_t size, int prot, int flags)
{
    return mmap((void *)at, size, prot, PLAIN | flags, -1, 0);
}

static void leave(int signo)
{
    siglongjmp(back, signo);
}

static int signal_of_write(uintptr_t at)
{
    int signo = sigsetjmp(back, 1);

    if (!signo)
        *(volatile char *)at = 1;
    return signo;
}

static void it_is_not_given_out(void)
{
    static const uintptr_t places[] = {BASE, BASE + 0x12345000, END - PAGE};

    for (unsigned i = 0; i < 3; i++) {
        uintptr_t got = (uintptr_t)map(places[i], PAGE, RW, 0);

        CHECK(got + PAGE <= BASE || got >= END);
        CHECK(munmap((void *)got, PAGE) == 0);
        CHECK_ERR((intptr_t)map(places[i], PAGE, RW, MAP_FIXED), ENOMEM);
        CHECK_ERR((intptr_t)map(places[i], PAGE, RW, MAP_FIXED_NOREPLACE), EEXIST);
        CHECK_ERR(mprotect((void *)places[i], PAGE, RW), ENOMEM);
        CHECK_ERR(madvise((void *)places[i], PAGE, MADV_DONTNEED), ENOMEM);
        CHECK(munmap((void *)places[i], PAGE) == 0);
    }
}

static void calls_do_not_reach_it(void)
{
    char name[] = "/dev/zero";
    FILE *zero = fopen(name, "r");

    CHECK(zero != NULL);
    CHECK_ERR(read(fileno(zero), (void *)BASE, 1), EFAULT);
    CHECK_ERR(read(fileno(zero), (void *)(END - 1), 1), EFAULT);
    CHECK_ERR(write(STDOUT_FILENO, (void *)BASE, 1), EFAULT);
    CHECK_ERR(access((char *)BASE, R_OK), EFAULT);
    fclose(zero);
}

static void reservations_span_it(void)
{
    uintptr_t below = BASE - 16 * PAGE, above = END + 16 * PAGE;

    CHECK((uintptr_t)map(below, 8 * PAGE, RW, MAP_FIXED) == below);
    *(char *)below = 5;
    CHECK_ERR((intptr_t)map(below, above - below, RW, MAP_FIXED), ENOMEM);
    CHECK_ERR((intptr_t)map(below, above - below, PROT_NONE, MAP_FIXED_NOREPLACE), EEXIST);
    CHECK(*(char *)below == 5);

    CHECK((uintptr_t)map(BASE, END - BASE, PROT_NONE, MAP_FIXED) == BASE);
    CHECK((uintptr_t)map(below, above - below, PROT_NONE, MAP_FIXED) == below);
    CHECK(signal_of_write(below) == SIGSEGV);
    CHECK(signal_of_write(BASE - PAGE) == SIGSEGV);
    CHECK(signal_of_write(END) == SIGSEGV);
    CHECK_ERR((intptr_t)map(BASE - PAGE, PAGE, RW, MAP_FIXED_NOREPLACE), EEXIST);
    CHECK_ERR((intptr_t)map(END, PAGE, RW, MAP_FIXED_NOREPLACE), EEXIST);

    CHECK(mprotect((void *)(BASE - PAGE), PAGE, RW) == 0);
    CHECK(mprotect((void *)END, PAGE, RW) == 0);
    CHECK(signal_of_write(BASE - 1) == 0);
    CHECK(signal_of_write(END) == 0);
    CHECK_ERR(mprotect((void *)(BASE - PAGE), END - BASE + 2 * PAGE, PROT_READ), ENOMEM);
    CHECK(munmap((void *)below, above - below) == 0);
    CHECK(signal_of_write(BASE - 1) == SIGSEGV);
    CHECK(signal_of_write(END) == SIGSEGV);
}

static void all_but_it_can_go(void)
{
    CHECK((uintptr_t)map(BASE - PAGE, PAGE, RW, MAP_FIXED) == BASE - PAGE);
    CHECK(munmap((void *)0x100000000000, 0x500000000000) == 0);
    CHECK(signal_of_write(BASE - 1) == SIGSEGV);
    CHECK(getpid() > 0);
}

int main(void)
{
    signal(SIGSEGV, leave);
    it_is_not_given_out();
    calls_do_not_reach_it();
    reservations_span_it();
    all_but_it_can_go();
    puts("ok");
    return 0;
}
