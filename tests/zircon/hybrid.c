/*
 * hybrid.c - Linux calls and Zircon calls in one program: fork, exec, threads and signals, ends
 * of processes as either side sees them, descriptors and handles made of each other. It is a
 * Linux program only.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/zircon/ztest.h"
#include "user/sdk/include/lib/fdio/io.h"
#include "user/sdk/include/zircon/process.h"

/* wait(2)'s status of a child that runs `fn` and exits with its value. */
static int in_child(int (*fn)(void *arg), void *arg)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0)
        _exit(fn(arg));
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    return status;
}

/* ---- fork ---- */

struct seen {
    zx_handle_t process, vmar, job, thread, event;
    zx_koid_t koids[4];
};

static void look(struct seen *s)
{
    s->process = zx_process_self();
    s->vmar = zx_vmar_root_self();
    s->job = zx_job_default();
    s->thread = zx_thread_self();
    s->koids[0] = ztest_koid(s->process);
    s->koids[1] = ztest_koid(s->vmar);
    s->koids[2] = ztest_koid(s->job);
    s->koids[3] = ztest_koid(s->thread);
}

/* 0, or which of the checks failed. */
static int check_forked(void *arg)
{
    const struct seen *ours = arg;
    struct seen s;

    look(&s);
    if (s.process != ours->process || s.vmar != ours->vmar || s.job != ours->job ||
        s.thread != ours->thread)
        return 1;
    if (s.koids[0] == ours->koids[0] || s.koids[1] == ours->koids[1] ||
        s.koids[3] == ours->koids[3])
        return 2;
    if (!s.koids[0] || !s.koids[1] || !s.koids[3] || s.koids[2] != ours->koids[2])
        return 3;
    if (zx_object_signal(ours->event, 0, ZX_EVENT_SIGNALED) != ZX_ERR_BAD_HANDLE)
        return 4;
    return 0;
}

CASE(Hybrid, AForkedChildHasItsOwnHandlesUnderTheSameValues)
{
    struct seen s;

    look(&s);
    ASSERT_OK(zx_event_create(0, &s.event));
    EXPECT_EQ(in_child(check_forked, &s), 0);
    EXPECT_OK(zx_object_signal(s.event, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_handle_close(s.event));
}

static int map_memory(void *arg)
{
    zx_handle_t vmo;
    zx_vaddr_t at;

    (void)arg;
    if (zx_vmo_create(4096, 0, &vmo) != ZX_OK ||
        zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0, 4096,
                    &at) != ZX_OK)
        return 1;
    *(volatile char *)at = 17;
    return munmap((void *)at, 4096) == 0 ? 0 : 2;
}

CASE(Hybrid, AForkedChildMapsIntoItsOwnMemory)
{
    EXPECT_NE(zx_vmar_root_self(), ZX_HANDLE_INVALID);
    EXPECT_EQ(in_child(map_memory, NULL), 0);
}

/* ---- exec ---- */

CHILD(after_exec)
{
    zx_handle_t event = (zx_handle_t)strtoul(getenv("EVENT"), NULL, 10);

    (void)channel;
    if (zx_object_signal(event, 0, ZX_EVENT_SIGNALED) != ZX_ERR_BAD_HANDLE)
        return 1;
    if (!ztest_koid(zx_process_self()) || !ztest_koid(zx_thread_self()))
        return 2;
    return map_memory(NULL) ? 3 : 0;
}

static int exec_with_event(void *arg)
{
    zx_handle_t event;
    char value[16];

    (void)arg;
    if (!zx_process_self() || zx_event_create(0, &event) != ZX_OK)
        return 99;
    snprintf(value, sizeof(value), "%u", event);
    setenv("EVENT", value, 1);
    execl("/proc/self/exe", "hybrid", "--child", "after_exec", NULL);
    return 98;
}

CASE(Hybrid, ExecClosesHandles)
{
    EXPECT_EQ(in_child(exec_with_event, NULL), 0);
}

/* ---- threads ---- */

