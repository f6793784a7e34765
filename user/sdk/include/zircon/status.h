/*
 * status.h - names of status codes.
 */
#pragma once

#include "uapi/zircon/types.h"

/* "ZX_ERR_BAD_HANDLE" and so on; "(UNKNOWN)" for what is none. Static. */
const char *zx_status_get_string(zx_status_t status);
const char *_zx_status_get_string(zx_status_t status);
