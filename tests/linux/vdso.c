/*
 * vdso.c - the time without a system call: what the vDSO is, and that it and the kernel agree.
 */
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "tests/linux/check.h"

#ifdef __x86_64__
#define VERSION "LINUX_2.6"
#else
#define VERSION "LINUX_4.15"
#endif

enum { NS_PER_SEC = 1000000000 };

static int (*vdso_gettime)(clockid_t, struct timespec *);
static int (*vdso_getres)(clockid_t, struct timespec *);
static int (*vdso_gettimeofday)(struct timeval *, struct timezone *);
static int (*vdso_getcpu)(unsigned *, unsigned *, void *);

/* What the image's tables say, found as a C library does. */
struct image {
    uintptr_t bias;
    const ElfW(Sym) * symbols;
    const char *strings;
    const uint32_t *hash;
    const uint16_t *versions;
    const ElfW(Verdef) * definitions;
};

static struct image image;

static void read_dynamic(const ElfW(Dyn) * dyn)
{
    for (; dyn->d_tag != DT_NULL; dyn++) {
        void *at = (void *)(image.bias + dyn->d_un.d_ptr);

        if (dyn->d_tag == DT_SYMTAB)
            image.symbols = at;
        else if (dyn->d_tag == DT_STRTAB)
            image.strings = at;
        else if (dyn->d_tag == DT_HASH)
            image.hash = at;
        else if (dyn->d_tag == DT_VERSYM)
            image.versions = at;
        else if (dyn->d_tag == DT_VERDEF)
            image.definitions = at;
    }
}

static void open_image(void)
{
    const char *base = (const char *)getauxval(AT_SYSINFO_EHDR);
    const ElfW(Ehdr) *header = (const void *)base;
    const ElfW(Phdr) * segment;

    CHECK(base);
    CHECK(memcmp(header->e_ident, ELFMAG, SELFMAG) == 0);
    segment = (const void *)(base + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD)
            image.bias = (uintptr_t)base + segment[i].p_offset - segment[i].p_vaddr;
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_DYNAMIC)
            read_dynamic((const void *)(base + segment[i].p_offset));
    CHECK(image.symbols && image.strings && image.versions && image.definitions);
}

static bool has_version(unsigned symbol)
{
    unsigned wanted = image.versions[symbol] & 0x7fff;
    const ElfW(Verdef) *def = image.definitions;

    for (;; def = (const void *)((const char *)def + def->vd_next)) {
        const ElfW(Verdaux) *aux = (const void *)((const char *)def + def->vd_aux);

        if (def->vd_ndx == wanted)
            return strcmp(image.strings + aux->vda_name, VERSION) == 0;
        if (!def->vd_next)
            return false;
    }
}

/* The host's may have a GNU hash only; then the symbols end where the strings begin. */
static unsigned symbol_count(void)
{
    return image.hash ? image.hash[1]
                      : (unsigned)(((uintptr_t)image.strings - (uintptr_t)image.symbols) /
                                   sizeof(*image.symbols));
}

static void *find(const char *name)
{
    for (unsigned i = 0; i < symbol_count(); i++)
        if (strcmp(image.strings + image.symbols[i].st_name, name) == 0)
            return has_version(i) ? (void *)(image.bias + image.symbols[i].st_value) : NULL;
    return NULL;
}

static void open_vdso(void)
{
    open_image();
    vdso_gettime = find("__vdso_clock_gettime");
    vdso_getres = find("__vdso_clock_getres");
    vdso_gettimeofday = find("__vdso_gettimeofday");
    vdso_getcpu = find("__vdso_getcpu");
    CHECK(vdso_gettime && vdso_gettimeofday && vdso_getcpu);
}

static int64_t ns_of(const struct timespec *ts)
{
    CHECK(ts->tv_nsec >= 0 && ts->tv_nsec < NS_PER_SEC);
    return ts->tv_sec * (int64_t)NS_PER_SEC + ts->tv_nsec;
}

static int64_t by_vdso(clockid_t clock)
{
    struct timespec ts;

    CHECK_EQ(vdso_gettime(clock, &ts), 0);
    return ns_of(&ts);
}

static int64_t by_call(clockid_t clock)
{
    struct timespec ts;

    CHECK_EQ(syscall(SYS_clock_gettime, clock, &ts), 0);
    return ns_of(&ts);
}

