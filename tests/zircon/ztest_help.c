/*
 * ztest_help.c - what the cases use: handles, threads, child processes.
 */
#include "tests/zircon/ztest.h"
#include "user/zircon/load.h"

zx_handle_t ztest_process(void)
{
    return startup_handle(PA_PROC_SELF);
}

zx_handle_t ztest_root_vmar(void)
{
    return startup_handle(PA_VMAR_ROOT);
}

zx_handle_t ztest_job(void)
{
    return startup_handle(PA_JOB_DEFAULT);
}

zx_handle_t ztest_root_resource(void)
{
    return startup_handle(PA_RESOURCE);
}

zx_time_t ztest_after(zx_duration_t duration)
{
    return zx_deadline_after(duration);
}

static zx_info_handle_basic_t basic(zx_handle_t handle)
{
    zx_info_handle_basic_t info = {0};

    if (zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL) !=
        ZX_OK)
        info.koid = 0;
    return info;
}

zx_koid_t ztest_koid(zx_handle_t handle)
{
    return basic(handle).koid;
}

zx_rights_t ztest_rights(zx_handle_t handle)
{
    return basic(handle).rights;
}

zx_info_task_runtime_t ztest_runtime(zx_handle_t task)
{
    zx_info_task_runtime_t info = {-1, -1};

    EXPECT_OK(zx_object_get_info(task, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL));
    return info;
}

zx_handle_t ztest_without(zx_handle_t handle, zx_rights_t rights)
{
    zx_handle_t copy = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_handle_duplicate(handle, ztest_rights(handle) & ~rights, &copy));
    return copy;
}

/* ---- threads ---- */

static zx_status_t map_stack(zx_handle_t vmar, zx_vaddr_t *base)
{
    zx_handle_t vmo;
    zx_status_t st = zx_vmo_create(ZTEST_STACK, 0, &vmo);

    if (st != ZX_OK)
        return st;
    st = zx_vmar_map(vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0, ZTEST_STACK, base);
    zx_handle_close(vmo);
    return st;
}

static _Noreturn void thread_main(void *arg)
{
    struct ztest_thread *t = arg;

    t->fn(t->arg);
    zx_thread_exit();
}

zx_status_t ztest_thread_start(struct ztest_thread *t, void (*fn)(void *arg), void *arg)
{
    zx_status_t st;

    *t = (struct ztest_thread){.fn = fn, .arg = arg};
    st = map_stack(ztest_root_vmar(), &t->stack);
    if (st == ZX_OK)
        st = zx_thread_create(ztest_process(), "ztest", 5, 0, &t->handle);
    if (st == ZX_OK)
        st = zx_thread_start(t->handle, (zx_vaddr_t)runtime_thread_entry,
                             t->stack + ZTEST_STACK, (uintptr_t)thread_main, (uintptr_t)t);
    return st;
}

void ztest_thread_join(struct ztest_thread *t)
{
    EXPECT_OK(zx_object_wait_one(t->handle, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_handle_close(t->handle));
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), t->stack, ZTEST_STACK));
}

/* ---- child processes ---- */

enum { NAME_MAX = 64, MESSAGE_HANDLES = 6 };

struct child_message {
    zx_proc_args_t head;
    uint32_t infos[MESSAGE_HANDLES];
    char args[sizeof("ztest\0--child") + NAME_MAX];
};

static const uint32_t infos[MESSAGE_HANDLES] = {
    PA_HND(PA_FD, PA_FD_USE_FOR_STDIO), PA_HND(PA_PROC_SELF, 0), PA_HND(PA_VMAR_ROOT, 0),
    PA_HND(PA_JOB_DEFAULT, 0),          PA_HND(PA_USER0, 0),     PA_HND(PA_THREAD_SELF, 0),
};

static zx_status_t copy_of(zx_handle_t handle, zx_handle_t *out)
{
    return zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, out);
}

/* The start-up message into `to`, with the child's end of our channel. */
static zx_status_t write_message(struct ztest_child *c, zx_handle_t job, const char *name,
                                 zx_handle_t to)
{
    static const char first[] = "ztest\0--child";
    struct child_message m = {
        .head = {.protocol = ZX_PROCARGS_PROTOCOL,
                 .version = ZX_PROCARGS_VERSION,
                 .handle_info_off = offsetof(struct child_message, infos),
                 .args_off = offsetof(struct child_message, args),
                 .args_num = 3},
    };
    zx_handle_t handles[MESSAGE_HANDLES] = {0};
    zx_status_t st;

    memcpy(m.infos, infos, sizeof(infos));
    memcpy(m.args, first, sizeof(first));
    memcpy(m.args + sizeof(first), name, strlen(name) + 1);
    st = copy_of(startup_handle(PA_FD), &handles[0]);
    if (st == ZX_OK)
        st = copy_of(c->process, &handles[1]);
    if (st == ZX_OK)
        st = copy_of(c->vmar, &handles[2]);
    if (st == ZX_OK)
        st = copy_of(job, &handles[3]);
    if (st == ZX_OK)
        st = copy_of(c->thread, &handles[5]);
    if (st == ZX_OK)
        st = zx_channel_create(0, &c->channel, &handles[4]);
    if (st == ZX_OK)
        st = zx_channel_write(to, 0, &m, sizeof(m), handles, MESSAGE_HANDLES);
    return st;
}

zx_status_t ztest_child_create(struct ztest_child *c, zx_handle_t job, const char *name)
{
    zx_status_t st = strlen(name) < NAME_MAX ? ZX_OK : ZX_ERR_INVALID_ARGS;

    *c = (struct ztest_child){0};
    if (st == ZX_OK)
        st = zx_process_create(job, name, strlen(name), 0, &c->process, &c->vmar);
    if (st == ZX_OK)
        st = zx_thread_create(c->process, "main", 4, 0, &c->thread);
    if (st == ZX_OK)
        st = load_image(c->vmar, startup_handle(PA_VMO_EXECUTABLE), &c->program);
    if (st == ZX_OK)
        st = load_image(c->vmar, startup_handle(PA_VMO_VDSO), &c->vdso);
    if (st == ZX_OK)
        st = map_stack(c->vmar, &c->stack);
    if (st == ZX_OK)
        st = zx_channel_create(0, &c->bootstrap, &c->starter);
    if (st == ZX_OK)
        st = write_message(c, job, name, c->starter);
    return st;
}

zx_status_t ztest_child_start(struct ztest_child *c)
{
    zx_handle_t bootstrap = c->bootstrap;

    c->bootstrap = ZX_HANDLE_INVALID;
    return zx_process_start(c->process, c->thread, c->program.entry, c->stack + ZTEST_STACK,
                            bootstrap, c->vdso.base);
}

int ztest_child_run(struct ztest_child *c, zx_handle_t job, const char *name)
{
    zx_status_t st = ztest_child_create(c, job, name);

    if (st == ZX_OK)
        st = ztest_child_start(c);
    EXPECT_OK(st);
    return st == ZX_OK;
}

int64_t ztest_child_join(struct ztest_child *c)
{
    zx_info_process_t info = {.return_code = -1};
    const zx_handle_t handles[] = {c->process, c->thread,    c->vmar,
                                   c->channel, c->bootstrap, c->starter};

    EXPECT_OK(zx_object_wait_one(c->process, ZX_PROCESS_TERMINATED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_object_get_info(c->process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_OK(zx_handle_close_many(handles, sizeof(handles) / sizeof(handles[0])));
    return info.return_code;
}
