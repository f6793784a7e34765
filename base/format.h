/*
 * format.h - printf's core. Conversions: d i u x X o c s p %, flags "-0+ #", width, precision,
 * '*', lengths hh h l ll z t j. No floating point.
 */
#pragma once

#include <stdarg.h>

#include "base/types.h"

/* As C's snprintf: always terminated when size > 0; the length that it would have had. */
int format_va(char *buf, size_t size, const char *format, va_list ap);
int format(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
