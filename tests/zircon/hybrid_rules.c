/*
 * hybrid_rules.c - where Linux and Zircon meet in one process: signals and waits, faults and
 * exceptions, mappings and fork. It is a Linux program only.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/zircon/stopped.h"
#include "uapi/zircon/syscalls/restricted.h"
#include "user/sdk/include/zircon/process.h"

/* ---- signals run their handlers in the middle of a call ---- */

static atomic_int handled;

static void note(int signo)
{
    atomic_store(&handled, signo);
}

static void catch (int signo, void (*handler)(int signo))
{
    const struct sigaction action = {.sa_handler = handler};

    EXPECT_EQ(sigaction(signo, &action, NULL), 0);
}

struct interrupter {
    pthread_t caller;
    zx_handle_t server; /* 0: nobody answers */
};

/* When the request is there the caller waits, or is about to. */
static void *interrupt_then_reply(void *arg)
{
    struct interrupter *i = arg;
    char request[16];
    uint32_t size, count;

    EXPECT_OK(zx_object_wait_one(i->server, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL));
    EXPECT_EQ(pthread_kill(i->caller, SIGUSR1), 0);
    while (!atomic_load(&handled))
        sched_yield();
    EXPECT_OK(zx_channel_read(i->server, 0, request, NULL, sizeof(request), 0, &size, &count));
    EXPECT_OK(zx_channel_write(i->server, 0, request, size, NULL, 0));
    return NULL;
}

static zx_status_t call(zx_handle_t channel, zx_time_t deadline, char *reply, uint32_t *size)
{
    static char request[8] = "....abc";
    const zx_channel_call_args_t args = {
        .wr_bytes = request, .wr_num_bytes = 8, .rd_bytes = reply, .rd_num_bytes = 8};
    uint32_t count;

    return zx_channel_call(channel, 0, deadline, &args, size, &count);
}

CASE(HybridRules, ACallGoesOnAfterASignal)
{
    struct interrupter i = {.caller = pthread_self()};
    zx_handle_t client;
    pthread_t thread;
    char reply[8] = "";
    uint32_t size = 0;

    atomic_store(&handled, 0);
    catch (SIGUSR1, note);
    ASSERT_OK(zx_channel_create(0, &client, &i.server));
    ASSERT_EQ(pthread_create(&thread, NULL, interrupt_then_reply, &i), 0);
    EXPECT_OK(call(client, ZX_TIME_INFINITE, reply, &size));
    EXPECT_EQ(size, 8);
    EXPECT_EQ(reply[6], 'c');
    EXPECT_EQ(atomic_load(&handled), SIGUSR1);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_OK(zx_handle_close(client));
    EXPECT_OK(zx_handle_close(i.server));
}

static void *interrupt(void *arg)
{
    struct interrupter *i = arg;

    EXPECT_OK(zx_object_wait_one(i->server, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL));
    EXPECT_EQ(pthread_kill(i->caller, SIGUSR1), 0);
    return NULL;
}

/* Nobody answers: the deadline is the one that the call began with. */
CASE(HybridRules, ACallEndsAtItsDeadlineAfterASignal)
{
    zx_time_t deadline = ztest_after(ZTEST_MSEC(50));
    struct interrupter i = {.caller = pthread_self()};
    zx_handle_t client;
    pthread_t thread;
    char reply[8];
    uint32_t size;

    catch (SIGUSR1, note);
    ASSERT_OK(zx_channel_create(0, &client, &i.server));
    ASSERT_EQ(pthread_create(&thread, NULL, interrupt, &i), 0);
    EXPECT_EQ(call(client, deadline, reply, &size), ZX_ERR_TIMED_OUT);
    EXPECT_GE(zx_clock_get_monotonic(), deadline);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_OK(zx_handle_close(client));
    EXPECT_OK(zx_handle_close(i.server));
}

static void *leave_by_zircon(void *arg)
{
    atomic_store((atomic_int *)arg, 1);
    zx_thread_exit();
}

/* zx_thread_exit is exit(2) of the thread: who joins it hears of it. */
CASE(HybridRules, ThreadExitIsExit)
{
    atomic_int ran = 0;
    pthread_t thread;

    ASSERT_EQ(pthread_create(&thread, NULL, leave_by_zircon, &ran), 0);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_EQ(ran, 1);
}

