/*
 * fiber.c - makes and switches the stacks of fiber.h.
 */
#include "hal/sim/fiber.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/assert.h"

#define STACK_SIZE  (256u << 10) /* the sanitizer's frames are large */
#define GUARD_SIZE  PAGE_SIZE
#define SAVED_WORDS 6u /* what fiber_switch_stack pops before it returns */

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define __sanitizer_start_switch_fiber(save, bottom, size) \
    ((void)(save), (void)(bottom), (void)(size))
#define __sanitizer_finish_switch_fiber(saved, bottom, size) \
    ((void)(saved), (void)(bottom), (void)(size))
#define __asan_unpoison_memory_region(at, size) ((void)(at), (void)(size))
#endif

void fiber_switch_stack(void **save_sp, void *load_sp);

static struct fiber *came_from; /* by the latest switch */

/* On the new stack. The sanitizer tells the bounds of the old one, which for the host thread's
 * own is the only way to know them. */
static void arrived(struct fiber *self)
{
    const void *bottom = NULL;
    size_t size = 0;

    __sanitizer_finish_switch_fiber(self->shadow, &bottom, &size);
    if (!came_from->ours) {
        came_from->stack = (void *)(uintptr_t)bottom;
        came_from->size = size;
    }
}

static struct fiber *starting;

static void fiber_main(void)
{
    struct fiber *self = starting;

    arrived(self);
    self->body(self->arg);
    panic("a fiber's body returned");
}

struct fiber *fiber_create(void (*body)(void *arg), void *arg)
{
    struct fiber *fiber = calloc(1, sizeof(*fiber));
    void **top;

    assert(fiber);
    fiber->size = STACK_SIZE;
    fiber->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert(fiber->stack != MAP_FAILED);
    assert(mprotect(fiber->stack, GUARD_SIZE, PROT_NONE) == 0);
    fiber->ours = true;
    fiber->body = body;
    fiber->arg = arg;
    /* A return address, and above it one word: as after a call, the stack is off by eight. */
    top = (void **)((char *)fiber->stack + STACK_SIZE) - 2;
    *top = (void *)(uintptr_t)fiber_main;
    fiber->sp = top - SAVED_WORDS;
    return fiber;
}

void fiber_destroy(struct fiber *fiber)
{
    if (!fiber)
        return;
    __asan_unpoison_memory_region(fiber->stack, fiber->size);
    assert(munmap(fiber->stack, fiber->size) == 0);
    free(fiber);
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
    came_from = from;
    starting = to;
    __sanitizer_start_switch_fiber(&from->shadow, to->stack, to->size);
    fiber_switch_stack(&from->sp, to->sp);
    arrived(from);
}
