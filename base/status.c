/*
 * status.c - the functions of status.h, generated from base/status.def.
 */
#include "base/status.h"

const char *status_text(status_t st)
{
    switch (st) {
#define STATUS(name, number, zircon, error, text) \
    case name:                                    \
        return text;
#include "base/status.def"
#undef STATUS
    default:
        return "unknown status";
    }
}

int status_to_errno(status_t st)
{
    switch (st) {
#define STATUS(name, number, zircon, error, text) \
    case name:                                    \
        return error;
#include "base/status.def"
#undef STATUS
    default:
        return 5; /* EIO */
    }
}

status_t status_to_zircon(status_t st)
{
    switch (st) {
#define STATUS(name, number, zircon, error, text) \
    case name:                                    \
        return zircon;
#include "base/status.def"
#undef STATUS
    default:
        return ERR_INTERNAL;
    }
}

struct errno_row {
    int error;
    status_t status;
};

/* Searched from the front. Where several codes share an errno, the one that a host or a device
 * means comes first; for all others the order of the list decides. */
static const struct errno_row rows[] = {
    {5, ERR_IO},           /* EIO */
    {9, ERR_BAD_FD},       /* EBADF */
    {11, ERR_SHOULD_WAIT}, /* EAGAIN */
    {16, ERR_UNAVAILABLE}, /* EBUSY */
    {38, ERR_NO_SYSCALL},  /* ENOSYS */
#define STATUS(name, number, zircon, error, text) {error, name},
#include "base/status.def"
#undef STATUS
};

status_t status_from_errno(int error)
{
    for (size_t i = 0; i < countof(rows); i++)
        if (rows[i].error == error)
            return rows[i].status;
    return ERR_IO;
}
