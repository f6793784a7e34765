/*
 * exception.h - kinds of exceptions, and what a handler and a debugger are told of one
 * (zircon/syscalls/exception.h of June 2020).
 */
#pragma once

#include "uapi/zircon/types.h"

typedef uint32_t zx_excp_type_t;

/* Of the machine. */
#define ZX_EXCP_GENERAL               0x008u
#define ZX_EXCP_FATAL_PAGE_FAULT      0x108u
#define ZX_EXCP_UNDEFINED_INSTRUCTION 0x208u
#define ZX_EXCP_SW_BREAKPOINT         0x308u
#define ZX_EXCP_HW_BREAKPOINT         0x408u
#define ZX_EXCP_UNALIGNED_ACCESS      0x508u

/* Of the kernel's making. */
#define ZX_EXCP_SYNTH            0x8000u
#define ZX_EXCP_THREAD_STARTING  0x8008u
#define ZX_EXCP_THREAD_EXITING   0x8108u
#define ZX_EXCP_POLICY_ERROR     0x8208u
#define ZX_EXCP_PROCESS_STARTING 0x8308u

#define ZX_EXCP_IS_ARCH(type) (((type)&ZX_EXCP_SYNTH) == 0)

/* zx_task_create_exception_channel. */
#define ZX_EXCEPTION_CHANNEL_DEBUGGER (1u << 0)

#define ZX_EXCEPTION_CHANNEL_TYPE_NONE         0u
#define ZX_EXCEPTION_CHANNEL_TYPE_DEBUGGER     1u
#define ZX_EXCEPTION_CHANNEL_TYPE_THREAD       2u
#define ZX_EXCEPTION_CHANNEL_TYPE_PROCESS      3u
#define ZX_EXCEPTION_CHANNEL_TYPE_JOB          4u
#define ZX_EXCEPTION_CHANNEL_TYPE_JOB_DEBUGGER 5u

/* ZX_PROP_EXCEPTION_STATE: what becomes of the thread when the exception is closed. */
#define ZX_EXCEPTION_STATE_TRY_NEXT    0u
#define ZX_EXCEPTION_STATE_HANDLED     1u
#define ZX_EXCEPTION_STATE_THREAD_EXIT 2u

/* ZX_PROP_EXCEPTION_STRATEGY */
#define ZX_EXCEPTION_STRATEGY_FIRST_CHANCE  0u
#define ZX_EXCEPTION_STRATEGY_SECOND_CHANCE 1u

/* The bytes of a message of an exception channel, whose one handle is the exception. */
typedef struct zx_exception_info {
    zx_koid_t pid, tid;
    zx_excp_type_t type;
    uint8_t padding[4];
} zx_exception_info_t;

typedef struct zx_exception_header {
    uint32_t size; /* of the whole report */
    zx_excp_type_t type;
} zx_exception_header_t;

typedef struct zx_x86_64_exc_data {
    uint64_t vector, err_code, cr2;
} zx_x86_64_exc_data_t;

typedef struct zx_riscv64_exc_data {
    uint64_t cause, tval, padding;
} zx_riscv64_exc_data_t;

/* ZX_INFO_THREAD_EXCEPTION_REPORT */
typedef struct zx_exception_report {
    zx_exception_header_t header;
    struct zx_exception_context {
        union {
            zx_x86_64_exc_data_t x86_64;
            zx_riscv64_exc_data_t riscv_64;
        } arch;
    } context; /* zero for what is of the kernel's making */
} zx_exception_report_t;
