/*
 * vectors.c - floating-point and vector registers over calls, switches between threads that
 * have different ones in use, and signal handlers that use others.
 */
#include "tests/linux/check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

enum { ROUNDS = 100, BYTES = 2304 };

/* Loads the registers from `in`, makes the same call three times, stores them to `out`. */
typedef void run_fn(const void *in, void *out, long number, long a, long b, long c);

struct kind {
    const char *name;
    run_fn *run;
    size_t bytes; /* of in and out */
};

#if defined(__x86_64__)

#define E8(f)  f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7)
#define E16(f) E8(f) f(8) f(9) f(10) f(11) f(12) f(13) f(14) f(15)
#define H16(f)                                                                                \
    f(16) f(17) f(18) f(19) f(20) f(21) f(22) f(23) f(24) f(25) f(26) f(27) f(28) f(29) f(30) \
        f(31)
#define LOW  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7"
#define MORE "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

#define CALLS "mov %%r10, %%rax; syscall; mov %%r10, %%rax; syscall; mov %%r10, %%rax; syscall;"
#define RUN(name, load, store)                                                             \
    static void name(const void *in, void *out, long number, long a, long b, long c)       \
    {                                                                                      \
        register const void *from __asm__("r8") = in;                                      \
        register void *to __asm__("r9") = out;                                             \
        register long call __asm__("r10") = number;                                        \
                                                                                           \
        __asm__ volatile(load CALLS store                                                  \
                         : "+r"(from), "+r"(to), "+r"(call)                                \
                         : "D"(a), "S"(b), "d"(c)                                          \
                         : "rax", "rcx", "r11", "memory", "st", "st(1)", "st(2)", "st(3)", \
                           "st(4)", "st(5)", "st(6)", "st(7)", LOW, MORE);                 \
    }

#define LOAD_X(n)  "movdqu 16*" #n "(%%r8), %%xmm" #n ";"
#define STORE_X(n) "movdqu %%xmm" #n ", 16*" #n "(%%r9);"
#define LOAD_I(n)  "fildll 8*" #n "(%%r8);"
#define STORE_I(n) "fistpll 56-8*" #n "(%%r9);"
#define LOAD_Y(n)  "vmovdqu 32*" #n "(%%r8), %%ymm" #n ";"
#define STORE_Y(n) "vmovdqu %%ymm" #n ", 32*" #n "(%%r9);"
#define LOAD_K(n)  "kmovq 2048+8*" #n "(%%r8), %%k" #n ";"
#define STORE_K(n) "kmovq %%k" #n ", 2048+8*" #n "(%%r9);"
#define LOAD_Z(n)  "vmovdqu64 64*" #n "(%%r8), %%zmm" #n ";"
#define STORE_Z(n) "vmovdqu64 %%zmm" #n ", 64*" #n "(%%r9);"
#define LOAD_H(n)  "vmovdqu64 64*(" #n "-16)(%%r8), %%zmm" #n ";"
#define STORE_H(n) "vmovdqu64 %%zmm" #n ", 64*(" #n "-16)(%%r9);"

RUN(run_sse, E16(LOAD_X), E16(STORE_X))
RUN(run_x87, "fninit;" E8(LOAD_I), E8(STORE_I) "fninit;")
RUN(run_avx, E16(LOAD_Y), E16(STORE_Y) "vzeroupper;")
RUN(run_high, H16(LOAD_H), H16(STORE_H))
RUN(run_all, E16(LOAD_Z) H16(LOAD_Z) E8(LOAD_K),
    E16(STORE_Z) H16(STORE_Z) E8(STORE_K) "vzeroupper;")

static unsigned find_kinds(struct kind *kinds)
{
    unsigned count = 0;

    kinds[count++] = (struct kind){"SSE", run_sse, 256};
    kinds[count++] = (struct kind){"x87", run_x87, 64};
    if (__builtin_cpu_supports("avx"))
        kinds[count++] = (struct kind){"AVX", run_avx, 512};
    if (__builtin_cpu_supports("avx512bw")) {
        kinds[count++] = (struct kind){"high AVX-512", run_high, 1024};
        kinds[count++] = (struct kind){"AVX-512", run_all, 2112};
    }
    return count;
}

