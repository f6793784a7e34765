/*
 * processargs.h - the message in which a new process finds its handles, arguments and
 * environment (zircon/processargs.h).
 *
 * Offsets count from the start of the message. handle_info is one word per handle of the
 * message, made by PA_HND; arguments and environment are strings packed one after another, each
 * ended by NUL.
 */
#pragma once

#include <stdint.h>

#define ZX_PROCARGS_PROTOCOL 0x4150585du
#define ZX_PROCARGS_VERSION  0x1000u

typedef struct zx_proc_args {
    uint32_t protocol, version;
    uint32_t handle_info_off;
    uint32_t args_off, args_num;
    uint32_t environ_off, environ_num;
    uint32_t names_off, names_num;
} zx_proc_args_t;

#define PA_HND(type, arg) (((type)&0xffu) | (((arg)&0xffffu) << 16))
#define PA_HND_TYPE(info) ((info)&0xffu)
#define PA_HND_ARG(info)  (((info) >> 16) & 0xffffu)

#define PA_PROC_SELF         0x01u
#define PA_THREAD_SELF       0x02u
#define PA_JOB_DEFAULT       0x03u
#define PA_VMAR_ROOT         0x04u
#define PA_VMAR_LOADED       0x05u
#define PA_LDSVC_LOADER      0x10u
#define PA_VMO_VDSO          0x11u
#define PA_VMO_STACK         0x13u
#define PA_VMO_EXECUTABLE    0x14u
#define PA_VMO_BOOTDATA      0x1au
#define PA_VMO_BOOTFS        0x1bu
#define PA_VMO_KERNEL_FILE   0x1cu
#define PA_NS_DIR            0x20u
#define PA_FD                0x30u
#define PA_LIFECYCLE         0x3au
#define PA_DIRECTORY_REQUEST 0x3bu
#define PA_RESOURCE          0x3fu
#define PA_CLOCK_UTC         0x40u
#define PA_USER0             0xf0u
#define PA_USER1             0xf1u
#define PA_USER2             0xf2u

/* In the argument of PA_FD: this descriptor is to be 0, 1 and 2. */
#define PA_FD_USE_FOR_STDIO 0x8000u
