/*
 * compiler.h - names for what the compilers have beside the languages.
 */
#pragma once

#ifdef __cplusplus
#define __BEGIN_CDECLS extern "C" {
#define __END_CDECLS   }
#define __CONSTEXPR    constexpr
#else
#define __BEGIN_CDECLS
#define __END_CDECLS
#define __CONSTEXPR
#endif

#define likely(x)       __builtin_expect(!!(x), 1)
#define unlikely(x)     __builtin_expect(!!(x), 0)
#define __ISCONSTANT(x) __builtin_constant_p(x)
#define __UNREACHABLE   __builtin_unreachable()
#define __GET_CALLER(x) __builtin_return_address(0)
#define __GET_FRAME(x)  __builtin_frame_address(0)

#define add_overflow(a, b, c) __builtin_add_overflow(a, b, c)
#define sub_overflow(a, b, c) __builtin_sub_overflow(a, b, c)
#define mul_overflow(a, b, c) __builtin_mul_overflow(a, b, c)

#ifndef countof
#define countof(a) (sizeof(a) / sizeof((a)[0]))
#endif

/* --- attributes --- */

#define __UNUSED             __attribute__((__unused__))
#define __ALWAYS_EMIT        __attribute__((__used__))
#define __PACKED             __attribute__((__packed__))
#define __ALIGNED(x)         __attribute__((__aligned__(x)))
#define __SECTION(x)         __attribute__((__section__(x)))
#define __PURE               __attribute__((__pure__))
#define __CONST              __attribute__((__const__))
#define __MALLOC             __attribute__((__malloc__))
#define __NO_RETURN          __attribute__((__noreturn__))
#define __NO_INLINE          __attribute__((__noinline__))
#define __ALWAYS_INLINE      __attribute__((__always_inline__))
#define __NONNULL(x)         __attribute__((__nonnull__ x))
#define __WARN_UNUSED_RESULT __attribute__((__warn_unused_result__))
#define __WEAK               __attribute__((__weak__))
#define __ALIAS(x)           __attribute__((__alias__(x)))
#define __WEAK_ALIAS(x)      __attribute__((__weak__, __alias__(x)))
#define __EXPORT             __attribute__((__visibility__("default")))
#define __LOCAL              __attribute__((__visibility__("hidden")))
#define __DEPRECATE          __attribute__((__deprecated__))
#define __THREAD             __thread
#define __RESTRICT           __restrict

#define __PRINTFLIKE(format, first) __attribute__((__format__(__printf__, format, first)))
#define __SCANFLIKE(format, first)  __attribute__((__format__(__scanf__, format, first)))

#if defined(__cplusplus) && __cplusplus >= 201703L
#define __FALLTHROUGH [[fallthrough]]
#elif defined(__cplusplus) && defined(__clang__)
#define __FALLTHROUGH [[clang::fallthrough]]
#else
#define __FALLTHROUGH __attribute__((__fallthrough__))
#endif

/* --- thread safety, which clang checks in C++ where its standard library takes part --- */

#if defined(__clang__) && defined(_LIBCPP_ENABLE_THREAD_SAFETY_ANNOTATIONS)
#define __THREAD_ANNOTATION(x) __attribute__((x))
#else
#define __THREAD_ANNOTATION(x)
#endif

#define __TA_CAPABILITY(x)       __THREAD_ANNOTATION(__capability__(x))
#define __TA_SCOPED_CAPABILITY   __THREAD_ANNOTATION(__scoped_lockable__)
#define __TA_GUARDED(x)          __THREAD_ANNOTATION(__guarded_by__(x))
#define __TA_ACQUIRE(...)        __THREAD_ANNOTATION(__acquire_capability__(__VA_ARGS__))
#define __TA_ACQUIRE_SHARED(...) __THREAD_ANNOTATION(__acquire_shared_capability__(__VA_ARGS__))
#define __TA_TRY_ACQUIRE(...)    __THREAD_ANNOTATION(__try_acquire_capability__(__VA_ARGS__))
#define __TA_RELEASE(...)        __THREAD_ANNOTATION(__release_capability__(__VA_ARGS__))
#define __TA_RELEASE_SHARED(...) __THREAD_ANNOTATION(__release_shared_capability__(__VA_ARGS__))
#define __TA_REQUIRES(...)       __THREAD_ANNOTATION(__requires_capability__(__VA_ARGS__))
#define __TA_REQUIRES_SHARED(...) \
    __THREAD_ANNOTATION(__requires_shared_capability__(__VA_ARGS__))
#define __TA_EXCLUDES(...)             __THREAD_ANNOTATION(__locks_excluded__(__VA_ARGS__))
#define __TA_ASSERT(...)               __THREAD_ANNOTATION(__assert_capability__(__VA_ARGS__))
#define __TA_ACQUIRED_BEFORE(...)      __THREAD_ANNOTATION(__acquired_before__(__VA_ARGS__))
#define __TA_ACQUIRED_AFTER(...)       __THREAD_ANNOTATION(__acquired_after__(__VA_ARGS__))
#define __TA_RETURN_CAPABILITY(x)      __THREAD_ANNOTATION(__lock_returned__(x))
#define __TA_NO_THREAD_SAFETY_ANALYSIS __THREAD_ANNOTATION(__no_thread_safety_analysis__)
