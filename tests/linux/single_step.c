/*
 * single_step.c - a program that sets its own trap flag: each instruction then raises SIGTRAP,
 * but for the system call, which is one with what comes behind it.
 */
#include "tests/linux/check.h"

#include <signal.h>
#include <sys/wait.h>

#if defined(__x86_64__)

#include <ucontext.h>

enum { TRAPS_MAX = 64 };

static void *traps[TRAPS_MAX];
static volatile unsigned trap_count;
static volatile int strange;

static void note(int signo, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;
    void *at = (void *)uc->uc_mcontext.gregs[REG_RIP];

    strange += signo != SIGTRAP || info->si_code != TRAP_TRACE || info->si_addr != at;
    if (trap_count < TRAPS_MAX)
        traps[trap_count++] = at;
}

static void catch_steps(void)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGTRAP, &action, NULL) == 0);
    trap_count = 0;
}

/* Places where a trap is due, in the code below. */
extern char lead_1[], lead_call[], lead_3[], lead_4[], lead_5[], lead_6[];
extern char plain_nops[], plain_3[], plain_4[], plain_5[], plain_6[];

#define TRAP_ON  "pushfq; orq $0x100, (%%rsp); popfq;"
#define TRAP_OFF "pushfq; andq $~0x100, (%%rsp); popfq;"

/* A call whose number is loaded just before it. */
static __attribute__((noinline, noclone)) long step_over_lead(void)
{
    long result;

    __asm__ volatile("sub $256, %%rsp;" TRAP_ON "nop;"
                     "lead_1: mov $39, %%eax;"
                     "lead_call: syscall;"
                     "nop;"
                     "lead_3: pushfq;"
                     "lead_4: andq $~0x100, (%%rsp);"
                     "lead_5: popfq;"
                     "lead_6: add $256, %%rsp"
                     : "=a"(result)
                     :
                     : "rcx", "r11", "memory", "cc");
    return result;
}

enum { NOPS = 24 };

/* A call whose result is compared at once, and with nothing before it but small instructions.
 */
static __attribute__((noinline, noclone)) long step_over_compare(void)
{
    long result;

    __asm__ volatile("sub $256, %%rsp; mov $39, %%eax;" TRAP_ON
                     "plain_nops: .rept 24; nop; .endr;"
                     "syscall;"
                     "cmp $-4096, %%rax;"
                     "plain_3: pushfq;"
                     "plain_4: andq $~0x100, (%%rsp);"
                     "plain_5: popfq;"
                     "plain_6: add $256, %%rsp"
                     : "=a"(result)
                     :
                     : "rcx", "r11", "memory", "cc");
    return result;
}

/* What was stepped over is as due; at `may_lack` it need not have trapped, where the call is
 * made another way than by its instruction. */
static void check_traps(char *const due[], unsigned count, const char *may_lack)
{
    unsigned seen = 0;

    CHECK_EQ(strange, 0);
    for (unsigned i = 0; i < count; i++) {
        if (seen < trap_count && traps[seen] == due[i])
            seen++;
        else if (due[i] != may_lack)
            FAIL("trap %u of %u is at %p, not at %p", seen, trap_count,
                 seen < trap_count ? traps[seen] : NULL, (void *)due[i]);
    }
    CHECK_EQ(seen, trap_count);
}

enum { ROUNDS = 20 }; /* a call may be made differently the second time */

static void steps_over_a_call(void)
{
    char *const due[] = {lead_1, lead_call, lead_3, lead_4, lead_5, lead_6};

    for (int i = 0; i < ROUNDS; i++) {
        catch_steps();
        CHECK_EQ(step_over_lead(), getpid());
        check_traps(due, ARRAY_SIZE(due), lead_call);
    }
}

static void steps_over_a_call_that_is_compared(void)
{
    char *due[NOPS + 4];

    for (int i = 0; i < NOPS; i++)
        due[i] = plain_nops + 1 + i;
    due[NOPS] = plain_3;
    due[NOPS + 1] = plain_4;
    due[NOPS + 2] = plain_5;
    due[NOPS + 3] = plain_6;
    for (int i = 0; i < ROUNDS; i++) {
        catch_steps();
        CHECK_EQ(step_over_compare(), getpid());
        check_traps(due, ARRAY_SIZE(due), NULL);
    }
}

static void steps_through_the_library(void)
{
    char text[16];

    catch_steps();
    __asm__ volatile("sub $256, %%rsp;" TRAP_ON "add $256, %%rsp" ::: "memory", "cc");
    CHECK(snprintf(text, sizeof(text), "%d", 4711) == 4);
    CHECK(getppid() > 0 || getppid() == 0);
    __asm__ volatile("sub $256, %%rsp;" TRAP_OFF "add $256, %%rsp" ::: "memory", "cc");
    CHECK(!strcmp(text, "4711"));
    CHECK_EQ(strange, 0);
    CHECK_EQ(trap_count, TRAPS_MAX);
}

static void an_uncaught_step_kills(void)
{
    CHECK_KILLED(CHILD({
                     signal(SIGTRAP, SIG_DFL);
                     step_over_lead();
                 }),
                 SIGTRAP);
}

static const struct check_case cases[] = {
    CASE(steps_over_a_call),
    CASE(steps_over_a_call_that_is_compared),
    CASE(steps_through_the_library),
    CASE(an_uncaught_step_kills),
};

#else

static void there_is_no_trap_flag(void)
{
    SKIP("the processor has none for user mode");
}

static const struct check_case cases[] = {
    CASE(there_is_no_trap_flag),
};

#endif

CHECK_MAIN(cases)
