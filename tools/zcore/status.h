/*
 * status.h - what the front door ends with when it is not the program's own status.
 */
#pragma once

enum {
    STATUS_FAILED = 125, /* our own failure */
    STATUS_NOT_EXECUTABLE = 126,
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128, /* + the signal */
};