static void *own_thread(void *arg)
{
    zx_handle_t self = zx_thread_self();

    *(zx_koid_t *)arg = ztest_koid(self);
    EXPECT_EQ(self, zx_thread_self());
    return NULL;
}

CASE(Hybrid, EachThreadHasItsOwnHandle)
{
    zx_koid_t here = ztest_koid(zx_thread_self()), there = 0;
    pthread_t thread;

    ASSERT_EQ(pthread_create(&thread, NULL, own_thread, &there), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_NE(there, 0);
    EXPECT_NE(there, here);
}

/* ---- signals ---- */

static atomic_int handled;

static void note(int signo)
{
    atomic_store(&handled, signo);
}

struct waker {
    pthread_t waiter;
    zx_handle_t event;
};

static void *interrupt_then_signal(void *arg)
{
    struct waker *w = arg;

    pthread_kill(w->waiter, SIGUSR1);
    while (!atomic_load(&handled))
        sched_yield();
    zx_object_signal(w->event, 0, ZX_EVENT_SIGNALED);
    return NULL;
}

CASE(Hybrid, ASignalInterruptsAWaitOnlyForItsHandler)
{
    struct waker w = {.waiter = pthread_self()};
    struct sigaction action = {.sa_handler = note};
    pthread_t thread;

    atomic_store(&handled, 0);
    ASSERT_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    ASSERT_OK(zx_event_create(0, &w.event));
    ASSERT_EQ(pthread_create(&thread, NULL, interrupt_then_signal, &w), 0);
    EXPECT_OK(zx_object_wait_one(w.event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL));
    EXPECT_EQ(atomic_load(&handled), SIGUSR1);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_OK(zx_handle_close(w.event));
}

/* ---- ends ---- */

static int exit_by_zircon(void *arg)
{
    (void)arg;
    zx_process_exit(0x107);
}

CASE(Hybrid, ProcessExitIsExitGroup)
{
    int status = in_child(exit_by_zircon, NULL);

    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
}

static int kill_self(void *arg)
{
    (void)arg;
    zx_task_kill(zx_process_self());
    return 1;
}

CASE(Hybrid, TaskKillIsSigkill)
{
    int status = in_child(kill_self, NULL);

    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

/* A child with the other end of the channel, which came to it as a descriptor. */
static pid_t fork_with_channel(zx_handle_t *ours, void (*fn)(zx_handle_t channel))
{
    zx_handle_t theirs;
    int fd, go[2];
    pid_t pid;
    char byte = 0;

    EXPECT_EQ(pipe(go), 0);
    EXPECT_OK(zx_channel_create(0, ours, &theirs));
    EXPECT_OK(fdio_fd_create(theirs, &fd));
    pid = fork();
    if (pid == 0) {
        (void)!read(go[0], &byte, 1); /* until the descriptor is ours alone */
        if (fdio_fd_transfer(fd, &theirs) != ZX_OK)
            _exit(97);
        fn(theirs);
        _exit(96);
    }
    close(fd);
    EXPECT_EQ(write(go[1], &byte, 1), 1);
    close(go[0]);
    close(go[1]);
    return pid;
}

static void send_self(zx_handle_t channel)
{
    zx_handle_t copy;

    if (zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, &copy) != ZX_OK ||
        zx_channel_write(channel, 0, NULL, 0, &copy, 1) != ZX_OK)
        _exit(95);
}

static void exit_with_3(zx_handle_t channel)
{
    send_self(channel);
    exit(3);
}

static void die_of_a_signal(zx_handle_t channel)
{
    send_self(channel);
    signal(SIGTERM, SIG_DFL);
    raise(SIGTERM);
}

static void expect_return_code(void (*fn)(zx_handle_t channel), int64_t code)
{
    zx_info_process_t info = {.return_code = -1};
    zx_handle_t channel, process;
    uint32_t size, count;
    pid_t pid = fork_with_channel(&channel, fn);
    int status;

    ASSERT_OK(zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL));
    ASSERT_OK(zx_channel_read(channel, 0, NULL, &process, 0, 1, &size, &count));
    EXPECT_OK(zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_object_get_info(process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_EQ(info.return_code, code);
    EXPECT_EQ(kill(pid, 0), 0); /* a zombie keeps its pid until it is waited for */
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(kill(pid, 0), -1);
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(channel));
}

CASE(Hybrid, AnExitStatusIsAReturnCode)
{
    expect_return_code(exit_with_3, 3);
}

CASE(Hybrid, AFatalSignalIsAReturnCode)
{
    expect_return_code(die_of_a_signal, 128 + SIGTERM);
}

/* ---- descriptors ---- */

static uint32_t ready(int set)
{
    struct epoll_event event = {0};

    return epoll_wait(set, &event, 1, 0) == 1 ? event.events : 0;
}

CASE(Hybrid, ADescriptorOfAHandleIsReadyAsItsObjectIs)
{
    struct epoll_event want = {.events = EPOLLIN | EPOLLOUT};
    zx_handle_t event, copy, back;
    int fd = -1, set = epoll_create1(EPOLL_CLOEXEC);
    char byte;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
    ASSERT_OK(fdio_fd_create(copy, &fd));
    EXPECT_EQ(zx_handle_close(copy), ZX_ERR_BAD_HANDLE);
    ASSERT_EQ(epoll_ctl(set, EPOLL_CTL_ADD, fd, &want), 0);
    EXPECT_EQ(ready(set), 0);
    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    EXPECT_EQ(ready(set), EPOLLIN);
    EXPECT_OK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
    EXPECT_EQ(ready(set), 0);
    EXPECT_EQ(read(fd, &byte, 1), -1);
    ASSERT_OK(fdio_fd_transfer(fd, &back));
    EXPECT_EQ(ztest_koid(back), ztest_koid(event));
    EXPECT_EQ(close(fd), -1);
    EXPECT_OK(zx_handle_close(back));
    EXPECT_OK(zx_handle_close(event));
    close(set);
}

CASE(Hybrid, ADescriptorOfAChannelHangsUpWithItsPeer)
{
    struct epoll_event want = {.events = EPOLLIN};
    zx_handle_t a, b, none;
    int fd = -1, set = epoll_create1(EPOLL_CLOEXEC);

    ASSERT_OK(zx_channel_create(0, &a, &b));
    ASSERT_OK(fdio_fd_create(b, &fd));
    ASSERT_EQ(epoll_ctl(set, EPOLL_CTL_ADD, fd, &want), 0);
    EXPECT_EQ(ready(set), 0);
    EXPECT_OK(zx_channel_write(a, 0, "x", 1, NULL, 0));
    EXPECT_EQ(ready(set), EPOLLIN);
    EXPECT_EQ(fdio_fd_clone(fd, &none), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_EQ(ready(set), EPOLLIN | EPOLLHUP);
    close(fd);
    close(set);
}

CASE(Hybrid, AFilesMemoryIsAVmo)
{
    int fd = memfd_create("file", MFD_CLOEXEC);
    zx_handle_t copy, exact, none;
    char text[6] = "";

    ASSERT_EQ(write(fd, "hello", 5), 5);
    ASSERT_OK(fdio_get_vmo_copy(fd, &copy));
    ASSERT_OK(fdio_get_vmo_exact(fd, &exact));
    EXPECT_OK(zx_vmo_write(copy, "c", 0, 1));
    ASSERT_EQ(pwrite(fd, "J", 1, 0), 1);
    EXPECT_OK(zx_vmo_read(copy, text, 0, 5));
    EXPECT_EQ(strcmp(text, "cello"), 0);
    EXPECT_OK(zx_vmo_read(exact, text, 0, 5));
    EXPECT_EQ(strcmp(text, "Jello"), 0);
    EXPECT_EQ(zx_vmo_write(exact, "x", 0, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(fdio_fd_clone(fd, &none), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(fdio_get_vmo_copy(-1, &none), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(copy));
    EXPECT_OK(zx_handle_close(exact));
    close(fd);
}
