/*
 * status.h - the status codes of base/status.def as constants, with their texts and numbers.
 */
#pragma once

#include "base/types.h"

enum {
#define STATUS(name, number, zircon, error, text) name = (number),
#include "base/status.def"
#undef STATUS
};

/* The text of a code, for logs. Never NULL. */
const char *status_text(status_t st);
/* Linux's errno, positive; 0 for OK. An unknown code is EIO's. */
int status_to_errno(status_t st);
/* The code that stands for a host's or a device's errno (positive); ERR_IO for an unknown one.
 */
status_t status_from_errno(int error);
/* What a Zircon program sees. */
status_t status_to_zircon(status_t st);
