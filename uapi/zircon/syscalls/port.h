/*
 * port.h - what ports carry (zircon/syscalls/port.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* zx_object_wait_async. */
#define ZX_WAIT_ASYNC_ONCE      0u
#define ZX_WAIT_ASYNC_TIMESTAMP 1u

/* zx_port_create. */
#define ZX_PORT_BIND_TO_INTERRUPT 1u

#define ZX_PKT_TYPE_USER         0u
#define ZX_PKT_TYPE_SIGNAL_ONE   1u
#define ZX_PKT_TYPE_INTERRUPT    7u
#define ZX_PKT_TYPE_PAGE_REQUEST 9u

/* zx_packet_page_request.command. */
#define ZX_PAGER_VMO_READ     0u
#define ZX_PAGER_VMO_COMPLETE 1u
#define ZX_PAGER_VMO_DIRTY    2u

typedef union zx_packet_user {
    uint64_t u64[4];
    uint32_t u32[8];
    uint16_t u16[16];
    uint8_t c8[32];
} zx_packet_user_t;

typedef struct zx_packet_signal {
    zx_signals_t trigger; /* what was waited for */
    zx_signals_t observed;
    uint64_t count;
    zx_time_t timestamp; /* 0 unless ZX_WAIT_ASYNC_TIMESTAMP */
    uint64_t reserved1;
} zx_packet_signal_t;

typedef struct zx_packet_interrupt {
    zx_time_t timestamp;
    uint64_t reserved0, reserved1, reserved2;
} zx_packet_interrupt_t;

typedef struct zx_packet_page_request {
    uint16_t command, flags;
    uint32_t reserved0;
    uint64_t offset, length;
    uint64_t reserved1;
} zx_packet_page_request_t;

typedef struct zx_port_packet {
    uint64_t key;
    uint32_t type;
    zx_status_t status;
    union {
        zx_packet_user_t user;
        zx_packet_signal_t signal;
        zx_packet_interrupt_t interrupt;
        zx_packet_page_request_t page_request;
    };
} zx_port_packet_t;
