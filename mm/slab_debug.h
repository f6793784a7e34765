/*
 * slab_debug.h - what debug builds (TASK_DEBUG) do to an object when it changes hands: fill it,
 * and look whether anyone wrote where he should not. Under the address sanitizer a wrong access
 * is reported when it happens.
 */
#pragma once

#include "base/types.h"

#ifdef TASK_DEBUG

/* Bytes behind each object that nobody may write. */
#define SLAB_RED_ZONE 16u

/* A slot of `slot` bytes joins the free ones for the first time. */
void slab_debug_new(void *object, size_t slot);
/* Handed out: `size` bytes are its owner's. Panics if it was written while free. */
void slab_debug_alloc(void *object, size_t size, size_t slot);
/* Only the first `size` of the object's `whole` bytes were asked for. */
void slab_debug_trim(void *object, size_t size, size_t whole);
/* Returned. Panics if the red zone was written. */
void slab_debug_free(void *object, size_t size, size_t slot);
/* The link inside a free object may (not) be touched by the allocator. */
void slab_debug_link_open(void *object);
void slab_debug_link_close(void *object);
/* The memory goes back to the page allocator. */
void slab_debug_gone(void *memory, size_t size);

#else

#define SLAB_RED_ZONE 0u

static inline void slab_debug_new(void *object, size_t slot)
{
    (void)object, (void)slot;
}

static inline void slab_debug_alloc(void *object, size_t size, size_t slot)
{
    (void)object, (void)size, (void)slot;
}

static inline void slab_debug_trim(void *object, size_t size, size_t whole)
{
    (void)object, (void)size, (void)whole;
}

static inline void slab_debug_free(void *object, size_t size, size_t slot)
{
    (void)object, (void)size, (void)slot;
}

static inline void slab_debug_link_open(void *object)
{
    (void)object;
}

static inline void slab_debug_link_close(void *object)
{
    (void)object;
}

static inline void slab_debug_gone(void *memory, size_t size)
{
    (void)memory, (void)size;
}

#endif
