/*
 * exception.h - names of exceptions.
 */
#pragma once

#include "uapi/zircon/syscalls/exception.h"

/* "ZX_EXCP_GENERAL" and so on; "(UNKNOWN)" for what is none. Static. */
const char *zx_exception_get_string(zx_excp_type_t exception);
const char *_zx_exception_get_string(zx_excp_type_t exception);
