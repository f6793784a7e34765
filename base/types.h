/*
 * types.h - the words every other file uses: attributes, units, container_of.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* OK or one negative ERR_ code (base/status.h). Results go through out parameters. */
typedef int32_t status_t;

/* Monotonic nanoseconds since boot. Deadlines are absolute; only the outermost interface turns
 * durations into them. */
typedef int64_t time_ns_t;
#define TIME_INFINITE INT64_MAX
#define NS_PER_US     1000ll
#define NS_PER_MS     1000000ll
#define NS_PER_SEC    1000000000ll

typedef uint64_t paddr_t;  /* a physical address */
typedef uintptr_t vaddr_t; /* a kernel virtual address as a number */
typedef uint64_t
    user_addr_t; /* an address in user space: an integer, so it cannot be followed */

#define PAGE_SHIFT 12u
#define PAGE_SIZE  (1ul << PAGE_SHIFT)
#define PAGE_MASK  (PAGE_SIZE - 1)

#define MUST_USE          __attribute__((warn_unused_result))
#define UNUSED            __attribute__((unused))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

#define CONCAT_(a, b) a##b
#define CONCAT(a, b)  CONCAT_(a, b)

#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* `align` is a power of two. */
#define ROUND_DOWN(n, align) ((n) & ~((typeof(n))(align)-1))
#define ROUND_UP(n, align)   ROUND_DOWN((n) + ((typeof(n))(align)-1), align)
#define IS_ALIGNED(n, align) (((n) & ((typeof(n))(align)-1)) == 0)
#define DIV_ROUND_UP(n, by)  (((n) + (by)-1) / (by))

/* Each argument is evaluated once. Not to be nested. */
#define MIN(a, b)                          \
    ({                                     \
        typeof(a) min_a_ = (a);            \
        typeof(b) min_b_ = (b);            \
        min_a_ < min_b_ ? min_a_ : min_b_; \
    })
#define MAX(a, b)                          \
    ({                                     \
        typeof(a) max_a_ = (a);            \
        typeof(b) max_b_ = (b);            \
        max_a_ > max_b_ ? max_a_ : max_b_; \
    })

/* Typed: `ptr` must really point at that member, or it does not compile. */
#define container_of(ptr, type, member)                     \
    ({                                                      \
        const typeof(((type *)0)->member) *member_ = (ptr); \
        (type *)((char *)member_ - offsetof(type, member)); \
    })
