/*
 * address.c - socket addresses from and to user memory.
 */
#include "object/thread.h"
#include "personality/linux/socket/socket.h"

status_t socket_address_from_user(struct syscall *call, user_addr_t from, int32_t size,
                                  struct socket_address *out)
{
    if (size < 0 || size > SOCKADDR_MAX)
        return ERR_INVALID_ARGS;
    out->size = (uint32_t)size;
    out->family = AF_UNSPEC;
    return size ? copy_from_user(&call->thread->user, out->bytes, from, out->size) : OK;
}

status_t socket_address_to_user(struct syscall *call, const struct socket_address *address,
                                user_addr_t to, user_addr_t size_addr)
{
    struct user_access *ua = &call->thread->user;
    int32_t room;
    status_t st = copy_from_user(ua, &room, size_addr, sizeof(room));

    if (st == OK && room < 0)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = copy_to_user(ua, to, address->bytes, MIN((uint32_t)room, address->size));
    return st == OK ? copy_to_user(ua, size_addr, &address->size, sizeof(address->size)) : st;
}

CO_FN(socket_address_copy)
{
    status_t st;

    while ((st = socket_address_to_user(f->call, f->address, f->to, f->size_addr)) ==
           ERR_USER_PAGE) {
        THREAD_PAGE_IN(st, f->call->thread);
        if (st != OK)
            CO_RETURN(ERR_FAULT);
    }
    CO_RETURN(st);
}
CO_END
