/*
 * thread.c - threads of a native program: made, joined, ended.
 */
#include "user/zircon/thread.h"

#include "user/libc/libc_internal.h"
#include "user/zircon/linked.h"

enum { PAGE = 4096, FIRST_BLOCK = 4096 };

/* The first thread's, unless its variables need more. */
static unsigned char first_block[FIRST_BLOCK] __attribute__((aligned(64)));

void *runtime_thread_libc(void)
{
    return runtime_thread_self()->libc;
}

static size_t page_up(size_t n)
{
    return (n + PAGE - 1) & ~(size_t)(PAGE - 1);
}

/* Zeroed memory with a page below it that stays empty; `*region` owns both. */
static zx_status_t map(size_t size, zx_handle_t *region, zx_vaddr_t *at)
{
    const zx_vm_option_t can =
        ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_SPECIFIC;
    zx_vaddr_t base;
    zx_handle_t vmo;
    zx_status_t st = zx_vmo_create(size, 0, &vmo);

    if (st != ZX_OK)
        return st;
    st = zx_vmar_allocate(startup_handle(PA_VMAR_ROOT), can, 0, size + PAGE, region, &base);
    if (st == ZX_OK) {
        st = zx_vmar_map(*region, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_SPECIFIC, PAGE,
                         vmo, 0, size, at);
        if (st != ZX_OK) {
            zx_vmar_destroy(*region);
            zx_handle_close(*region);
        }
    }
    zx_handle_close(vmo);
    return st;
}

zx_status_t runtime_thread_init(const struct linked *linked)
{
    zx_handle_t self = startup_handle(PA_THREAD_SELF), region = ZX_HANDLE_INVALID;
    void *memory = first_block;
    struct tls_places places;
    zx_vaddr_t at;

    tls_init(linked ? &linked->tls : NULL);
    if (tls_block_size() > sizeof(first_block)) {
        zx_status_t st = map(page_up(tls_block_size()), &region, &at);

        if (st != ZX_OK)
            return st;
        zx_handle_close(region);
        memory = (void *)at;
    }
    places = tls_block_init(memory);
    places.thread->handle = self;
    return tls_set_pointer(self, places.pointer);
}

static void give_back(struct runtime_thread *t)
{
    zx_handle_t region = t->region;

    zx_object_wait_one(t->handle, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL);
    zx_handle_close(t->handle);
    zx_vmar_destroy(region);
    zx_handle_close(region);
}

/* A detached thread takes down what it stands on. */
_Noreturn void runtime_thread_exit(void *result)
{
    struct runtime_thread *t = runtime_thread_self();
    int state = THREAD_JOINABLE;

    libc_thread_exit();
    runtime_thread_destroy_locals();
    runtime_keys_destroy(t);
    t->result = result;
    if (!atomic_compare_exchange_strong(&t->state, &state, THREAD_ENDED) && t->region) {
        zx_handle_close(t->region);
        zx_vmar_unmap_handle_close_thread_exit(startup_handle(PA_VMAR_ROOT), t->stack - PAGE,
                                               PAGE + t->stack_size + page_up(tls_block_size()),
                                               t->handle);
    }
    zx_thread_exit();
}

static _Noreturn void thread_main(void *arg)
{
    struct runtime_thread *t = arg;

    (void)tls_set_pointer(t->handle, (uintptr_t)t->result);
    t->result = NULL;
    runtime_thread_exit(t->start ? t->start(t->arg) : (void *)(intptr_t)t->start_int(t->arg));
}

static zx_status_t start(struct runtime_thread *t, const char *name)
{
    zx_status_t st =
        zx_thread_create(startup_handle(PA_PROC_SELF), name, strlen(name), 0, &t->handle);

    if (st != ZX_OK)
        return st;
    st = zx_thread_start(t->handle, (zx_vaddr_t)runtime_thread_entry, t->stack + t->stack_size,
                         (uintptr_t)thread_main, (uintptr_t)t);
    if (st != ZX_OK)
        zx_handle_close(t->handle);
    return st;
}

/* The block above the stack, in one mapping. */
static zx_status_t make(size_t stack, struct runtime_thread **out)
{
    struct tls_places places;
    zx_handle_t region;
    zx_vaddr_t at;
    zx_status_t st = map(stack + page_up(tls_block_size()), &region, &at);

    if (st != ZX_OK)
        return st;
    places = tls_block_init((void *)(at + stack));
    *out = places.thread;
    (*out)->region = region;
    (*out)->stack = at;
    (*out)->stack_size = stack;
    (*out)->result = (void *)places.pointer; /* until it runs */
    return ZX_OK;
}

zx_status_t runtime_thread_create(struct runtime_thread **out,
                                  const struct runtime_thread_options *options)
{
    zx_handle_t region;
    zx_status_t st;

    st = make(page_up(options->stack ? options->stack : RUNTIME_STACK), out);
    if (st != ZX_OK)
        return st;
    region = (*out)->region;
    (*out)->start = options->start;
    (*out)->start_int = options->start_int;
    (*out)->arg = options->arg;
    (*out)->state = options->detached ? THREAD_DETACHED : THREAD_JOINABLE;
    st = start(*out, options->name);
    if (st != ZX_OK) {
        zx_vmar_destroy(region);
        zx_handle_close(region);
    }
    return st;
}

void runtime_thread_join(struct runtime_thread *t, void **result)
{
    zx_object_wait_one(t->handle, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL);
    if (result)
        *result = t->result;
    if (t->region)
        give_back(t);
}

void runtime_thread_detach(struct runtime_thread *t)
{
    int state = THREAD_JOINABLE;

    if (!atomic_compare_exchange_strong(&t->state, &state, THREAD_DETACHED) && t->region)
        give_back(t);
}
