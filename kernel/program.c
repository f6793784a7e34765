/*
 * program.c - the first program of either personality, and what its end means.
 */
#include "kernel/program.h"

#include "base/format.h"
#include "base/string.h"
#include "fs/devfs.h"
#include "fs/file.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "kernel/machine.h"
#include "kernel/root.h"
#include "personality/linux/process/process.h"
#include "personality/linux/tty/stdio.h"
#include "personality/linux/uts.h"
#include "personality/zircon/zircon.h"

enum { STATUS_OUR_FAILURE = 125, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

static _Noreturn void fail_with(int status, const char *what, status_t st)
{
    char line[256];

    machine_console_mark();
    hal_console_write(
        line, (size_t)format(line, sizeof(line), "zcore: %.180s: %s\n", what, status_text(st)));
    hal_power_off(status);
}

static _Noreturn void fail(const char *what, status_t st)
{
    int status = STATUS_OUR_FAILURE;

    if (st == ERR_NOT_FOUND || st == ERR_NOT_DIR)
        status = STATUS_NOT_FOUND;
    else if (st == ERR_ACCESS_DENIED || st == ERR_NO_EXEC || st == ERR_NOT_FILE)
        status = STATUS_NOT_EXECUTABLE;
    fail_with(status, what, st);
}

/* A program that cannot be started; a directory that is not there is our caller's mistake. */
static _Noreturn void fail_start(const struct linux_start *start, status_t st)
{
    if (start->cwd_failed)
        fail_with(STATUS_OUR_FAILURE, start->cwd, st);
    fail(start->argv[0], st);
}

/* The end of the first program, once its terminal has shown what was written; nobody else
 * writes any more. */
struct linux_end {
    struct co co;
    struct tty *tty; /* reference, from the start on; NULL: there is none */
    int status;
    struct tty_drain drain;
};
static struct linux_end linux_end_frame;

static CO_FN(linux_end)
{
    status_t st;

    CO_CALL(st, f->drain, tty_drain, .tty = f->tty);
    (void)st; /* nothing ends that wait early */
    hal_power_off(f->status);
}
CO_END

/* As a shell reports it: the exit code, or 128 + the signal. */
static void linux_exited(uint32_t wait_status)
{
    static struct task task;
    struct linux_end *end = &linux_end_frame;

    end->status =
        wait_status & 0x7f ? 128 + (int)(wait_status & 0x7f) : (int)(wait_status >> 8 & 0xff);
    file_sync_all(SYNC_FS_WRITE);
    if (!end->tty)
        hal_power_off(end->status);
    tty_shut(end->tty);
    end->co = (struct co){.resume = linux_end};
    task_spawn(&task, "linux-end", &end->co, TASK_PRIORITY_DEFAULT, NULL, NULL);
}

static void mount_root(const struct boot_record *record, struct path *root)
{
    status_t st = root_mount(record, root);

    if (st != OK)
        fail("root file system", st);
}

static uint32_t take_id(const char **text)
{
    uint32_t id = 0;

    while (**text >= '0' && **text <= '9')
        id = id * 10 + (uint32_t)(*(*text)++ - '0');
    return id;
}

/* The option `user`: UID:GID[:GROUP,GROUP...] */
static void set_user(const char *text, struct credentials *cred)
{
    cred->uid = cred->euid = cred->suid = cred->fsuid = take_id(&text);
    text += *text == ':';
    cred->gid = cred->egid = cred->sgid = cred->fsgid = take_id(&text);
    cred->group_count = 0;
    while (*text && cred->group_count < GROUPS_MAX) {
        text++; /* : or , */
        cred->groups[cred->group_count++] = take_id(&text);
    }
}

/* What the launcher's options change of the machine's ways. */
static void apply_options(const struct boot_record *record, struct linux_start *start)
{
    const char *user = record_option(record, "user"), *name = record_option(record, "hostname");

    if (user)
        set_user(user, &start->cred);
    if (name)
        linux_set_hostname(name);
    start->cwd_needed = record_number(record, "cwd", 0) != 0;
    start->ignored = record_number(record, "ignored", 0);
}

static void start_linux(const struct boot_record *record)
{
    struct linux_start start = {.argv = record->argv,
                                .envp = record->envp,
                                .cwd = record->cwd,
                                .zircon = record_number(record, "zircon", 0) != 0,
                                .on_exit = linux_exited};
    unsigned flags = record_number(record, "tty", 1) ? 0 : STDIO_NO_TERMINAL;
    status_t st = linux_stdio_open(flags, start.stdio, &start.tty);

    if (st != OK)
        fail("standard descriptors", st);
    linux_end_frame.tty = start.tty;
    mount_root(record, &start.root); /* /dev shows the terminal, too */
    linux_stdio_place(&start.root, start.stdio);
    machine_identity(&start.cred, &start.umask);
    apply_options(record, &start);
    machine_console_mark();
    st = linux_start_program(&start);
    if (st != OK)
        fail_start(&start, st);
    for (unsigned i = 0; i < countof(start.stdio); i++)
        file_put(start.stdio[i]);
    path_put(&start.root);
}

/* The program's image, read whole from the root file system. */
static status_t open_image(const struct path *root, const char *name, struct vmo **vmo,
                           uint64_t *size)
{
    struct walk_env env = {.root = *root, .cwd = *root, .override_dac = true};
    struct inode_attr attr;
    struct path path;
    status_t st = path_walk(&env, NULL, name, 0, &path, NULL);

    if (st != OK)
        return st;
    *vmo = inode_vmo(path.dentry->inode);
    inode_attr_get(path.dentry->inode, &attr);
    *size = attr.size;
    path_put(&path);
    return *vmo ? OK : ERR_ACCESS_DENIED;
}

/*
 * The machine ends with the first program's return code. With a ZBI: when the root job has no
 * members left, with that of the program that userboot started.
 */
struct zircon_wait {
    struct co co;
    struct process *process; /* reference */
    bool zbi;
    struct object *obj; /* of the observer */
    struct observer observer;
    struct object_wait wait;
};

static bool job_is_empty(void)
{
    const signals_t empty = ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES;

    return (object_signals(&job_root()->object) & empty) == empty;
}

static int zircon_status(const struct zircon_wait *f)
{
    const struct process *p = f->zbi ? zircon_first_program() : f->process;

    return p ? (int)(p->return_code & 0xff) : STATUS_NOT_EXECUTABLE;
}

/* The next thing to wait for; false: there is nothing more. */
static bool next_wait(struct zircon_wait *f)
{
    signals_t want = ZX_TASK_TERMINATED;

    f->obj = &f->process->object;
    if (object_signals(f->obj) & ZX_TASK_TERMINATED) {
        if (!f->zbi || job_is_empty())
            return false;
        f->obj = &job_root()->object;
        want =
            object_signals(f->obj) & ZX_JOB_NO_PROCESSES ? ZX_JOB_NO_JOBS : ZX_JOB_NO_PROCESSES;
    }
    f->observer = (struct observer){.obj = f->obj, .want = want};
    return true;
}

static CO_FN(zircon_wait)
{
    status_t st;

    while (next_wait(f)) {
        object_observe(&f->observer, task);
        CO_CALL(st, f->wait, object_wait, .observer = &f->observer, .deadline = TIME_INFINITE);
        if (st != OK)
            hal_power_off(STATUS_OUR_FAILURE);
    }
    hal_power_off(zircon_status(f));
}
CO_END

/* A ZBI or a program. */
static status_t start_image(const struct boot_record *record, struct vmo *image, uint64_t size,
                            struct zircon_wait *wait)
{
    const char *const *argv = (const char *const *)record->argv;

    wait->zbi = zircon_check_zbi(image, size) == OK;
    machine_console_mark();
    if (wait->zbi)
        return zircon_start_zbi(image, size, argv + 1, &wait->process);
    return zircon_start_program(image, size, argv, (const char *const *)record->envp,
                                &wait->process);
}

static void start_zircon(const struct boot_record *record)
{
    static struct zircon_wait frame = {.co = {.resume = zircon_wait}};
    static struct task task;
    struct path root;
    struct vmo *image;
    uint64_t size;
    status_t st;

    mount_root(record, &root);
    st = open_image(&root, record->argv[0], &image, &size);
    if (st == OK) {
        st = start_image(record, image, size, &frame);
        vmo_put(image);
    }
    path_put(&root);
    if (st != OK)
        fail(record->argv[0], st);
    task_spawn(&task, "zircon-wait", &frame.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
}

void program_start(const struct boot_record *record)
{
    const char *mode = record_option(record, "mode");
    status_t st = devfs_register_memory();

    if (st != OK)
        fail("devices", st);
    if (!record->argv[0])
        fail("no program", ERR_NOT_FOUND);
    if (mode && !strcmp(mode, "zircon"))
        start_zircon(record);
    else
        start_linux(record);
}
