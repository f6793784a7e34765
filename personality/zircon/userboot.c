/*
 * userboot.c - a machine that starts from a ZBI: userboot, the program inside the kernel that
 * looks into it, and the handles that it is given (uapi/zircon/userboot.h).
 */
#include "personality/zircon/userboot.h"

#include "base/string.h"
#include "object/resource.h"
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/bootstrap.h"
#include "personality/zircon/kernel_files.h"
#include "personality/zircon/load.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/vmar_flags.h"
#include "personality/zircon/zircon.h"
#include "uapi/zircon/boot.h"
#include "uapi/zircon/userboot.h"

/* The program that user/userboot was linked to; isa/ISA/userboot_image.S. */
extern const unsigned char userboot_image[], userboot_image_end[];

static koid_t userboot;               /* set before it runs; constant from then on */
static struct process *_Atomic first; /* what it started; a reference, for good */

void userboot_started(const struct process *by, struct process *p)
{
    struct process *none = NULL;

    if (by->object.koid == userboot &&
        atomic_compare_exchange_strong_explicit(&first, &none, p, memory_order_acq_rel,
                                                memory_order_relaxed))
        object_get(&p->object);
}

struct process *zircon_first_program(void)
{
    return atomic_load_explicit(&first, memory_order_acquire);
}

status_t zircon_check_zbi(struct vmo *image, uint64_t size)
{
    zbi_header_t header;
    status_t st =
        size < sizeof(header) ? ERR_NO_EXEC : vmo_read(image, 0, &header, sizeof(header), NULL);

    if (st != OK)
        return st;
    return header.type == ZBI_TYPE_CONTAINER && header.extra == ZBI_CONTAINER_MAGIC
               ? OK
               : ERR_NO_EXEC;
}

/* The handles of the message, each to be put in or given back. */
struct gathered {
    struct handle handles[USERBOOT_HANDLES];
};

static void give(struct gathered *g, enum userboot_handle i, struct object *obj,
                 rights_t rights)
{
    g->handles[i] = handle_make(obj, rights);
}

/* A VMO of the kernel's, with a name; the reference to `vmo` is consumed. */
static status_t give_vmo(struct gathered *g, enum userboot_handle i, struct vmo *vmo,
                         const char *name, rights_t rights)
{
    struct vmo_object *vo;
    status_t st = vmo_object_create(vmo, &vo);

    if (st == OK) {
        memcpy(vmo->label->name, name, strlen(name) + 1);
        give(g, i, &vo->object, rights);
        object_put(&vo->object);
    }
    vmo_put(vmo);
    return st;
}

_Static_assert(USERBOOT_INSTRUMENTATION - USERBOOT_CRASHLOG == KERNEL_FILES, "one numbering");

/* The kernel's files; empty are those that instrumented kernels leave. */
static status_t give_files(struct gathered *g)
{
    status_t st = OK;

    for (unsigned i = 0; i < KERNEL_FILES; i++)
        give(g, USERBOOT_CRASHLOG + i, &kernel_file(i)->object, KERNEL_FILE_RIGHTS);
    for (unsigned i = USERBOOT_INSTRUMENTATION; st == OK && i < USERBOOT_HANDLES; i++) {
        struct vmo *vmo;

        st = vmo_create(0, 0, &vmo);
        if (st == OK)
            st = give_vmo(g, i, vmo, "instrumentation", KERNEL_FILE_RIGHTS);
    }
    return st;
}

/* Its own copy of the image, which it may change: the file stays as it is. */
static status_t give_zbi(struct gathered *g, struct vmo *image, uint64_t size)
{
    struct vmo *copy;
    status_t st = vmo_clone(image, 0, ROUND_UP(size, PAGE_SIZE), &copy);

    return st == OK ? give_vmo(g, USERBOOT_ZBI, copy, "zbi", ZX_DEFAULT_VMO_RIGHTS) : st;
}

