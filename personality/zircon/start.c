/*
 * start.c - the first program of a Zircon system: a process, its image, and the message in
 * which it finds its handles, arguments and environment (uapi/zircon/processargs.h).
 */
#include "base/string.h"
#include "object/channel.h"
#include "object/debuglog.h"
#include "object/resource.h"
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/bootstrap.h"
#include "personality/zircon/kernel_files.h"
#include "personality/zircon/load.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/vmar_flags.h"
#include "personality/zircon/zircon.h"
#include "uapi/zircon/processargs.h"

#define EXECUTABLE_RIGHTS ((ZX_DEFAULT_VMO_RIGHTS & ~ZX_RIGHT_WRITE) | ZX_RIGHT_EXECUTE)

enum { HANDLES = 8 + KERNEL_FILES };

/* What goes into the message. Objects are references, given back by start_put. */
struct start {
    struct process *process;
    struct thread *thread;
    struct {
        struct object *obj;
        rights_t rights;
        uint32_t info;
    } handles[HANDLES];
    unsigned count;
};

static void add(struct start *s, struct object *obj, rights_t rights, uint32_t info)
{
    s->handles[s->count].obj = obj;
    s->handles[s->count].rights = rights;
    s->handles[s->count++].info = info;
}

static void start_put(struct start *s)
{
    for (unsigned i = 0; i < s->count; i++)
        object_put(s->handles[i].obj);
}

static status_t add_memory(struct start *s, struct vmo *image)
{
    struct vmar_object *vmar;
    struct vmo_object *executable;
    status_t st = vmar_object_create(s->process, s->process->aspace->root, &vmar);

    if (st != OK)
        return st;
    vmar->vmar->flags = VMAR_FLAGS_ALL;
    add(s, &vmar->object, vmar_rights(VMAR_FLAGS_ALL), PA_HND(PA_VMAR_ROOT, 0));
    add(s, object_get(&vdso_vmo()->object), VDSO_RIGHTS, PA_HND(PA_VMO_VDSO, 0));
    st = vmo_object_create(image, &executable);
    if (st == OK)
        add(s, &executable->object, EXECUTABLE_RIGHTS, PA_HND(PA_VMO_EXECUTABLE, 0));
    return st;
}

static status_t gather(struct start *s, struct vmo *image)
{
    struct object *process = &s->process->object, *thread = &s->thread->object, *log;
    status_t st;

    add(s, object_get(process), process->ops->rights, PA_HND(PA_PROC_SELF, 0));
    add(s, object_get(thread), thread->ops->rights, PA_HND(PA_THREAD_SELF, 0));
    add(s, object_get(&job_root()->object), ZX_DEFAULT_JOB_RIGHTS, PA_HND(PA_JOB_DEFAULT, 0));
    add(s, object_get(&resource_root()->object), ZX_DEFAULT_RESOURCE_RIGHTS,
        PA_HND(PA_RESOURCE, 0));
    for (unsigned i = 0; i < KERNEL_FILES; i++)
        add(s, object_get(&kernel_file(i)->object), KERNEL_FILE_RIGHTS,
            PA_HND(PA_VMO_KERNEL_FILE, i));
    st = add_memory(s, image);
    if (st == OK)
        st = debuglog_create(DEBUGLOG_WRITE_ONLY, &log);
    if (st == OK)
        add(s, log, log->ops->rights, PA_HND(PA_FD, PA_FD_USE_FOR_STDIO));
    return st;
}

static uint32_t strings_count(const char *const strings[])
{
    uint32_t count = 0;

    while (strings[count])
        count++;
    return count;
}

static size_t strings_size(const char *const strings[])
{
    size_t size = 0;

    for (; *strings; strings++)
        size += strlen(*strings) + 1;
    return size;
}

static unsigned char *put_strings(unsigned char *to, const char *const strings[])
{
    for (; *strings; strings++) {
        size_t size = strlen(*strings) + 1;

        memcpy(to, *strings, size);
        to += size;
    }
    return to;
}

/* Header, handle infos, arguments, environment. */
static status_t compose(const struct start *s, const char *const argv[],
                        const char *const envp[], struct message **out)
{
    zx_proc_args_t head = {
        .protocol = ZX_PROCARGS_PROTOCOL,
        .version = ZX_PROCARGS_VERSION,
        .handle_info_off = sizeof(head),
        .args_off = (uint32_t)(sizeof(head) + s->count * sizeof(uint32_t)),
        .args_num = strings_count(argv),
        .environ_num = strings_count(envp),
    };
    size_t size = head.args_off + strings_size(argv);
    unsigned char *to;

    head.environ_off = (uint32_t)size;
    size += strings_size(envp);
    if (size > ZX_CHANNEL_MAX_MSG_BYTES)
        return ERR_TOO_BIG;
    *out = message_alloc((uint32_t)size, s->count);
    if (!*out)
        return ERR_NO_MEMORY;

    to = message_bytes(*out);
    memcpy(to, &head, sizeof(head));
    to += sizeof(head);
    for (unsigned i = 0; i < s->count; i++, to += sizeof(uint32_t)) {
        memcpy(to, &s->handles[i].info, sizeof(uint32_t));
        (*out)->handles[i] = handle_make(s->handles[i].obj, s->handles[i].rights);
    }
    put_strings(put_strings(to, argv), envp);
    return OK;
}

status_t bootstrap_send(struct process *p, struct message *m, handle_t *out)
{
    struct object *ours, *theirs;
    struct handle our_handle, their_handle;
    status_t st = channel_create(&ours, &theirs);

    if (st != OK) {
        message_free(m);
        return st;
    }
    our_handle = handle_make(ours, ours->ops->rights);
    their_handle = handle_make(theirs, theirs->ops->rights);
    st = channel_write(ours, m);
    if (st != OK)
        message_free(m);
    if (st == OK)
        st = handle_insert(&p->handles, &their_handle, out);
    handle_drop(&their_handle);
    handle_drop(&our_handle);
    object_put(ours);
    object_put(theirs);
    return st;
}

static status_t start(struct start *s, struct vmo *image, uint64_t size,
                      const char *const argv[], const char *const envp[])
{
    struct loaded loaded;
    struct message *m;
    handle_t bootstrap;
    status_t st = load_program(s->process, image, size, &loaded);

    if (st == OK)
        st = gather(s, image);
    if (st == OK)
        st = compose(s, argv, envp, &m);
    if (st == OK)
        st = bootstrap_send(s->process, m, &bootstrap);
    if (st != OK)
        return st;
    user_regs_start(&s->thread->context.regs, loaded.entry, loaded.sp, bootstrap, loaded.vdso);
    return thread_start(s->thread);
}

/* The file's, without its folders. */
static const char *program_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash ? slash + 1 : path ? path : "program";
}

status_t zircon_start_program(struct vmo *image, uint64_t size, const char *const argv[],
                              const char *const envp[], struct process **out)
{
    const char *name = program_name(argv[0]);
    struct start s = {0};
    status_t st = process_create(job_root(), name, PROCESS_CALLS_ZIRCON, &s.process);

    if (st != OK)
        return st;
    st = thread_create(s.process, name, &zircon_personality, &s.thread);
    if (st == OK) {
        st = start(&s, image, size, argv, envp);
        object_put(&s.thread->object);
    }
    start_put(&s);
    if (st == OK) {
        *out = s.process;
        return OK;
    }
    process_kill(s.process, 0); /* gives back what it has been given */
    object_put(&s.process->object);
    return st;
}