/* What a handler finds and leaves of AVX's registers in its frame: Intel SDM 1, 13.4. */
enum { SOFTWARE = 464, IN_USE = 512, XMM = 160, YMM_HIGH = 576 };

RUN(run_high_clear, "vzeroupper;", E16(STORE_Y) "vzeroupper;")

static bool software_knows; /* what it says of the extended state stays in the frame */
static unsigned char in_frame[512];

static void change_frame(int signo, siginfo_t *info, void *context)
{
    unsigned char *fp = (void *)((ucontext_t *)context)->uc_mcontext.fpregs;

    (void)signo, (void)info;
    fp[IN_USE] |= 6;
    for (unsigned i = 0; i < 16; i++) {
        memcpy(fp + XMM + 16 * i, in_frame + 32 * i, 16);
        memcpy(fp + YMM_HIGH + 16 * i, in_frame + 32 * i + 16, 16);
    }
    if (!software_knows)
        memset(fp + SOFTWARE, 0, 48);
}

static void changed_in_frame(run_fn *run)
{
    struct sigaction action = {.sa_sigaction = change_frame, .sa_flags = SA_SIGINFO};
    unsigned char in[BYTES], out[BYTES];

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    memset(in, 0x55, sizeof(in));
    memset(out, 0, sizeof(out));
    for (unsigned i = 0; i < sizeof(in_frame); i++)
        in_frame[i] = (unsigned char)(i * 7 + 1);
    run(in, out, SYS_tgkill, getpid(), (long)syscall(SYS_gettid), SIGUSR1);
    for (unsigned i = 0; i < sizeof(in_frame); i++)
        CHECK_EQ(out[i], i & 16 && !software_knows ? 0 : in_frame[i]);
}

/* Without what the software says of the extended state that begins anew. */
static void handlers_change_them(void)
{
    if (!__builtin_cpu_supports("avx"))
        SKIP("the machine has no AVX");
    for (unsigned i = 0; i < 2; i++) {
        software_knows = i;
        changed_in_frame(run_avx);
        changed_in_frame(run_high_clear);
    }
}

/* How SSE rounds: 0: to the nearest. */
static unsigned rounding(void)
{
    return __builtin_ia32_stmxcsr() >> 13 & 3;
}

static void round_to_zero(void)
{
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 3 << 13);
}

#else

#define E8(f, r, at)                                                                    \
    f(r, at, 0) f(r, at, 1) f(r, at, 2) f(r, at, 3) f(r, at, 4) f(r, at, 5) f(r, at, 6) \
        f(r, at, 7)
#define LOAD(r, at, n)  "fld " r #n ", 8*(" #at "+" #n ")(t3);"
#define STORE(r, at, n) "fsd " r #n ", 8*(" #at "+" #n ")(t4);"

static void run_double(const void *in, void *out, long number, long a, long b, long c)
{
    register long first __asm__("a0") = a;
    register long second __asm__("a1") = b;
    register long third __asm__("a2") = c;
    register long call __asm__("a7") = number;
    register const void *from __asm__("t3") = in;
    register void *to __asm__("t4") = out;
    register long again __asm__("t5") = a;

    __asm__ volatile(E8(LOAD, "ft", 0) E8(LOAD, "fa", 8)
                         E8(LOAD, "fs", 16) "ecall; mv a0, t5; ecall; mv a0, t5; ecall;" E8(
                             STORE, "ft", 0) E8(STORE, "fa", 8) E8(STORE, "fs", 16)
                     : "+r"(first)
                     : "r"(second), "r"(third), "r"(call), "r"(from), "r"(to), "r"(again)
                     : "memory", "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fa0",
                       "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7", "fs0", "fs1", "fs2",
                       "fs3", "fs4", "fs5", "fs6", "fs7");
}

static unsigned find_kinds(struct kind *kinds)
{
    kinds[0] = (struct kind){"double", run_double, 192};
    return 1;
}

/* Doubles in the frame are Linux's first extended state. */
static void change_frame(int signo, siginfo_t *info, void *context)
{
    (void)signo, (void)info;
    ((ucontext_t *)context)->uc_mcontext.__fpregs.__d.__f[8] = 0x4045000000000000; /* 42.0 */
}

