/*
 * analyzer.h - what becomes of a handle argument, for clang's static analyzer.
 */
#pragma once

#if defined(__clang_analyzer__)
#define ZX_HANDLE_ACQUIRE __attribute__((acquire_handle("Fuchsia")))
#define ZX_HANDLE_RELEASE __attribute__((release_handle("Fuchsia")))
#define ZX_HANDLE_USE     __attribute__((use_handle("Fuchsia")))
#else
#define ZX_HANDLE_ACQUIRE /* the caller gets it */
#define ZX_HANDLE_RELEASE /* it is the caller's no more */
#define ZX_HANDLE_USE     /* it stays the caller's */
#endif