static void has_what_libraries_look_up(void)
{
    open_vdso();
#ifdef __x86_64__
    CHECK(find("__vdso_time"));
#else
    CHECK(find("__vdso_rt_sigreturn") && find("__vdso_flush_icache"));
#endif
}

static void is_named_in_maps(void)
{
    unsigned long base = getauxval(AT_SYSINFO_EHDR), from;
    FILE *maps = fopen("/proc/self/maps", "r");
    bool found = false;
    char line[512], rights[5];

    CHECK(maps);
    while (fgets(line, sizeof(line), maps)) {
        if (!strstr(line, "[vdso]"))
            continue;
        CHECK_EQ(sscanf(line, "%lx-%*x %4s", &from, rights), 2);
        CHECK(from == base && strncmp(rights, "r-x", 3) == 0);
        found = true;
    }
    CHECK(found);
}

static void cannot_be_written(void)
{
    char *base = (char *)getauxval(AT_SYSINFO_EHDR);
    pid_t pid = CHILD(*(volatile char *)base = 0);

    CHECK_KILLED(pid, SIGSEGV);
    CHECK_EQ(base[0], ELFMAG0);
}

static const clockid_t exact[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,
                                  CLOCK_BOOTTIME, CLOCK_TAI};

static void agrees_with_the_kernel(void)
{
    open_vdso();
    for (unsigned i = 0; i < ARRAY_SIZE(exact); i++)
        for (unsigned n = 0; n < 2000; n++) {
            int64_t before = by_call(exact[i]), between = by_vdso(exact[i]);
            int64_t after = by_call(exact[i]);

            if (between < before || after < between)
                FAIL("clock %d: %lld %lld %lld", exact[i], (long long)before,
                     (long long)between, (long long)after);
        }
}

static void coarse_clocks_are_near(void)
{
    open_vdso();
    CHECK(llabs(by_vdso(CLOCK_REALTIME_COARSE) - by_vdso(CLOCK_REALTIME)) < NS_PER_SEC / 2);
    CHECK(llabs(by_vdso(CLOCK_MONOTONIC_COARSE) - by_vdso(CLOCK_MONOTONIC)) < NS_PER_SEC / 2);
}

static void other_clocks_are_the_kernels(void)
{
    struct timespec ts;

    open_vdso();
    CHECK(by_vdso(CLOCK_PROCESS_CPUTIME_ID) <= by_call(CLOCK_PROCESS_CPUTIME_ID));
    CHECK(by_vdso(CLOCK_THREAD_CPUTIME_ID) <= by_call(CLOCK_THREAD_CPUTIME_ID));
    CHECK_EQ(vdso_gettime(99, &ts), -EINVAL);
    if (vdso_getres) {
        CHECK_EQ(vdso_getres(CLOCK_MONOTONIC, &ts), 0);
        CHECK_EQ(ns_of(&ts), 1);
        CHECK_EQ(vdso_getres(CLOCK_REALTIME, NULL), 0);
        CHECK_EQ(vdso_getres(99, &ts), -EINVAL);
    }
}

static void time_of_day(void)
{
    struct timezone zone = {1, 1};
    struct timeval tv;
    int64_t before, us;

    open_vdso();
    before = by_call(CLOCK_REALTIME) / 1000;
    CHECK_EQ(vdso_gettimeofday(&tv, &zone), 0);
    us = tv.tv_sec * 1000000ll + tv.tv_usec;
    CHECK(us >= before && us <= by_call(CLOCK_REALTIME) / 1000);
    CHECK(zone.tz_minuteswest == 0 && zone.tz_dsttime == 0);
    CHECK_EQ(vdso_gettimeofday(NULL, NULL), 0);
    CHECK_EQ(gettimeofday(&tv, NULL), 0);
    CHECK(llabs(time(NULL) - tv.tv_sec) <= 1);
}

static void cpu_number(void)
{
    unsigned cpu = ~0u, node = ~0u;

    open_vdso();
    CHECK_EQ(vdso_getcpu(&cpu, &node, NULL), 0);
    CHECK(cpu < 4096 && node < 64);
    CHECK(sched_getcpu() >= 0);
}

/* ---- across CPUs: whoever has been told of a time reads none before it ---- */

enum { THREADS = 4, RUN_MS = 300 };

struct race {
    clockid_t clock;
    _Atomic int64_t latest;
    int64_t end;
};

