/*
 * stream.h - options of the stream calls (zircon/types.h).
 */
#pragma once

/* zx_stream_create. */
#define ZX_STREAM_MODE_READ   (1u << 0)
#define ZX_STREAM_MODE_WRITE  (1u << 1)
#define ZX_STREAM_MODE_APPEND (1u << 2)

/* zx_stream_writev. */
#define ZX_STREAM_APPEND 1u

#define ZX_STREAM_SEEK_ORIGIN_START   0u
#define ZX_STREAM_SEEK_ORIGIN_CURRENT 1u
#define ZX_STREAM_SEEK_ORIGIN_END     2u
