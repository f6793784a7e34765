/*
 * inotify.h - what inotify(7) adds to the events of fs/notify.h.
 */
#pragma once

#include <stdint.h>

#define IN_UNMOUNT     0x00002000u
#define IN_Q_OVERFLOW  0x00004000u
#define IN_IGNORED     0x00008000u
#define IN_ONLYDIR     0x01000000u
#define IN_DONT_FOLLOW 0x02000000u
#define IN_EXCL_UNLINK 0x04000000u
#define IN_MASK_CREATE 0x10000000u
#define IN_MASK_ADD    0x20000000u
#define IN_ONESHOT     0x80000000u

struct inotify_event {
    int32_t wd;
    uint32_t mask, cookie;
    uint32_t len; /* of the name that follows, with its NULs; 0: no name */
};
