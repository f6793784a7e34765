/*
 * control.h - control messages as programs give and get them (cmsg(3), unix(7)).
 */
#pragma once

#include "personality/linux/socket/socket.h"

/*
 * What `size` bytes at `from` say. ERR_INVALID_ARGS, ERR_NO_BUFFERS, ERR_BAD_FD,
 * ERR_NOT_PERMITTED, ERR_NO_PROCESS for credentials that are not the caller's.
 */
status_t control_from_user(struct syscall *call, user_addr_t from, uint64_t size,
                           struct socket_control *out) MUST_USE;

/* What a program with room for `room` bytes gets of it, as bytes on the heap. */
struct control_bytes {
    unsigned char *data; /* NULL: none */
    uint32_t size;
    bool truncated;
};
/* Opens descriptors for the files that there is room for (`fd_flags`: FD_CLOEXEC_) and lets go
 * of the rest. ERR_NO_MEMORY. */
status_t control_to_bytes(struct syscall *call, struct socket_control *control, uint64_t room,
                          unsigned fd_flags, struct control_bytes *out) MUST_USE;
/* Let go of what it holds. */
void control_free(struct socket_control *control);
