/*
 * slab_debug.c - fills and checks slots; see slab_debug.h.
 *
 * A slot is [object: size][red zone and padding: slot - size]. While free, its first word is
 * the allocator's link and all the rest is FREE_FILL.
 */
#include "mm/slab_debug.h"

#ifdef TASK_DEBUG

#include "base/assert.h"
#include "base/string.h"

#define FREE_FILL 0x6bu /* as an address: non-canonical, so following it faults */
#define NEW_FILL  0xcdu
#define RED_FILL  0xbbu

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

static void expect_fill(const unsigned char *at, size_t size, unsigned char fill,
                        const void *object, const char *what)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != fill)
            panic("object %p: %s, byte %zu is %#x", object, what,
                  (size_t)(at + i - (const unsigned char *)object), at[i]);
}

void slab_debug_new(void *object, size_t slot)
{
    memset(object, FREE_FILL, slot);
    ASAN_POISON_MEMORY_REGION(object, slot);
}

void slab_debug_alloc(void *object, size_t size, size_t slot)
{
    unsigned char *p = object;

    ASAN_UNPOISON_MEMORY_REGION(object, slot);
    expect_fill(p + sizeof(void *), slot - sizeof(void *), FREE_FILL, object,
                "written after it was freed");
    memset(p, NEW_FILL, size);
    memset(p + size, RED_FILL, slot - size);
    ASAN_POISON_MEMORY_REGION(p + size, slot - size);
}

void slab_debug_trim(void *object, size_t size, size_t whole)
{
    size = MAX(size, 1ul); /* the first byte tells a second free */
    ASAN_POISON_MEMORY_REGION((unsigned char *)object + size, whole - size);
}

void slab_debug_free(void *object, size_t size, size_t slot)
{
    unsigned char *p = object;

    (void)*(volatile unsigned char *)p; /* the sanitizer reports a second free here */
    ASAN_UNPOISON_MEMORY_REGION(object, slot);
    expect_fill(p + size, slot - size, RED_FILL, object, "written behind its end, or not ours");
    slab_debug_new(object, slot);
}

void slab_debug_link_open(void *object)
{
    ASAN_UNPOISON_MEMORY_REGION(object, sizeof(void *));
}

void slab_debug_link_close(void *object)
{
    ASAN_POISON_MEMORY_REGION(object, sizeof(void *));
}

void slab_debug_gone(void *memory, size_t size)
{
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
}

#endif
