/*
 * tls.h - the block of a thread: its thread-local variables beside its struct runtime_thread,
 * as the machine's ABI has them (ELF Handling For Thread-Local Storage, variants I and II).
 */
#pragma once

#include "user/zircon/thread.h"

struct tls_shape {
    size_t size, align; /* of the variables; a power of two */
};

/* Where they are in a block that begins at `at`. */
struct tls_places {
    uintptr_t variables, pointer;
    struct runtime_thread *thread;
};

/* The variables of a program or a library, as they begin. */
struct tls_module {
    const void *image;
    size_t size; /* the rest, as far as the shape goes, is zero */
    intptr_t at; /* from the thread pointer */
};

enum { TLS_MODULES_MAX = 16 };

/* All that a block has: the program's first. */
struct tls_layout {
    struct tls_shape shape;
    struct tls_module modules[TLS_MODULES_MAX];
    unsigned count;
};

/* More variables, of the image that begins at `base`; where they are. An image without any is
 * nowhere. */
intptr_t tls_layout_add(struct tls_layout *layout, uintptr_t base);

/* One implementation a machine. `one` is added to the shape; where it is, from the pointer. */
intptr_t tls_append(struct tls_shape *all, const struct tls_shape *one);
uintptr_t tls_pointer(void);
/* Offsets in tables of libraries are less by this. */
extern const intptr_t tls_bias;
struct tls_places tls_place(const struct tls_shape *shape, uintptr_t at);
/* Of the thread `handle`, which is the caller. */
zx_status_t tls_set_pointer(zx_handle_t handle, uintptr_t pointer);

static inline uintptr_t tls_round_up(uintptr_t n, size_t align)
{
    return (n + align - 1) & ~(uintptr_t)(align - 1);
}

/* Of the thread pointer. */
static inline size_t tls_block_align(const struct tls_shape *shape)
{
    return shape->align < 16 ? 16 : shape->align;
}

/* Before all of these: what the linker has laid out, or NULL: there is only the program. */
void tls_init(const struct tls_layout *layout);

/* Bytes for a block wherever it begins, and the block: variables as the program has them. The
 * memory is zero. */
size_t tls_block_size(void);
struct tls_places tls_block_init(void *memory);
