/*
 * rights.h - what a handle lets its holder do, and what a new handle of each type starts with
 * (zircon/rights.h of June 2020).
 */
#pragma once

#include <stdint.h>

typedef uint32_t zx_rights_t;

#define ZX_RIGHT_NONE           0u
#define ZX_RIGHT_DUPLICATE      (1u << 0)
#define ZX_RIGHT_TRANSFER       (1u << 1)
#define ZX_RIGHT_READ           (1u << 2)
#define ZX_RIGHT_WRITE          (1u << 3)
#define ZX_RIGHT_EXECUTE        (1u << 4)
#define ZX_RIGHT_MAP            (1u << 5)
#define ZX_RIGHT_GET_PROPERTY   (1u << 6)
#define ZX_RIGHT_SET_PROPERTY   (1u << 7)
#define ZX_RIGHT_ENUMERATE      (1u << 8)
#define ZX_RIGHT_DESTROY        (1u << 9)
#define ZX_RIGHT_SET_POLICY     (1u << 10)
#define ZX_RIGHT_GET_POLICY     (1u << 11)
#define ZX_RIGHT_SIGNAL         (1u << 12)
#define ZX_RIGHT_SIGNAL_PEER    (1u << 13)
#define ZX_RIGHT_WAIT           (1u << 14)
#define ZX_RIGHT_INSPECT        (1u << 15)
#define ZX_RIGHT_MANAGE_JOB     (1u << 16)
#define ZX_RIGHT_MANAGE_PROCESS (1u << 17)
#define ZX_RIGHT_MANAGE_THREAD  (1u << 18)
#define ZX_RIGHT_APPLY_PROFILE  (1u << 19)
#define ZX_RIGHT_MANAGE_SOCKET  (1u << 20)
#define ZX_RIGHT_SAME_RIGHTS    (1u << 31)

#define ZX_RIGHTS_BASIC \
    (ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT)
#define ZX_RIGHTS_IO       (ZX_RIGHT_READ | ZX_RIGHT_WRITE)
#define ZX_RIGHTS_PROPERTY (ZX_RIGHT_GET_PROPERTY | ZX_RIGHT_SET_PROPERTY)
#define ZX_RIGHTS_POLICY   (ZX_RIGHT_GET_POLICY | ZX_RIGHT_SET_POLICY)

#define ZX_DEFAULT_PROCESS_RIGHTS                                               \
    (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_ENUMERATE | \
     ZX_RIGHT_DESTROY | ZX_RIGHT_SIGNAL | ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD)
#define ZX_DEFAULT_THREAD_RIGHTS                                              \
    (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_DESTROY | \
     ZX_RIGHT_SIGNAL | ZX_RIGHT_MANAGE_THREAD)
#define ZX_DEFAULT_JOB_RIGHTS                                                        \
    (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHTS_POLICY |        \
     ZX_RIGHT_ENUMERATE | ZX_RIGHT_DESTROY | ZX_RIGHT_SIGNAL | ZX_RIGHT_MANAGE_JOB | \
     ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD)
#define ZX_DEFAULT_VMO_RIGHTS \
    (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP | ZX_RIGHT_SIGNAL)
/* Plus READ, WRITE and EXECUTE as the region's CAN_MAP_* options have them. */
#define ZX_DEFAULT_VMAR_RIGHTS (ZX_RIGHTS_BASIC & ~ZX_RIGHT_WAIT)
#define ZX_DEFAULT_CHANNEL_RIGHTS                                               \
    ((ZX_RIGHTS_BASIC & ~ZX_RIGHT_DUPLICATE) | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL | \
     ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_EVENT_RIGHTS     (ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_EVENTPAIR_RIGHTS (ZX_DEFAULT_EVENT_RIGHTS | ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_PORT_RIGHTS      ((ZX_RIGHTS_BASIC & ~ZX_RIGHT_WAIT) | ZX_RIGHTS_IO)
/* Plus READ where it was asked for. */
#define ZX_DEFAULT_LOG_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHT_WRITE | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_RESOURCE_RIGHTS \
    (ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_WRITE | ZX_RIGHT_INSPECT)