static status_t give_vmar(struct gathered *g, struct process *p)
{
    struct vmar_object *vmar;
    status_t st = vmar_object_create(p, p->aspace->root, &vmar);

    if (st != OK)
        return st;
    vmar->vmar->flags = VMAR_FLAGS_ALL;
    give(g, USERBOOT_VMAR_ROOT_SELF, &vmar->object, vmar_rights(VMAR_FLAGS_ALL));
    object_put(&vmar->object);
    return OK;
}

static status_t gather(struct gathered *g, struct process *p, struct vmo *image, uint64_t size)
{
    status_t st = give_vmar(g, p);

    give(g, USERBOOT_PROC_SELF, &p->object, p->object.ops->rights);
    give(g, USERBOOT_ROOT_JOB, &job_root()->object, ZX_DEFAULT_JOB_RIGHTS);
    give(g, USERBOOT_ROOT_RESOURCE, &resource_root()->object, ZX_DEFAULT_RESOURCE_RIGHTS);
    for (unsigned i = 0; i < VDSO_VARIANTS; i++)
        give(g, USERBOOT_FIRST_VDSO + i, &vdso_variant(i)->object, VDSO_RIGHTS);
    if (st == OK)
        st = give_zbi(g, image, size);
    if (st == OK)
        st = give_files(g);
    return st;
}

/* The message: handles, and the words of the command line. All handles are consumed. */
static status_t compose(struct gathered *g, const char *const words[], struct message **out)
{
    size_t size = 1;
    unsigned char *to;

    for (unsigned i = 0; words[i]; i++)
        size += strlen(words[i]) + 1;
    if (size > USERBOOT_COMMAND_LINE_MAX)
        return ERR_TOO_BIG;
    *out = message_alloc((uint32_t)size, USERBOOT_HANDLES);
    if (!*out)
        return ERR_NO_MEMORY;
    to = message_bytes(*out);
    for (; *words; words++) {
        memcpy(to, *words, strlen(*words) + 1);
        to += strlen(*words) + 1;
    }
    *to = '\0';
    memcpy((*out)->handles, g->handles, sizeof(g->handles));
    memset(g->handles, 0, sizeof(g->handles));
    return OK;
}

static status_t load(struct process *p, struct loaded *out)
{
    uint64_t size = (uint64_t)(userboot_image_end - userboot_image);
    struct vmo *vmo;
    status_t st = vmo_create(ROUND_UP(size, PAGE_SIZE), 0, &vmo);

    if (st != OK)
        return st;
    st = vmo_write(vmo, 0, userboot_image, size, NULL);
    if (st == OK)
        st = load_program(p, vmo, size, out);
    vmo_put(vmo);
    return st;
}

static status_t start(struct process *p, struct thread *t, struct gathered *g,
                      const char *const words[])
{
    struct loaded loaded;
    struct message *m;
    handle_t bootstrap;
    status_t st = load(p, &loaded);

    if (st == OK)
        st = compose(g, words, &m);
    if (st == OK)
        st = bootstrap_send(p, m, &bootstrap);
    if (st != OK)
        return st;
    user_regs_start(&t->context.regs, loaded.entry, loaded.sp, bootstrap, loaded.vdso);
    userboot = p->object.koid;
    return thread_start(t);
}

status_t zircon_start_zbi(struct vmo *image, uint64_t size, const char *const words[],
                          struct process **out)
{
    struct gathered g = {0};
    struct process *p;
    struct thread *t;
    status_t st = process_create(job_root(), "userboot", PROCESS_CALLS_ZIRCON, &p);

    if (st != OK)
        return st;
    st = thread_create(p, "userboot", &zircon_personality, &t);
    if (st == OK) {
        st = gather(&g, p, image, size);
        if (st == OK)
            st = start(p, t, &g, words);
        object_put(&t->object);
    }
    for (unsigned i = 0; i < USERBOOT_HANDLES; i++)
        handle_drop(&g.handles[i]);
    if (st == OK) {
        *out = p;
        return OK;
    }
    process_kill(p, 0); /* gives back what it has been given */
    object_put(&p->object);
    return st;
}
