/*
 * control.c - control messages: SCM_RIGHTS and SCM_CREDENTIALS, in and out.
 */
#include "personality/linux/socket/control.h"

#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/rights.h"

enum { CONTROL_BYTES_MAX = 20480 /* net.core.optmem_max */, CMSG_ALIGN = 8 };

void control_free(struct socket_control *control)
{
    rights_drop(control->rights);
    control->rights = NULL;
}

/* Several messages of rights add up: room for `count` files beside those that are there. */
static status_t make_room(struct socket_control *control, unsigned count)
{
    struct socket_rights *old = control->rights, *rights;
    unsigned there = old ? old->count : 0;

    if (count > SCM_MAX_FD - there)
        return ERR_INVALID_ARGS;
    rights = rights_new(there + count);
    if (!rights)
        return ERR_NO_MEMORY;
    if (old) {
        memcpy(rights->files, old->files, there * sizeof(old->files[0]));
        rights->count = there;
        kfree(old);
    }
    control->rights = rights;
    return OK;
}

static status_t add_rights(struct syscall *call, struct socket_control *control,
                           const char *data, size_t size)
{
    size_t count = size / sizeof(int32_t);
    struct socket_rights *rights;
    status_t made;
    int32_t fd;

    if (!count)
        return OK;
    made = make_room(control, (unsigned)MIN(count, (size_t)SCM_MAX_FD + 1));
    if (made != OK)
        return made;
    rights = control->rights;
    for (size_t i = 0; i < count; i++) {
        status_t st;

        memcpy(&fd, data + i * sizeof(fd), sizeof(fd));
        st = call_fd_get_any(call, fd, &rights->files[rights->count]);
        if (st != OK)
            return st;
        rights->count++;
    }
    return OK;
}

static bool is_own(const struct linux_process *lp, const struct ucred *c)
{
    const struct credentials *cred = &lp->cred;

    return credentials_has(cred, CAP_SYS_ADMIN) ||
           (c->pid == lp->pid &&
            (c->uid == cred->uid || c->uid == cred->euid || c->uid == cred->suid) &&
            (c->gid == cred->gid || c->gid == cred->egid || c->gid == cred->sgid));
}

static status_t check_credentials(struct syscall *call, const struct ucred *c)
{
    struct linux_process *lp = linux_process_of(call), *named;

    {
        SPIN_GUARD(&lp->lock);
        if (!is_own(lp, c))
            return ERR_NOT_PERMITTED;
    }
    named = linux_process_find(c->pid);
    if (!named)
        return ERR_NO_PROCESS;
    linux_process_put(named);
    return OK;
}

static status_t set_credentials(struct syscall *call, struct socket_control *control,
                                const char *data, size_t size)
{
    if (size != sizeof(control->credentials))
        return ERR_INVALID_ARGS;
    memcpy(&control->credentials, data, size);
    control->has_credentials = true;
    return check_credentials(call, &control->credentials);
}

static status_t parse_one(struct syscall *call, struct socket_control *control,
                          const struct cmsghdr *header, const char *data)
{
    size_t size = header->cmsg_len - sizeof(*header);

    if (header->cmsg_level != SOL_SOCKET)
        return OK;
    switch (header->cmsg_type) {
    case SCM_RIGHTS:
        return add_rights(call, control, data, size);
    case SCM_CREDENTIALS:
        return set_credentials(call, control, data, size);
    default:
        return ERR_INVALID_ARGS;
    }
}

static status_t parse(struct syscall *call, const char *bytes, size_t size,
                      struct socket_control *out)
{
    struct cmsghdr header;
    status_t st = OK;

    for (size_t at = 0; st == OK && size - at >= sizeof(header);) {
        memcpy(&header, bytes + at, sizeof(header));
        if (header.cmsg_len < sizeof(header) || header.cmsg_len > size - at)
            return ERR_INVALID_ARGS;
        st = parse_one(call, out, &header, bytes + at + sizeof(header));
        at += MIN(ROUND_UP(header.cmsg_len, CMSG_ALIGN), size - at);
    }
    return st;
}

status_t control_from_user(struct syscall *call, user_addr_t from, uint64_t size,
                           struct socket_control *out)
{
    char *bytes;
    status_t st;

    if (size > CONTROL_BYTES_MAX)
        return ERR_NO_BUFFERS;
    bytes = kmalloc(size);
    if (!bytes)
        return ERR_NO_MEMORY;
    st = copy_from_user(&call->thread->user, bytes, from, size);
    if (st == OK)
        st = parse(call, bytes, size, out);
    kfree(bytes);
    if (st != OK)
        control_free(out);
    return st;
}

/* One message after those that are there, cut to the room that is left. */
static void add_message(struct control_bytes *out, uint64_t room, int32_t type,
                        const void *data, size_t size)
{
    struct cmsghdr header = {sizeof(header) + size, SOL_SOCKET, type};
    uint64_t left = room - out->size;

    if (left < sizeof(header)) {
        out->truncated = true;
        return;
    }
    if (header.cmsg_len > left) {
        out->truncated = true;
        header.cmsg_len = left;
    }
    memcpy(out->data + out->size, &header, sizeof(header));
    memcpy(out->data + out->size + sizeof(header), data, header.cmsg_len - sizeof(header));
    out->size += (uint32_t)MIN(ROUND_UP(header.cmsg_len, CMSG_ALIGN), left);
}

/* Descriptors for as many files as there is room and numbers for. */
static unsigned open_rights(struct syscall *call, struct socket_rights *rights, uint64_t left,
                            unsigned fd_flags, int32_t *fds)
{
    unsigned opened = 0;

    while (opened < rights->count &&
           left >= sizeof(struct cmsghdr) + (opened + 1) * sizeof(fds[0]) &&
           call_fd_install(call, rights->files[opened], fd_flags, &fds[opened]) == OK)
        opened++;
    return opened;
}

static void add_opened(struct syscall *call, struct socket_rights *rights, uint64_t room,
                       unsigned fd_flags, struct control_bytes *out)
{
    int32_t fds[SCM_MAX_FD];
    unsigned opened = open_rights(call, rights, room - out->size, fd_flags, fds);

    if (opened)
        add_message(out, room, SCM_RIGHTS, fds, opened * sizeof(fds[0]));
    if (opened < rights->count)
        out->truncated = true;
}

status_t control_to_bytes(struct syscall *call, struct socket_control *control, uint64_t room,
                          unsigned fd_flags, struct control_bytes *out)
{
    enum {
        MOST = 2 * (sizeof(struct cmsghdr) + CMSG_ALIGN) + sizeof(struct ucred) +
               SCM_MAX_FD * sizeof(int32_t)
    };
    status_t st = OK;

    *out = (struct control_bytes){0};
    if (!control->rights && !control->has_credentials)
        return OK;
    room = MIN(room, (uint64_t)MOST);
    if (room) {
        out->data = kzalloc(room);
        st = out->data ? OK : ERR_NO_MEMORY;
    }
    if (st == OK && control->has_credentials)
        add_message(out, room, SCM_CREDENTIALS, &control->credentials,
                    sizeof(control->credentials));
    if (st == OK && control->rights)
        add_opened(call, control->rights, room, fd_flags, out);
    control_free(control);
    return st;
}
