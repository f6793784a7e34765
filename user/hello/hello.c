/*
 * hello.c - a tour of the kernel's objects: a program that starts itself a second time in a job
 * of its own, sends the child an event through a channel, and hears of its end through a port.
 */
#include "user/zircon/load.h"
#include "user/zircon/runtime.h"

enum { STACK_SIZE = 64 * 1024, CHILD_CODE = 42, PORT_KEY = 7 };

/* Return codes: where it went wrong. */
enum {
    FAILED_CHANNEL = 1,
    FAILED_JOB,
    FAILED_LOAD,
    FAILED_STACK,
    FAILED_MESSAGE,
    FAILED_START,
    FAILED_SEND,
    FAILED_EVENT,
    FAILED_PORT,
    FAILED_CODE,
    FAILED_CHILD_CHANNEL,
    FAILED_CHILD_READ,
    FAILED_CHILD_SIGNAL,
};

/* What the parent keeps of the child. */
struct child {
    zx_handle_t process, vmar, thread;
    zx_handle_t bootstrap; /* its end, until it is started */
    zx_vaddr_t entry, vdso, stack_top;
};

static zx_status_t create(struct child *c)
{
    zx_handle_t job;
    zx_status_t st = zx_job_create(startup_handle(PA_JOB_DEFAULT), 0, &job);

    if (st != ZX_OK)
        return st;
    st = zx_process_create(job, "child", 5, 0, &c->process, &c->vmar);
    if (st == ZX_OK)
        st = zx_thread_create(c->process, "main", 4, 0, &c->thread);
    zx_handle_close(job);
    return st;
}

/* Our own image again, and the vDSO, without which it could make no call. */
static zx_status_t load(struct child *c)
{
    struct image program, vdso;
    zx_status_t st = load_image(c->vmar, startup_handle(PA_VMO_EXECUTABLE), &program);

    if (st == ZX_OK)
        st = load_image(c->vmar, startup_handle(PA_VMO_VDSO), &vdso);
    if (st != ZX_OK)
        return st;
    c->entry = program.entry;
    c->vdso = vdso.base;
    return ZX_OK;
}

static zx_status_t make_stack(struct child *c)
{
    zx_handle_t vmo;
    zx_vaddr_t base;
    zx_status_t st = zx_vmo_create(STACK_SIZE, 0, &vmo);

    if (st != ZX_OK)
        return st;
    st = zx_vmar_map(c->vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0, STACK_SIZE, &base);
    zx_handle_close(vmo);
    c->stack_top = base + STACK_SIZE;
    return st;
}

/* The start-up message: the log, our channel's other end, what the runtime wants, and "hello
 * child" for arguments. */
static zx_status_t write_bootstrap(struct child *c, zx_handle_t channel)
{
    static const char args[] = "hello\0child";
    struct {
        zx_proc_args_t head;
        uint32_t infos[5];
        char args[sizeof(args)];
    } m = {
        .head = {.protocol = ZX_PROCARGS_PROTOCOL,
                 .version = ZX_PROCARGS_VERSION,
                 .handle_info_off = offsetof(typeof(m), infos),
                 .args_off = offsetof(typeof(m), args),
                 .args_num = 2},
        .infos = {PA_HND(PA_FD, PA_FD_USE_FOR_STDIO), PA_HND(PA_PROC_SELF, 0),
                  PA_HND(PA_VMAR_ROOT, 0), PA_HND(PA_THREAD_SELF, 0), PA_HND(PA_USER0, 0)},
    };
    const zx_handle_t given[] = {startup_handle(PA_FD), c->process, c->vmar, c->thread};
    zx_handle_t handles[5] = {[4] = channel}, ours;
    zx_status_t st = ZX_OK;

    memcpy(m.args, args, sizeof(args));
    for (unsigned i = 0; st == ZX_OK && i < 4; i++)
        st = zx_handle_duplicate(given[i], ZX_RIGHT_SAME_RIGHTS, &handles[i]);
    if (st == ZX_OK)
        st = zx_channel_create(0, &ours, &c->bootstrap);
    if (st != ZX_OK)
        return st;
    st = zx_channel_write(ours, 0, &m, sizeof(m), handles, 5);
    zx_handle_close(ours);
    return st;
}

static zx_status_t send_event(zx_handle_t channel, zx_handle_t *event)
{
    zx_handle_t copy;
    zx_status_t st = zx_event_create(0, event);

    if (st == ZX_OK)
        st = zx_handle_duplicate(*event, ZX_RIGHT_SAME_RIGHTS, &copy);
    return st == ZX_OK ? zx_channel_write(channel, 0, "take this", 9, &copy, 1) : st;
}

/* The child's end, by port; its return code. */
static zx_status_t wait_for_end(const struct child *c, int64_t *code)
{
    zx_port_packet_t packet;
    zx_info_process_t info;
    zx_handle_t port;
    zx_status_t st = zx_port_create(0, &port);

    if (st == ZX_OK)
        st = zx_object_wait_async(c->process, port, PORT_KEY, ZX_PROCESS_TERMINATED,
                                  ZX_WAIT_ASYNC_ONCE);
    if (st == ZX_OK)
        st = zx_port_wait(port, ZX_TIME_INFINITE, &packet);
    if (st != ZX_OK)
        return st;
    if (packet.key != PORT_KEY || packet.type != ZX_PKT_TYPE_SIGNAL_ONE ||
        !(packet.signal.observed & ZX_PROCESS_TERMINATED))
        return ZX_ERR_BAD_STATE;
    st = zx_object_get_info(c->process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL);
    *code = info.return_code;
    return st;
}

static int parent(void)
{
    zx_handle_t ours, theirs, event;
    struct child c;
    int64_t code;

    print("hello from Zircon");
    if (startup_handle(PA_VMO_EXECUTABLE) == ZX_HANDLE_INVALID) {
        print("no child: a program of a boot image is not given its own file");
        return 0;
    }
    if (zx_channel_create(0, &ours, &theirs) != ZX_OK)
        return FAILED_CHANNEL;
    if (create(&c) != ZX_OK)
        return FAILED_JOB;
    if (load(&c) != ZX_OK)
        return FAILED_LOAD;
    if (make_stack(&c) != ZX_OK)
        return FAILED_STACK;
    if (write_bootstrap(&c, theirs) != ZX_OK)
        return FAILED_MESSAGE;
    if (zx_process_start(c.process, c.thread, c.entry, c.stack_top, c.bootstrap, c.vdso) !=
        ZX_OK)
        return FAILED_START;
    if (send_event(ours, &event) != ZX_OK)
        return FAILED_SEND;
    if (zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL) != ZX_OK)
        return FAILED_EVENT;
    print("the child has signalled the event");
    if (wait_for_end(&c, &code) != ZX_OK)
        return FAILED_PORT;
    print_number("the child has ended with code %", code);
    return code == CHILD_CODE ? 0 : FAILED_CODE;
}

static int child(void)
{
    zx_handle_t channel = startup_handle(PA_USER0), event;
    uint32_t size, count;
    char text[16];

    print("hello from the child");
    if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) != ZX_OK)
        return FAILED_CHILD_CHANNEL;
    if (zx_channel_read(channel, 0, text, &event, sizeof(text), 1, &size, &count) != ZX_OK ||
        count != 1)
        return FAILED_CHILD_READ;
    if (zx_object_signal(event, 0, ZX_EVENT_SIGNALED) != ZX_OK)
        return FAILED_CHILD_SIGNAL;
    return CHILD_CODE;
}

int main(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "child") == 0 ? child() : parent();
}
