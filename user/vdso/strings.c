/*
 * strings.c - names of status codes and exceptions: in the vDSO, and in the library of Linux
 * programs, which has them without Zircon calls, too. In tables without pointers, which would
 * have to be relocated.
 */
#pragma GCC visibility push(default)
#include "user/sdk/include/zircon/exception.h"
#include "user/sdk/include/zircon/status.h"
#pragma GCC visibility pop

#define NAME(value)   \
    {                 \
        value, #value \
    }

static const struct {
    zx_status_t status;
    char name[32];
} status_names[] = {
    NAME(ZX_OK),
    NAME(ZX_ERR_INTERNAL),
    NAME(ZX_ERR_NOT_SUPPORTED),
    NAME(ZX_ERR_NO_RESOURCES),
    NAME(ZX_ERR_NO_MEMORY),
    NAME(ZX_ERR_INTERNAL_INTR_RETRY),
    NAME(ZX_ERR_INVALID_ARGS),
    NAME(ZX_ERR_BAD_HANDLE),
    NAME(ZX_ERR_WRONG_TYPE),
    NAME(ZX_ERR_BAD_SYSCALL),
    NAME(ZX_ERR_OUT_OF_RANGE),
    NAME(ZX_ERR_BUFFER_TOO_SMALL),
    NAME(ZX_ERR_BAD_STATE),
    NAME(ZX_ERR_TIMED_OUT),
    NAME(ZX_ERR_SHOULD_WAIT),
    NAME(ZX_ERR_CANCELED),
    NAME(ZX_ERR_PEER_CLOSED),
    NAME(ZX_ERR_NOT_FOUND),
    NAME(ZX_ERR_ALREADY_EXISTS),
    NAME(ZX_ERR_ALREADY_BOUND),
    NAME(ZX_ERR_UNAVAILABLE),
    NAME(ZX_ERR_ACCESS_DENIED),
    NAME(ZX_ERR_IO),
    NAME(ZX_ERR_IO_REFUSED),
    NAME(ZX_ERR_IO_DATA_INTEGRITY),
    NAME(ZX_ERR_IO_DATA_LOSS),
    NAME(ZX_ERR_IO_NOT_PRESENT),
    NAME(ZX_ERR_IO_OVERRUN),
    NAME(ZX_ERR_IO_MISSED_DEADLINE),
    NAME(ZX_ERR_IO_INVALID),
    NAME(ZX_ERR_BAD_PATH),
    NAME(ZX_ERR_NOT_DIR),
    NAME(ZX_ERR_NOT_FILE),
    NAME(ZX_ERR_FILE_BIG),
    NAME(ZX_ERR_NO_SPACE),
    NAME(ZX_ERR_NOT_EMPTY),
    NAME(ZX_ERR_STOP),
    NAME(ZX_ERR_NEXT),
    NAME(ZX_ERR_ASYNC),
    NAME(ZX_ERR_PROTOCOL_NOT_SUPPORTED),
    NAME(ZX_ERR_ADDRESS_UNREACHABLE),
    NAME(ZX_ERR_ADDRESS_IN_USE),
    NAME(ZX_ERR_NOT_CONNECTED),
    NAME(ZX_ERR_CONNECTION_REFUSED),
    NAME(ZX_ERR_CONNECTION_RESET),
    NAME(ZX_ERR_CONNECTION_ABORTED),
};

static const struct {
    zx_excp_type_t type;
    char name[32];
} exception_names[] = {
    NAME(ZX_EXCP_GENERAL),
    NAME(ZX_EXCP_FATAL_PAGE_FAULT),
    NAME(ZX_EXCP_UNDEFINED_INSTRUCTION),
    NAME(ZX_EXCP_SW_BREAKPOINT),
    NAME(ZX_EXCP_HW_BREAKPOINT),
    NAME(ZX_EXCP_UNALIGNED_ACCESS),
    NAME(ZX_EXCP_THREAD_STARTING),
    NAME(ZX_EXCP_THREAD_EXITING),
    NAME(ZX_EXCP_POLICY_ERROR),
    NAME(ZX_EXCP_PROCESS_STARTING),
};

static const char unknown[] = "(UNKNOWN)";

const char *_zx_status_get_string(zx_status_t status)
{
    for (unsigned i = 0; i < sizeof(status_names) / sizeof(status_names[0]); i++) {
        if (status_names[i].status == status)
            return status_names[i].name;
    }
    return unknown;
}
extern __typeof__(zx_status_get_string) zx_status_get_string
    __attribute__((weak, alias("_zx_status_get_string")));

const char *_zx_exception_get_string(zx_excp_type_t exception)
{
    for (unsigned i = 0; i < sizeof(exception_names) / sizeof(exception_names[0]); i++) {
        if (exception_names[i].type == exception)
            return exception_names[i].name;
    }
    return unknown;
}
extern __typeof__(zx_exception_get_string) zx_exception_get_string
    __attribute__((weak, alias("_zx_exception_get_string")));