static void handlers_change_them(void)
{
    struct sigaction action = {.sa_sigaction = change_frame, .sa_flags = SA_SIGINFO};
    register double saved __asm__("fs0") = 1;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    __asm__ volatile("" : "+f"(saved));
    raise(SIGUSR1);
    __asm__ volatile("" : "+f"(saved));
    CHECK(saved == 42);
}

static unsigned rounding(void)
{
    unsigned mode;

    __asm__ volatile("frrm %0" : "=r"(mode));
    return mode;
}

static void round_to_zero(void)
{
    __asm__ volatile("fsrmi 1");
}

#endif

enum { KINDS_MAX = 8 };
static struct kind kinds[KINDS_MAX];
static unsigned kind_count;

static void fill(unsigned char *bytes, unsigned seed)
{
    for (unsigned i = 0; i < BYTES; i++)
        bytes[i] = (unsigned char)(seed * 131 + i * 29 + (i >> 5));
}

/* The registers are what they were after three calls. */
static void keeps(const struct kind *kind, unsigned seed, long number, long a, long b, long c)
{
    unsigned char in[BYTES], out[BYTES];

    fill(in, seed);
    memset(out, 0, sizeof(out));
    kind->run(in, out, number, a, b, c);
    if (memcmp(in, out, kind->bytes))
        FAIL("%s registers changed", kind->name);
}

static void *yields(void *arg)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        keeps(arg, i, SYS_sched_yield, 0, 0, 0);
    return NULL;
}

static void with_each_pair(void (*fn)(struct kind *a, struct kind *b))
{
    kind_count = find_kinds(kinds);
    for (unsigned i = 0; i < kind_count; i++)
        for (unsigned j = 0; j < kind_count; j++)
            fn(&kinds[i], &kinds[j]);
}

static void two_threads(struct kind *a, struct kind *b)
{
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, yields, a) == 0);
    yields(b);
    CHECK(pthread_join(thread, NULL) == 0);
}

static void threads_have_their_own(void)
{
    with_each_pair(two_threads);
}

static struct kind *handlers_kind;
static volatile unsigned handled;

static void on_signal(int signo)
{
    keeps(handlers_kind, 77 + (unsigned)signo, SYS_sched_yield, 0, 0, 0);
    handled++;
}

static void interrupted(struct kind *a, struct kind *b)
{
    handlers_kind = b;
    handled = 0;
    for (unsigned i = 0; i < ROUNDS; i++)
        keeps(a, i, SYS_tgkill, getpid(), (long)syscall(SYS_gettid), SIGUSR1);
    CHECK_EQ(handled, 3 * ROUNDS);
}

static void handlers_leave_them_alone(void)
{
    signal(SIGUSR1, on_signal);
    with_each_pair(interrupted);
}

/* Processes have address spaces of their own: the way of a switch is another. */
static void two_processes(struct kind *a, struct kind *b)
{
    pid_t pid = CHILD(yields(a));

    yields(b);
    CHECK_EXITS(pid, 0);
}

static void processes_have_their_own(void)
{
    with_each_pair(two_processes);
}

/* The calls are forks, and all eight processes have what was there before the first. */
static void forked(struct kind *kind)
{
    int status;

    keeps(kind, 5, SYS_clone, SIGCHLD, 0, 0);
    while (wait(&status) > 0)
        CHECK_EQ(status, 0);
}

static void a_fork_copies_them(void)
{
    kind_count = find_kinds(kinds);
    for (unsigned i = 0; i < kind_count; i++)
        CHECK_EXITS(CHILD(forked(&kinds[i])), 0);
}

/* The new program plays the part: its status is how it rounds. */
static void exec_begins_anew(void)
{
    char *argv[] = {"vectors", "-rounding", NULL};
    pid_t pid = CHILD({
        round_to_zero();
        CHECK(rounding() != 0);
        execv("/proc/self/exe", argv);
    });

    CHECK_EXITS(pid, 0);
}

static const struct check_case cases[] = {
    CASE(threads_have_their_own),   CASE(handlers_leave_them_alone), CASE(handlers_change_them),
    CASE(processes_have_their_own), CASE(a_fork_copies_them),        CASE(exec_begins_anew),
};

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "-rounding"))
        return (int)rounding();
    return check_main(argc, argv, cases, ARRAY_SIZE(cases));
}