static void *race_thread(void *arg)
{
    struct race *race = arg;
    int64_t told, now;

    for (unsigned n = 0; (told = race->latest) < race->end; n++) {
        now = n % 2 ? by_vdso(race->clock) : by_call(race->clock);
        if (now < told)
            FAIL("clock %d goes back by %lld ns, by %s", race->clock, (long long)(told - now),
                 n % 2 ? "the vDSO" : "the call");
        while (told < now &&
               !__atomic_compare_exchange_n((int64_t *)&race->latest, &told, now, true,
                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            continue;
        if (n % 64 == 0)
            sched_yield();
    }
    return NULL;
}

static void race_on(clockid_t clock)
{
    struct race race = {.clock = clock};
    pthread_t threads[THREADS];

    open_vdso();
    race.latest = by_call(clock);
    race.end = race.latest + RUN_MS * 1000000ll;
    for (unsigned i = 0; i < THREADS; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, race_thread, &race), 0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void monotonic_never_goes_back(void)
{
    race_on(CLOCK_MONOTONIC);
}

static void realtime_never_goes_back(void)
{
    race_on(CLOCK_REALTIME);
}

/* ---- interrupted anywhere ---- */

static volatile unsigned ticks;

static void on_tick(int signo)
{
    struct timespec ts;

    (void)signo;
    clock_gettime(CLOCK_MONOTONIC, &ts); /* in the middle of the same function, perhaps */
    ticks++;
}

static void signals_arrive_in_it(void)
{
    const struct itimerval every_ms = {{0, 1000}, {0, 1000}};
    int64_t last = 0, now;

    open_vdso();
    signal(SIGALRM, on_tick);
    CHECK_EQ(setitimer(ITIMER_REAL, &every_ms, NULL), 0);
    while (ticks < 100) {
        now = by_vdso(CLOCK_MONOTONIC);
        CHECK(now >= last);
        last = now;
    }
}

static void a_bad_pointer_is_a_fault(void)
{
    pid_t pid;

    open_vdso();
    pid = CHILD(vdso_gettime(CLOCK_MONOTONIC, (struct timespec *)check_bad));
    CHECK_KILLED(pid, SIGSEGV);
}

#ifdef __x86_64__
static void call_on(char *stack)
{
    static struct timespec ts;

    __asm__ volatile("mov %%rsp, %%rbx; mov %0, %%rsp; call *%1; mov %%rbx, %%rsp"
                     :
                     : "r"(stack), "r"(vdso_gettime), "D"(CLOCK_MONOTONIC), "S"(&ts)
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
}

/* On the library OS the time comes from code of the host's; a fault there is the program's. */
static void a_full_stack_is_a_fault(void)
{
    unsigned deaths = 0;
    char *stack;

    open_vdso();
    stack = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(stack != MAP_FAILED);
    CHECK_EQ(mprotect(stack, 4096, PROT_NONE), 0);
    for (unsigned room = 0; room < 256; room += 16) {
        pid_t pid = CHILD(call_on(stack + 4096 + room));
        int status;

        CHECK_EQ(waitpid(pid, &status, 0), pid);
        CHECK(status == 0 || WTERMSIG(status) == SIGSEGV);
        deaths += status != 0;
    }
    CHECK(deaths > 0);
    call_on(stack + 2 * 4096);
}
#else
static void a_full_stack_is_a_fault(void)
{
    SKIP("nothing of a host's is called");
}
#endif

static void survives_fork_and_threads(void)
{
    int64_t start;

    open_vdso();
    start = by_vdso(CLOCK_MONOTONIC);
    CHECK_EXITS(
        CHILD(CHECK(by_vdso(CLOCK_MONOTONIC) >= start); CHECK(getauxval(AT_SYSINFO_EHDR))), 0);
}

static const struct check_case cases[] = {
    CASE(has_what_libraries_look_up),
    CASE(is_named_in_maps),
    CASE(cannot_be_written),
    CASE(agrees_with_the_kernel),
    CASE(coarse_clocks_are_near),
    CASE(other_clocks_are_the_kernels),
    CASE(time_of_day),
    CASE(cpu_number),
    CASE(monotonic_never_goes_back),
    CASE(realtime_never_goes_back),
    CASE(signals_arrive_in_it),
    CASE(a_bad_pointer_is_a_fault),
    CASE(a_full_stack_is_a_fault),
    CASE(survives_fork_and_threads),
};

CHECK_MAIN(cases)
