/*
 * layout.h - where Linux puts things in an address space (x86: arch/x86/mm/mmap.c's scheme as
 * documented in mmap(2) and ASLR's in proc(5), randomize_va_space).
 *
 *     fixed images low; PIE at two thirds; brk behind the image; mmap downwards from below the
 *     vDSO and the stack, which are at the top. The distances between them are random by pages.
 */
#pragma once

#include "base/types.h"

/* Of the stack, in bytes: what it has at first, and the room kept for it to grow into. */
enum { LAYOUT_STACK_FIRST = 132 << 10, LAYOUT_STACK_MAX = 40 << 20 };

/* The end of the range that mmap fills downwards. */
user_addr_t layout_mmap_limit(void);
user_addr_t layout_pie_base(void);
user_addr_t layout_brk_base(user_addr_t image_end);
/* Between mmap's range and the stack. */
user_addr_t layout_vdso_base(void);
/* The highest address of the stack, page aligned. */
user_addr_t layout_stack_top(void);
