/*
 * abi.cc - what compiled C++ calls by itself (Itanium C++ ABI 3.2.6, 3.3.3): guards of static
 * objects in functions, and ends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <zircon/syscalls.h>

extern "C" {

void *__dso_handle __attribute__((visibility("hidden")));

/* The guard's first byte is the compiler's: not 0 once the object is there. The word behind it
 * is ours: 0, being constructed, or being waited for as well. */
enum { FREE, BUSY, WAITED };

static uint32_t *word_of(uint64_t *guard)
{
    return reinterpret_cast<uint32_t *>(guard) + 1;
}

static bool is_ready(const uint64_t *guard)
{
    return __atomic_load_n(reinterpret_cast<const uint8_t *>(guard), __ATOMIC_ACQUIRE);
}

static void let_go(uint64_t *guard)
{
    if (__atomic_exchange_n(word_of(guard), FREE, __ATOMIC_RELEASE) == WAITED)
        zx_futex_wake(reinterpret_cast<zx_futex_t *>(word_of(guard)), UINT32_MAX);
}

/* 1: the caller constructs it. */
int __cxa_guard_acquire(uint64_t *guard)
{
    uint32_t *word = word_of(guard);

    while (!is_ready(guard)) {
        uint32_t seen = FREE;

        if (__atomic_compare_exchange_n(word, &seen, BUSY, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
            if (!is_ready(guard))
                return 1;
            let_go(guard);
            break;
        }
        if (seen == BUSY && !__atomic_compare_exchange_n(word, &seen, WAITED, false,
                                                         __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
            continue;
        zx_futex_wait(reinterpret_cast<zx_futex_t *>(word), WAITED, ZX_HANDLE_INVALID,
                      ZX_TIME_INFINITE);
    }
    return 0;
}

void __cxa_guard_release(uint64_t *guard)
{
    __atomic_store_n(reinterpret_cast<uint8_t *>(guard), 1, __ATOMIC_RELEASE);
    let_go(guard);
}

void __cxa_guard_abort(uint64_t *guard)
{
    let_go(guard);
}

[[noreturn]] void __cxa_pure_virtual()
{
    abort();
}

[[noreturn]] void __cxa_deleted_virtual()
{
    abort();
}

} // extern "C"
