/*
 * assert.h - checks that end the program and say why. Those of debugging take part where
 * ZX_DEBUGLEVEL is defined, and is more than 1.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>

/* A format of printf and its arguments. */
#define ZX_PANIC(...)        \
    do {                     \
        printf(__VA_ARGS__); \
        fflush(stdout);      \
        abort();             \
    } while (0)

#define ZX_ASSERT(x)                                                            \
    do {                                                                        \
        if (__builtin_expect(!(x), 0))                                          \
            ZX_PANIC("ASSERT FAILED at (%s:%d): %s\n", __FILE__, __LINE__, #x); \
    } while (0)

/* With a format, a string in quotes, and its arguments. */
#define ZX_ASSERT_MSG(x, ...)                                                 \
    do {                                                                      \
        if (__builtin_expect(!(x), 0)) {                                      \
            printf("ASSERT FAILED at (%s:%d): %s\n", __FILE__, __LINE__, #x); \
            printf(__VA_ARGS__);                                              \
            ZX_PANIC("\n");                                                   \
        }                                                                     \
    } while (0)

#ifdef ZX_DEBUGLEVEL
#define ZX_DEBUG_ASSERT_IMPLEMENTED (ZX_DEBUGLEVEL > 1)
#else
#define ZX_DEBUG_ASSERT_IMPLEMENTED 0
#endif

#define ZX_DEBUG_ASSERT(x)               \
    do {                                 \
        if (ZX_DEBUG_ASSERT_IMPLEMENTED) \
            ZX_ASSERT(x);                \
    } while (0)
#define ZX_DEBUG_ASSERT_MSG(x, ...)        \
    do {                                   \
        if (ZX_DEBUG_ASSERT_IMPLEMENTED)   \
            ZX_ASSERT_MSG(x, __VA_ARGS__); \
    } while (0)

/* Where they take no part, not even compiled. */
#if ZX_DEBUG_ASSERT_IMPLEMENTED
#define ZX_DEBUG_ASSERT_COND(x)          ZX_DEBUG_ASSERT(x)
#define ZX_DEBUG_ASSERT_MSG_COND(x, ...) ZX_DEBUG_ASSERT_MSG(x, __VA_ARGS__)
#else
#define ZX_DEBUG_ASSERT_COND(x)          ((void)0)
#define ZX_DEBUG_ASSERT_MSG_COND(x, ...) ((void)0)
#endif
