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

/* One implementation a machine. */
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

/* Bytes for a block wherever it begins, and the block: variables as the program has them. The
 * memory is zero. */
size_t tls_block_size(void);
struct tls_places tls_block_init(void *memory);
