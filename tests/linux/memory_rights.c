/*
 * memory_rights.c - pages may be used as mprotect said last, whatever was done to them before:
 * rights that come and go, in any order, with forks in between.
 */
#include "tests/linux/memory_test.h"

#include <sys/wait.h>

enum { PAGES = 12, STEPS = 600, LOOKS = 4, ALL_EVERY = 40, DATA = PAGE / 2 };

static const int choices[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
                              PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC};
static const int accesses[] = {PROT_READ, PROT_WRITE, PROT_EXEC};

static char *pages;
static int rights[PAGES]; /* the model */
static uint32_t seed = 1;

static unsigned below(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

/* A function at the start of each page; data behind it. */
static void fill(void)
{
#if defined(__x86_64__)
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
#else
    static const unsigned char code[] = {0x13, 0x05, 0xa0, 0x02, 0x67, 0x80, 0x00, 0x00};
#endif

    for (unsigned i = 0; i < PAGES; i++) {
        memcpy(pages + i * PAGE, code, sizeof(code));
        rights[i] = PROT_READ | PROT_WRITE;
    }
    __builtin___clear_cache(pages, pages + PAGES * PAGE);
}

static int signal_of_run(const char *at)
{
    int signo;

    signal(SIGSEGV, leave);
    signo = sigsetjmp(back, 1);
    if (!signo)
        CHECK_EQ(((int (*)(void))(uintptr_t)at)(), 42);
    return signo;
}

static void look(unsigned page, int access)
{
    char *at = pages + page * PAGE;
    int signo = access == PROT_EXEC    ? signal_of_run(at)
                : access == PROT_WRITE ? signal_of_write(at + DATA)
                                       : signal_of_read(at + DATA);

    CHECK_EQ(signo, rights[page] & access ? 0 : SIGSEGV);
}

static void look_at_all(void)
{
    for (unsigned i = 0; i < PAGES * 3; i++)
        look(i % PAGES, accesses[i / PAGES]);
}

static void set_rights(void)
{
    unsigned first = below(PAGES), count = 1 + below(PAGES - first);
    int prot = choices[below(5)];

    CHECK(mprotect(pages + first * PAGE, count * PAGE, prot) == 0);
    for (unsigned i = first; i < first + count; i++)
        rights[i] = prot;
}

static void fork_and_look(void)
{
    pid_t child = fork();
    int status;

    CHECK(child >= 0);
    if (child == 0) {
        look_at_all();
        _exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

static void run(int flags)
{
    pages = map(PAGES, PROT_READ | PROT_WRITE, flags);
    fill();
    for (unsigned step = 1; step <= STEPS; step++) {
        set_rights();
        for (unsigned i = 0; i < LOOKS; i++)
            look(below(PAGES), accesses[below(3)]);
        if (step % ALL_EVERY == 0)
            look_at_all();
        if (step % ALL_EVERY == ALL_EVERY / 2)
            fork_and_look();
    }
    CHECK(munmap(pages, PAGES * PAGE) == 0);
}

static void private_rights(void)
{
    run(MAP_PRIVATE);
}

static void shared_rights(void)
{
    run(MAP_SHARED);
}

/* PROT_GROWSDOWN: from where the stack begins. */
static void all_of_the_stack(void)
{
    char *page = (char *)((uintptr_t)__builtin_frame_address(0) & -4096ul);
    char *other = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK_EQ(mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_GROWSDOWN), 0);
    CHECK_ERR(mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_GROWSUP), EINVAL);
    CHECK_ERR(mprotect(page, 4096, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
    CHECK_ERR(mprotect(other, 4096, PROT_READ | PROT_GROWSDOWN), EINVAL);
    CHECK_EQ(munmap(other, 4096), 0);
}

static const struct check_case cases[] = {
    CASE(all_of_the_stack),
    CASE(private_rights),
    CASE(shared_rights),
};
CHECK_MAIN(cases)
