/*
 * signal_faults.c - signals that the program's own instructions raise, and what handlers keep
 * of and change in the interrupted registers.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile int got_signo, got_code;
static void *volatile got_addr;

static void note_and_leave(int signo, siginfo_t *info, void *context)
{
    (void)context;
    got_signo = signo;
    got_code = info->si_code;
    got_addr = info->si_addr;
    siglongjmp(back, 1);
}

static void catch (int signo)
{
    struct sigaction action = {.sa_sigaction = note_and_leave, .sa_flags = SA_SIGINFO};

    sigemptyset(&action.sa_mask);
    CHECK(sigaction(signo, &action, NULL) == 0);
}

/* The statement raises this signal with this code and address. */
#define CHECK_RAISES(statement, signo, code, addr)        \
    do {                                                  \
        got_signo = 0;                                    \
        catch (signo);                                    \
        if (!sigsetjmp(back, 1)) {                        \
            statement;                                    \
            FAIL("%s raises nothing", #statement);        \
        }                                                 \
        CHECK_EQ(got_signo, signo);                       \
        CHECK_EQ(got_code, code);                         \
        CHECK_EQ((uintptr_t)got_addr, (uintptr_t)(addr)); \
    } while (0)

static char *map_page(int prot)
{
    char *page = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(page != MAP_FAILED);
    return page;
}

static volatile char sink;

static void nothing_at_null(void)
{
    volatile char *volatile null = NULL;
    void (*volatile jump)(void) = NULL;

    CHECK_RAISES(sink = *null, SIGSEGV, SEGV_MAPERR, 0);
    CHECK_RAISES(null[5] = 1, SIGSEGV, SEGV_MAPERR, 5);
    CHECK_RAISES(jump(), SIGSEGV, SEGV_MAPERR, 0);
    for (int i = 0; i < 20; i++)
        CHECK_RAISES(null[i] = 1, SIGSEGV, SEGV_MAPERR, i);
}

static void protection_faults(void)
{
    volatile char *none = map_page(PROT_NONE), *readable = map_page(PROT_READ),
                  *data = map_page(PROT_READ | PROT_WRITE);
    void (*volatile jump)(void) = (void (*)(void))(uintptr_t)data;

    CHECK_RAISES(sink = none[7], SIGSEGV, SEGV_ACCERR, none + 7);
    CHECK_RAISES(none[8] = 1, SIGSEGV, SEGV_ACCERR, none + 8);
    sink = readable[0];
    CHECK_RAISES(readable[9] = 1, SIGSEGV, SEGV_ACCERR, readable + 9);
    data[0] = 1;
    CHECK_RAISES(jump(), SIGSEGV, SEGV_ACCERR, data);
    CHECK(mprotect((void *)data, 4096, PROT_READ) == 0);
    CHECK_RAISES(data[1] = 1, SIGSEGV, SEGV_ACCERR, data + 1);
    CHECK(munmap((void *)data, 4096) == 0);
    CHECK_RAISES(sink = data[2], SIGSEGV, SEGV_MAPERR, data + 2);
}

static void past_the_end_of_a_file(void)
{
    FILE *file = tmpfile();
    volatile char *map;

    CHECK(file && ftruncate(fileno(file), 100) == 0);
    map = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    CHECK(map != MAP_FAILED);
    map[4095] = 1; /* the rest of the last page is there */
    CHECK_RAISES(sink = map[4096], SIGBUS, BUS_ADRERR, map + 4096);
    CHECK_RAISES(map[2 * 4096 + 5] = 1, SIGBUS, BUS_ADRERR, map + 2 * 4096 + 5);
    CHECK(ftruncate(fileno(file), 2 * 4096) == 0);
    map[4096] = 1;
    CHECK(ftruncate(fileno(file), 0) == 0);
    CHECK_RAISES(sink = map[0], SIGBUS, BUS_ADRERR, map);
}

#if defined(__x86_64__)

static void instructions_that_raise(void)
{
    volatile int zero = 0, one = 1;
    void *volatile at;

    CHECK_RAISES(one = one / zero, SIGFPE, FPE_INTDIV, got_addr);
    CHECK(got_addr != NULL);
    at = &&illegal;
    catch (SIGILL);
    if (!sigsetjmp(back, 1)) {
    illegal:
        __asm__ volatile("ud2");
    }
    CHECK_EQ(got_signo, SIGILL);
    CHECK_EQ(got_code, ILL_ILLOPN);
    CHECK((char *)got_addr >= (char *)at && (char *)got_addr < (char *)at + 16);
    CHECK_RAISES(__asm__ volatile("hlt"), SIGSEGV, SI_KERNEL, 0);
    CHECK_RAISES(__asm__ volatile("int3"), SIGTRAP, SI_KERNEL, 0);
    CHECK_RAISES(sink = *(volatile char *)0x8000000000000000, SIGSEGV, SI_KERNEL, 0);
}

static void skip_store(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    (void)signo;
    (void)info;
    uc->uc_mcontext.gregs[REG_RIP] += 3; /* movq %rax, (%rcx) */
    uc->uc_mcontext.gregs[REG_RDX] = 0x1234;
}

static void a_handler_may_change_the_registers(void)
{
    struct sigaction action = {.sa_sigaction = skip_store, .sa_flags = SA_SIGINFO};
    uint64_t result = 0;

    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    __asm__ volatile("movq %%rax, (%%rcx)" : "+d"(result) : "a"(1ul), "c"(0ul) : "memory");
    CHECK_EQ(result, 0x1234);
}

static void fouls_vectors(int signo)
{
    (void)signo;
    __asm__ volatile("pcmpeqd %%xmm0, %%xmm0; pcmpeqd %%xmm7, %%xmm7; pcmpeqd %%xmm15, %%xmm15;"
                     "fldz; fldz; fldpi; fstp %%st(0); fstp %%st(0); fstp %%st(0)" ::
                         : "xmm0", "xmm7", "xmm15");
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vpxor %%xmm3, %%xmm3, %%xmm3" ::: "xmm3");
}

static void vector_registers_survive_handlers(void)
{
    static const uint64_t want[4] __attribute__((aligned(32))) = {1, 2, 3, 4};
    uint64_t got[4] __attribute__((aligned(32))) = {0};
    long double pi;

    signal(SIGUSR1, fouls_vectors);
    __asm__ volatile("movdqa %3, %%xmm7; fldpi;"
                     "movl %4, %%edi; movl %5, %%esi; movl $200, %%eax; syscall;" /* tkill */
                     "fstpt %1; movdqa %%xmm7, %0"
                     : "=m"(*(uint64_t(*)[2])got), "=m"(pi)
                     : "m"(*got), "m"(*(const uint64_t(*)[2])want), "r"(getpid()), "i"(SIGUSR1)
                     : "xmm7", "rax", "rcx", "r11", "rdi", "rsi", "memory", "st");
    CHECK(got[0] == 1 && got[1] == 2);
    CHECK(pi > 3.14159265358979L && pi < 3.14159265358980L);
    if (!__builtin_cpu_supports("avx"))
        return;
    __asm__ volatile("vmovdqa %2, %%ymm3;"
                     "movl %3, %%edi; movl %4, %%esi; movl $200, %%eax; syscall;"
                     "vmovdqa %%ymm3, %0; vzeroupper"
                     : "=m"(got)
                     : "m"(*got), "m"(want), "r"(getpid()), "i"(SIGUSR1)
                     : "xmm3", "rax", "rcx", "r11", "rdi", "rsi", "memory");
    CHECK(!memcmp(got, want, sizeof(want)));
}

static void a_system_call_keeps_the_registers(void)
{
    uint64_t b = 11, r8 = 12, r9 = 13, r10 = 14, r12 = 15;

    __asm__ volatile(
        "movq %0, %%rbx; movq %1, %%r8; movq %2, %%r9; movq %3, %%r10; movq %4, %%r12;"
        "movl $39, %%eax; syscall;" /* getpid */
        "movq %%rbx, %0; movq %%r8, %1; movq %%r9, %2; movq %%r10, %3; movq %%r12, %4"
        : "+m"(b), "+m"(r8), "+m"(r9), "+m"(r10), "+m"(r12)
        :
        : "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "memory");
    CHECK(b == 11 && r8 == 12 && r9 == 13 && r10 == 14 && r12 == 15);
}

#else

static void instructions_that_raise(void)
{
    CHECK_RAISES(__asm__ volatile("unimp"), SIGILL, ILL_ILLOPC, got_addr);
    CHECK_RAISES(__asm__ volatile("ebreak"), SIGTRAP, TRAP_BRKPT, got_addr);
}

static void skip_store(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    (void)signo;
    (void)info;
    uc->uc_mcontext.__gregs[REG_PC] += 4; /* the store, not compressed */
    uc->uc_mcontext.__gregs[REG_A0 + 2] = 0x1234;
}

static void a_handler_may_change_the_registers(void)
{
    struct sigaction action = {.sa_sigaction = skip_store, .sa_flags = SA_SIGINFO};
    register uint64_t result __asm__("a2") = 0;

    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    __asm__ volatile(".option push; .option norvc; sd zero, 0(zero); .option pop"
                     : "+r"(result)
                     :
                     : "memory");
    CHECK_EQ(result, 0x1234);
}

static void fouls_vectors(int signo)
{
    (void)signo;
    __asm__ volatile("fmv.d.x fs3, zero; fmv.d.x ft3, zero" ::: "fs3", "ft3");
}

static void vector_registers_survive_handlers(void)
{
    register long number __asm__("a7") = 130; /* tkill */
    register long pid __asm__("a0") = getpid();
    register long signo __asm__("a1") = SIGUSR1;
    uint64_t a = 0x3ff123456789abcd, b = a, got_a, got_b;

    signal(SIGUSR1, fouls_vectors);
    __asm__ volatile("fmv.d.x fs3, %3; fmv.d.x ft3, %4; ecall; fmv.x.d %0, fs3; fmv.x.d %1, ft3"
                     : "=&r"(got_a), "=&r"(got_b), "+r"(pid)
                     : "r"(a), "r"(b), "r"(number), "r"(signo)
                     : "memory", "fs3", "ft3");
    CHECK(got_a == a && got_b == b);
}

static void a_system_call_keeps_the_registers(void)
{
    register long number __asm__("a7") = 172; /* getpid */
    register long a0 __asm__("a0") = 1;
    register long a1 __asm__("a1") = 11;
    register long t0 __asm__("t0") = 12;
    register long s5 __asm__("s5") = 13;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1), "+r"(t0), "+r"(s5) : "r"(number) : "memory");
    CHECK(a0 == getpid() && a1 == 11 && t0 == 12 && s5 == 13);
}