/* ---- faults go to exception channels first, and then become signals ---- */

static sigjmp_buf back;
static atomic_int signals;

static void go_back(int signo)
{
    atomic_fetch_add(&signals, signo == SIGSEGV);
    siglongjmp(back, 1);
}

/* 1: by way of the signal's handler. */
static void *touch(void *arg)
{
    if (sigsetjmp(back, 1))
        return (void *)1;
    *(volatile char *)arg = 7;
    return NULL;
}

static void *fault_at(void *page, zx_handle_t channel, uint32_t state, int mend)
{
    void *result = NULL;
    zx_handle_t exception;
    pthread_t thread;

    EXPECT_EQ(pthread_create(&thread, NULL, touch, page), 0);
    exception = take_exception(channel, ZX_EXCP_FATAL_PAGE_FAULT);
    EXPECT_EQ(atomic_load(&signals), 0);
    if (mend)
        EXPECT_EQ(mprotect(page, PAGE, PROT_READ | PROT_WRITE), 0);
    end_exception(exception, state);
    EXPECT_EQ(pthread_join(thread, &result), 0);
    return result;
}

CASE(HybridRules, AFaultGoesToExceptionChannelsFirst)
{
    char *page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    zx_handle_t channel;

    ASSERT_TRUE(page != MAP_FAILED);
    atomic_store(&signals, 0);
    catch (SIGSEGV, go_back);
    ASSERT_OK(zx_task_create_exception_channel(zx_process_self(), 0, &channel));
    EXPECT_TRUE(fault_at(page, channel, ZX_EXCEPTION_STATE_HANDLED, 1) == NULL);
    EXPECT_EQ(page[0], 7);
    EXPECT_EQ(atomic_load(&signals), 0);
    EXPECT_EQ(mprotect(page, PAGE, PROT_NONE), 0);
    EXPECT_TRUE(fault_at(page, channel, ZX_EXCEPTION_STATE_TRY_NEXT, 0) == (void *)1);
    EXPECT_EQ(atomic_load(&signals), 1);
    EXPECT_OK(zx_handle_close(channel));
    EXPECT_TRUE(touch(page) == (void *)1);
    EXPECT_EQ(atomic_load(&signals), 2);
    catch (SIGSEGV, SIG_DFL);
    EXPECT_EQ(munmap(page, PAGE), 0);
}

/* A signal's handler would run there too: Linux processes have no restricted mode. */
CASE(HybridRules, ThereIsNoRestrictedMode)
{
    zx_x86_64_restricted_state_t state = {0};

    EXPECT_EQ(zx_restricted_write_state(&state, sizeof(state)), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_restricted_read_state(&state, sizeof(state)), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_restricted_enter(0, 0, 0), ZX_ERR_NOT_SUPPORTED);
}

/* ---- mappings and fork ---- */

static int write_by_zircon(char *at, char byte)
{
    size_t actual = 0;

    return zx_process_write_memory(zx_process_self(), (uintptr_t)at, &byte, 1, &actual) ==
               ZX_OK &&
           actual == 1;
}

/* A child's writes are seen where the mapping is shared, and nowhere else, whoever makes them.
 */
CASE(HybridRules, MappingsCrossForkSharedOrAsCopies)
{
    const int prot = PROT_READ | PROT_WRITE;
    char *shared = mmap(NULL, PAGE, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *private = mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = -1;
    pid_t pid;

    ASSERT_TRUE(shared != MAP_FAILED && private != MAP_FAILED);
    shared[0] = private[0] = 'p';
    pid = fork();
    if (pid == 0) {
        if (shared[0] != 'p' || private[0] != 'p')
            _exit(1);
        if (!write_by_zircon(shared, 'c') || !write_by_zircon(private, 'c'))
            _exit(2);
        _exit(shared[0] == 'c' && private[0] == 'c' ? 0 : 3);
    }
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(shared[0], 'c');
    EXPECT_EQ(private[0], 'p');
    EXPECT_EQ(munmap(shared, PAGE), 0);
    EXPECT_EQ(munmap(private, PAGE), 0);
}
