/*
 * suites.c - a first program that runs all programs in test/ of BOOTFS, one after another, and
 * says how each ended. So one start of a machine serves many.
 */
#include "uapi/zircon/boot.h"
#include "uapi/zircon/syscalls/object.h"
#include "user/zircon/load.h"
#include "user/zircon/stack.h"

enum { STACK = 256 * 1024, HANDLES = 10 };

static const char folder[] = "test/";

struct child {
    zx_handle_t process, thread, vmar, executable;
};

struct message {
    zx_proc_args_t head;
    uint32_t infos[HANDLES];
    char name[ZBI_BOOTFS_MAX_NAME_LEN];
};

static zx_status_t send(zx_handle_t channel, const struct child *c, const char *name)
{
    static const uint32_t infos[HANDLES] = {
        PA_HND(PA_PROC_SELF, 0),       PA_HND(PA_THREAD_SELF, 0),
        PA_HND(PA_JOB_DEFAULT, 0),     PA_HND(PA_RESOURCE, 0),
        PA_HND(PA_VMAR_ROOT, 0),       PA_HND(PA_VMO_VDSO, 0),
        PA_HND(PA_VMO_EXECUTABLE, 0),  PA_HND(PA_FD, PA_FD_USE_FOR_STDIO),
        PA_HND(PA_VMO_KERNEL_FILE, 1), PA_HND(PA_VMO_KERNEL_FILE, 2),
    };
    const zx_handle_t from[HANDLES] = {
        c->process,
        c->thread,
        startup_handle(PA_JOB_DEFAULT),
        startup_handle(PA_RESOURCE),
        c->vmar,
        startup_handle(PA_VMO_VDSO),
        c->executable,
        startup_handle(PA_FD),
        startup_handle(PA_HND(PA_VMO_KERNEL_FILE, 1)),
        startup_handle(PA_HND(PA_VMO_KERNEL_FILE, 2)),
    };
    struct message m = {.head = {.protocol = ZX_PROCARGS_PROTOCOL,
                                 .version = ZX_PROCARGS_VERSION,
                                 .handle_info_off = offsetof(struct message, infos),
                                 .args_off = offsetof(struct message, name),
                                 .args_num = 1}};
    zx_handle_t handles[HANDLES];
    zx_status_t st = ZX_OK;

    memcpy(m.infos, infos, sizeof(infos));
    memcpy(m.name, name, strlen(name) + 1);
    m.head.environ_off = sizeof(m);
    for (unsigned i = 0; st == ZX_OK && i < HANDLES; i++)
        st = zx_handle_duplicate(from[i], ZX_RIGHT_SAME_RIGHTS, &handles[i]);
    return st == ZX_OK ? zx_channel_write(channel, 0, &m, sizeof(m), handles, HANDLES) : st;
}

static zx_status_t map_stack(zx_handle_t vmar, zx_vaddr_t *sp)
{
    zx_handle_t vmo;
    zx_vaddr_t base;
    zx_status_t st = zx_vmo_create(STACK, 0, &vmo);

    if (st != ZX_OK)
        return st;
    st = zx_vmar_map(vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0, STACK, &base);
    zx_handle_close(vmo);
    *sp = initial_sp(base + STACK);
    return st;
}

static zx_status_t start(struct child *c, const char *name)
{
    struct image program, vdso;
    zx_handle_t ours, theirs;
    zx_vaddr_t sp;
    zx_status_t st = zx_process_create(startup_handle(PA_JOB_DEFAULT), name, strlen(name), 0,
                                       &c->process, &c->vmar);

    if (st == ZX_OK)
        st = zx_thread_create(c->process, name, strlen(name), 0, &c->thread);
    if (st == ZX_OK)
        st = load_image(c->vmar, c->executable, &program);
    if (st == ZX_OK)
        st = load_image(c->vmar, startup_handle(PA_VMO_VDSO), &vdso);
    if (st == ZX_OK)
        st = map_stack(c->vmar, &sp);
    if (st == ZX_OK)
        st = zx_channel_create(0, &ours, &theirs);
    if (st == ZX_OK)
        st = send(ours, c, name);
    if (st == ZX_OK)
        st = zx_process_start(c->process, c->thread, program.entry, sp, theirs, vdso.base);
    zx_handle_close(ours);
    return st;
}

/* The code that it ended with, or why it could not be run. */
static int64_t run(const char *name, zx_handle_t executable)
{
    struct child c = {.executable = executable};
    zx_info_process_t info = {0};
    zx_status_t st = start(&c, name);

    if (st == ZX_OK)
        st = zx_object_wait_one(c.process, ZX_TASK_TERMINATED, ZX_TIME_INFINITE, NULL);
    if (st == ZX_OK)
        st = zx_object_get_info(c.process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL);
    zx_handle_close(c.thread);
    zx_handle_close(c.vmar);
    zx_handle_close(c.process);
    return st == ZX_OK ? info.return_code : st;
}

static zx_status_t open(const zbi_bootfs_dirent_t *entry, zx_handle_t *out)
{
    zx_handle_t vmo;
    zx_status_t st =
        zx_vmo_create_child(startup_handle(PA_VMO_BOOTFS), ZX_VMO_CHILD_SNAPSHOT,
                            entry->data_off, (entry->data_len + 4095) & ~4095u, &vmo);

    if (st == ZX_OK)
        st = zx_handle_replace(vmo, ZX_DEFAULT_VMO_RIGHTS & ~ZX_RIGHT_WRITE, &vmo);
    return st == ZX_OK ? zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID, out) : st;
}

static void run_entry(const zbi_bootfs_dirent_t *entry, const char *name)
{
    char line[ZBI_BOOTFS_MAX_NAME_LEN + 32];
    zx_handle_t executable;
    zx_status_t st;

    memcpy(line, "suite ", 6);
    memcpy(line + 6, name, strlen(name) + 1);
    print(line);
    st = open(entry, &executable);
    print_number("ended %", st == ZX_OK ? run(name, executable) : st);
    if (st == ZX_OK)
        zx_handle_close(executable);
}

int main(int argc, char **argv)
{
    zx_handle_t bootfs = startup_handle(PA_VMO_BOOTFS);
    zbi_bootfs_header_t header;
    zbi_bootfs_dirent_t entry;
    char name[ZBI_BOOTFS_MAX_NAME_LEN];
    uint64_t at = sizeof(header), end;

    (void)argc, (void)argv;
    if (zx_vmo_read(bootfs, &header, 0, sizeof(header)) != ZX_OK)
        return 1;
    for (end = at + header.dirsize; at < end; at += ZBI_BOOTFS_DIRENT_SIZE(entry.name_len)) {
        if (zx_vmo_read(bootfs, &entry, at, sizeof(entry)) != ZX_OK ||
            zx_vmo_read(bootfs, name, at + sizeof(entry), entry.name_len) != ZX_OK)
            return 1;
        if (!memcmp(name, folder, sizeof(folder) - 1))
            run_entry(&entry, name + sizeof(folder) - 1);
    }
    return 0;
}
