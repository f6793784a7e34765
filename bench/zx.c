/*
 * zx.c - what Zircon's paths cost: a Linux program with Zircon calls, which prints "name
 * value", nanoseconds an operation. bench/zircon runs it beside mb.
 *
 * usage: zx [-s SCALE] TEST      SCALE multiplies the iteration counts (default 1)
 */
#include <lib/fdio/io.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#include "bench/zx.h"

static double scale = 1;

void need(zx_status_t st, const char *what)
{
    if (st == ZX_OK)
        return;
    fprintf(stderr, "zx: %s: %s\n", what, zx_status_get_string(st));
    _exit(1);
}

/* Nanoseconds for each of `n` times, scaled, that `step` is called. */
static double timed(long n, void (*step)(void *arg), void *arg)
{
    long count = (long)((double)n * scale) + 1;
    zx_time_t start;

    for (long i = 0; i < count / 10; i++)
        step(arg);
    start = zx_clock_get_monotonic();
    for (long i = 0; i < count; i++)
        step(arg);
    return (double)(zx_clock_get_monotonic() - start) / (double)count;
}

/* ---- channels ---- */

struct ends {
    zx_handle_t ours, theirs, passed;
};

static void channel_step(void *arg)
{
    struct ends *e = arg;
    char bytes[64] = {0};
    uint32_t size, count;

    NEED(zx_channel_write(e->ours, 0, bytes, sizeof(bytes), NULL, 0));
    NEED(zx_channel_read(e->theirs, 0, bytes, NULL, sizeof(bytes), 0, &size, &count));
}

static double channel(void)
{
    struct ends e;

    NEED(zx_channel_create(0, &e.ours, &e.theirs));
    return timed(50000, channel_step, &e);
}

static void transfer_step(void *arg)
{
    struct ends *e = arg;
    char bytes[64] = {0};
    uint32_t size, count;

    NEED(zx_channel_write(e->ours, 0, bytes, sizeof(bytes), &e->passed, 1));
    NEED(zx_channel_read(e->theirs, 0, bytes, &e->passed, sizeof(bytes), 1, &size, &count));
}

static double transfer(void)
{
    struct ends e;

    NEED(zx_channel_create(0, &e.ours, &e.theirs));
    NEED(zx_event_create(0, &e.passed));
    return timed(50000, transfer_step, &e);
}

/* Answers each message with itself, until the caller has gone. */
static void *serve(void *arg)
{
    zx_handle_t channel = *(zx_handle_t *)arg;
    char bytes[64];
    uint32_t size, count;
    zx_status_t st;

    for (;;) {
        st = zx_channel_read(channel, 0, bytes, NULL, sizeof(bytes), 0, &size, &count);
        if (st == ZX_OK)
            st = zx_channel_write(channel, 0, bytes, size, NULL, 0);
        else if (st == ZX_ERR_SHOULD_WAIT)
            st = zx_object_wait_one(channel, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
                                    ZX_TIME_INFINITE, NULL);
        if (st != ZX_OK)
            return NULL;
    }
}

static void call_step(void *arg)
{
    struct ends *e = arg;
    char out[64] = {0}, in[64];
    zx_channel_call_args_t args = {.wr_bytes = out,
                                   .wr_num_bytes = sizeof(out),
                                   .rd_bytes = in,
                                   .rd_num_bytes = sizeof(in)};
    uint32_t size, count;

    NEED(zx_channel_call(e->ours, 0, ZX_TIME_INFINITE, &args, &size, &count));
}

static double call(void)
{
    struct ends e;
    pthread_t server;
    double ns;

    NEED(zx_channel_create(0, &e.ours, &e.theirs));
    pthread_create(&server, NULL, serve, &e.theirs);
    ns = timed(20000, call_step, &e);
    NEED(zx_handle_close(e.ours));
    pthread_join(server, NULL);
    return ns;
}

/* The server takes its end from a descriptor, which is how handles go through fork, once it is
 * the only one that has it. */
static _Noreturn void serve_process(int fd, int ready)
{
    zx_handle_t channel;
    char byte;

    (void)!read(ready, &byte, 1);
    NEED(fdio_fd_transfer(fd, &channel));
    serve(&channel);
    _exit(0);
}

static double callproc(void)
{
    struct ends e;
    int fd, ready[2];
    double ns;

    NEED(zx_channel_create(0, &e.ours, &e.theirs));
    NEED(fdio_fd_create(e.theirs, &fd));
    if (pipe(ready) < 0)
        return 0;
    if (fork() == 0) {
        close(ready[1]);
        serve_process(fd, ready[0]);
    }
    close(fd);
    close(ready[1]);
    ns = timed(20000, call_step, &e);
    NEED(zx_handle_close(e.ours));
    wait(NULL);
    return ns;
}

/* ---- ports and events ---- */