#endif

/* --- what is fatal --- */

static void a_blocked_fault_kills(void)
{
    volatile char *volatile null = NULL;

    CHECK_KILLED(CHILD({
                     sigset_t all;

                     catch (SIGSEGV);
                     sigfillset(&all);
                     sigprocmask(SIG_BLOCK, &all, NULL);
                     *null = 1;
                 }),
                 SIGSEGV);
    CHECK_KILLED(CHILD({
                     signal(SIGSEGV, SIG_IGN);
                     *null = 1;
                 }),
                 SIGSEGV);
    CHECK_KILLED(CHILD(*null = 1), SIGSEGV);
}

static int recurse(int depth)
{
    volatile char room[8192];

    room[0] = (char)depth;
    return depth < 0 ? 0 : recurse(depth + 1) + room[0];
}

static void a_stack_overflow_kills_or_is_handled_elsewhere(void)
{
    CHECK_KILLED(CHILD({
                     catch (SIGSEGV); /* no room for its frame */
                     recurse(0);
                 }),
                 SIGSEGV);
    CHECK_EXITS(CHILD({
                    static char alternate[64 << 10];
                    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
                    struct sigaction action = {.sa_sigaction = note_and_leave,
                                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

                    sigemptyset(&action.sa_mask);
                    sigaltstack(&stack, NULL);
                    sigaction(SIGSEGV, &action, NULL);
                    if (!sigsetjmp(back, 1))
                        recurse(0);
                    CHECK_EQ(got_signo, SIGSEGV);
                }),
                0);
}

static void a_bad_frame_at_return_kills(void)
{
    CHECK_KILLED(CHILD({
#if defined(__x86_64__)
                     __asm__ volatile("movl $15, %eax; xorl %esp, %esp; syscall");
#else
                     __asm__ volatile("li a7, 139; li sp, 0; ecall");
#endif
                 }),
                 SIGSEGV);
}

/* --- handlers that come at any instruction --- */

static volatile unsigned long ticks;

static void tick(int signo)
{
    (void)signo;
    ticks++;
}

static void timers_do_not_disturb_a_computation(void)
{
    struct itimerval every = {{0, 1000}, {0, 1000}}, never = {{0}};

    signal(SIGALRM, tick);
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
    for (unsigned round = 0; ticks < 50; round++) {
        double sum = 0;
        uint64_t hash = 5381;

        for (int i = 1; i <= 20000; i++) {
            sum += 1.0 / i;
            hash = hash * 33 + (uint64_t)i;
        }
        CHECK(sum > 10.4807282 && sum < 10.4807283);
        CHECK_EQ(hash, ({
                     static uint64_t first;

                     first = first ? first : hash;
                     first;
                 }));
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void *fault_in_thread(void *arg)
{
    volatile char *page = map_page(PROT_NONE);

    for (int i = 0; i < 50; i++) {
        if (mprotect((void *)page, 4096, PROT_NONE) != 0)
            return "mprotect";
        page[i] = 1; /* the handler makes it writable */
        if (page[i] != 1)
            return "value";
    }
    return arg;
}

static void make_writable(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)context;
    mprotect((void *)((uintptr_t)info->si_addr & ~4095ul), 4096, PROT_READ | PROT_WRITE);
}

static void handlers_put_faults_right_in_each_thread(void)
{
    struct sigaction action = {.sa_sigaction = make_writable, .sa_flags = SA_SIGINFO};
    pthread_t threads[4];

    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, fault_in_thread, NULL) == 0);
    for (int i = 0; i < 4; i++) {
        void *why;

        CHECK(pthread_join(threads[i], &why) == 0);
        if (why)
            FAIL("%s", (char *)why);
    }
}

static const struct check_case cases[] = {
    CASE(nothing_at_null),
    CASE(protection_faults),
    CASE(past_the_end_of_a_file),
    CASE(instructions_that_raise),
    CASE(a_handler_may_change_the_registers),
    CASE(vector_registers_survive_handlers),
    CASE(a_system_call_keeps_the_registers),
    CASE(a_blocked_fault_kills),
    CASE(a_stack_overflow_kills_or_is_handled_elsewhere),
    CASE(a_bad_frame_at_return_kills),
    CASE(timers_do_not_disturb_a_computation),
    CASE(handlers_put_faults_right_in_each_thread),
};
CHECK_MAIN(cases)
