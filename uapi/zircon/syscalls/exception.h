/*
 * exception.h - kinds of exceptions (zircon/syscalls/exception.h).
 */
#pragma once

#define ZX_EXCP_GENERAL               0x008u
#define ZX_EXCP_FATAL_PAGE_FAULT      0x108u
#define ZX_EXCP_UNDEFINED_INSTRUCTION 0x208u
#define ZX_EXCP_SW_BREAKPOINT         0x308u
#define ZX_EXCP_HW_BREAKPOINT         0x408u
#define ZX_EXCP_UNALIGNED_ACCESS      0x508u