static void port_step(void *arg)
{
    zx_port_packet_t packet = {.type = ZX_PKT_TYPE_USER};

    NEED(zx_port_queue(*(zx_handle_t *)arg, &packet));
    NEED(zx_port_wait(*(zx_handle_t *)arg, ZX_TIME_INFINITE, &packet));
}

static double port(void)
{
    zx_handle_t port;

    NEED(zx_port_create(0, &port));
    return timed(50000, port_step, &port);
}

static void event_step(void *arg)
{
    zx_handle_t event = *(zx_handle_t *)arg;

    NEED(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    NEED(zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL));
    NEED(zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
}

static double event(void)
{
    zx_handle_t event;

    NEED(zx_event_create(0, &event));
    return timed(50000, event_step, &event);
}

/* ---- memory ---- */

static char page[ZX_PAGE];

static void vmo_step(void *arg)
{
    zx_handle_t vmo;

    (void)arg;
    NEED(zx_vmo_create(sizeof(page), 0, &vmo));
    NEED(zx_vmo_write(vmo, page, 0, sizeof(page)));
    NEED(zx_vmo_read(vmo, page, 0, sizeof(page)));
    NEED(zx_handle_close(vmo));
}

static double vmo(void)
{
    return timed(5000, vmo_step, NULL);
}

/* The parent has its page, which the write copies. */
static zx_handle_t written_vmo(void)
{
    zx_handle_t vmo;

    NEED(zx_vmo_create(sizeof(page), 0, &vmo));
    NEED(zx_vmo_write(vmo, page, 0, sizeof(page)));
    return vmo;
}

static void clone_step(void *arg)
{
    zx_handle_t copy;

    NEED(zx_vmo_create_child(*(zx_handle_t *)arg, ZX_VMO_CHILD_SNAPSHOT, 0, sizeof(page),
                             &copy));
    NEED(zx_vmo_write(copy, page, 0, 8));
    NEED(zx_handle_close(copy));
}

static double clone_(void)
{
    zx_handle_t vmo = written_vmo();

    return timed(5000, clone_step, &vmo);
}

struct mapped {
    zx_handle_t vmar, vmo;
};

static void vmar_step(void *arg)
{
    struct mapped *m = arg;
    zx_vaddr_t at;

    NEED(zx_vmar_map(m->vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, m->vmo, 0, sizeof(page),
                     &at));
    *(volatile char *)at = 1;
    NEED(zx_vmar_unmap(m->vmar, at, sizeof(page)));
}

static double vmar(void)
{
    struct mapped m = {.vmar = zx_vmar_root_self(), .vmo = written_vmo()};

    return timed(10000, vmar_step, &m);
}

/* ---- threads and processes ---- */

static void thread_step(void *arg)
{
    static char stack[4096] __attribute__((aligned(16)));
    zx_handle_t thread;

    NEED(zx_thread_create(*(zx_handle_t *)arg, "zx", 2, 0, &thread));
    NEED(zx_thread_start(thread, (uintptr_t)zx_thread_exit, (uintptr_t)stack + sizeof(stack), 0,
                         0));
    NEED(zx_object_wait_one(thread, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL));
    NEED(zx_handle_close(thread));
}

static double thread(void)
{
    zx_handle_t process = zx_process_self();

    return timed(1000, thread_step, &process);
}

/* The child's only act is a call that the vDSO makes: that is where it starts. */
static void process_step(void *arg)
{
    zx_handle_t stack = *(zx_handle_t *)arg;
    struct native p = native_create(stack);

    NEED(zx_process_start(p.process, p.thread, native_symbol(&p, "zx_process_exit"), p.stack,
                          ZX_HANDLE_INVALID, 0));
    NEED(zx_object_wait_one(p.process, ZX_TASK_TERMINATED, ZX_TIME_INFINITE, NULL));
    native_close(&p);
}

static double process(void)
{
    zx_handle_t stack = written_vmo();

    return timed(300, process_step, &stack);
}

/* ---- the choice ---- */

static const struct {
    const char *name;
    double (*run)(void);
} tests[] = {
    {"channel", channel}, {"transfer", transfer}, {"call", call},       {"callproc", callproc},
    {"port", port},       {"event", event},       {"vmo", vmo},         {"clone", clone_},
    {"vmar", vmar},       {"thread", thread},     {"process", process},
};

int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "-s")) {
        scale = atof(argv[2]);
        argc -= 2;
        argv += 2;
    }
    if (argc == 2 && !strcmp(argv[1], "waiter")) {
        waiter();
        return 0;
    }
    for (size_t i = 0; argc == 2 && i < sizeof(tests) / sizeof(*tests); i++) {
        if (!strcmp(argv[1], tests[i].name)) {
            printf("%-10s %12.1f\n", argv[1], tests[i].run());
            return 0;
        }
    }
    fprintf(stderr, "usage: zx [-s SCALE] TEST\n");
    return 2;
}
