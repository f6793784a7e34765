/*
 * zx_process.c - native processes of the smallest kind, and how much of the kernel's memory
 * their threads take that wait.
 */
#include <fcntl.h>
#include <lib/fdio/io.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zircon/process.h>
#include <zircon/syscalls.h>

#include "bench/zx.h"
#include "uapi/zcore/hybrid.h"
#include "user/zircon/load.h"
#include "user/zircon/symbol.h"

unsigned long getauxval(unsigned long type); /* its header has another set of ELF's names */

struct native native_create(zx_handle_t stack)
{
    struct image vdso;
    struct native p;

    NEED(zx_process_create(zx_job_default(), "zx", 2, 0, &p.process, &p.vmar));
    NEED(load_image(p.vmar, zx_vdso_vmo(), &vdso));
    p.vdso = vdso.base;
    NEED(zx_vmar_map(p.vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, stack, 0, ZX_PAGE,
                     &p.stack));
    p.stack += ZX_PAGE;
    NEED(zx_thread_create(p.process, "zx", 2, 0, &p.thread));
    return p;
}

void native_close(struct native *p)
{
    NEED(zx_handle_close(p->thread));
    NEED(zx_handle_close(p->vmar));
    NEED(zx_handle_close(p->process));
}

zx_vaddr_t native_symbol(const struct native *p, const char *name)
{
    uint64_t ours = getauxval(AT_ZCORE_ZIRCON_VDSO);
    struct dynamic image;

    dynamic_of_image(ours, &image);
    return symbol_find(ours, &image, name) - ours + p->vdso;
}

/*
 * The code of a thread that waits: argument 1 is an event, argument 2 zx_object_wait_one. What
 * it pushes first is the event, by which we learn its value in the process.
 */
extern const char wait_code[];
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
__asm__(".pushsection .text\n"
        "wait_code:\n"
        "push %rdi\n"
        "mov %rsi, %rax\n"
        "mov $8, %esi\n" /* ZX_EVENT_SIGNALED */
        "movabs $0x7fffffffffffffff, %rdx\n"
        "xor %ecx, %ecx\n"
        "call *%rax\n"
        "ud2\n"
        ".popsection");
_Static_assert(ZX_EVENT_SIGNALED == 8, "wait_code");

/* Where the code is in a process that has this program mapped, not linked. */
static zx_vaddr_t map_code(zx_handle_t vmar)
{
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct image program;
    zx_handle_t vmo;

    NEED(fdio_get_vmo_exec(self, &vmo));
    NEED(load_image(vmar, vmo, &program));
    NEED(zx_handle_close(vmo));
    close(self);
    return program.base + (zx_vaddr_t)(wait_code - __ehdr_start);
}

static void until_blocked(zx_handle_t thread)
{
    zx_info_thread_t info = {0};

    while (info.state != ZX_THREAD_STATE_BLOCKED_WAIT_ONE)
        NEED(zx_object_get_info(thread, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
}

/* Starts the process's first thread; the event's value in it. */
static zx_handle_t start_first(struct native *p, zx_vaddr_t code, zx_handle_t stack)
{
    zx_handle_t event;

    NEED(zx_event_create(0, &event));
    NEED(zx_process_start(p->process, p->thread, code, p->stack, event,
                          native_symbol(p, "zx_object_wait_one")));
    until_blocked(p->thread);
    NEED(zx_vmo_read(stack, &event, ZX_PAGE - sizeof(uint64_t), sizeof(event)));
    return event;
}

static double counter(const char *name)
{
    FILE *file = fopen("/proc/zcore", "r");
    char found[64];
    double value;

    while (file && fscanf(file, "%63s %lf", found, &value) == 2) {
        if (!strcmp(found, name)) {
            fclose(file);
            return value;
        }
    }
    need(ZX_ERR_NOT_FOUND, name);
    return 0;
}

enum { WAITERS = 1000 };

/* The threads share a stack, for none comes back from its call. */
void waiter(void)
{
    static zx_handle_t threads[WAITERS];
    zx_handle_t stack, event;
    double memory[3], registers;
    struct native p;
    zx_vaddr_t code;

    NEED(zx_vmo_create(ZX_PAGE, 0, &stack));
    p = native_create(stack);
    code = map_code(p.vmar);
    event = start_first(&p, code, stack);
    memory[0] = counter("slab_bytes");
    registers = counter("register_bytes");
    for (int i = 0; i < WAITERS; i++)
        NEED(zx_thread_create(p.process, "zx", 2, 0, &threads[i]));
    memory[1] = counter("slab_bytes");
    registers = counter("register_bytes") - registers;
    for (int i = 0; i < WAITERS; i++)
        NEED(zx_thread_start(threads[i], code, p.stack - 64, event,
                             native_symbol(&p, "zx_object_wait_one")));
    for (int i = 0; i < WAITERS; i++)
        until_blocked(threads[i]);
    memory[2] = counter("slab_bytes");
    printf("waiter %.1f\n", (memory[2] - memory[0] - registers) / WAITERS);
    printf("wait %.1f\n", (memory[2] - memory[1]) / WAITERS);
    printf("registers %.1f\n", registers / WAITERS);
    NEED(zx_task_kill(p.process));
}
