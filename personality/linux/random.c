/*
 * random.c - getrandom(2). The source is always ready, so nothing ever waits for it.
 */
#include "hal/boot.h"
#include "personality/linux/calls.h"
#include "personality/linux/process/process.h"
#include "personality/linux/user_data.h"
#include "uapi/linux/fcntl.h"

status_t sys_getrandom(struct syscall *call)
{
    uint64_t size = MIN(call->arg[1], IO_BYTES_MAX), done = 0;
    uint32_t flags = (uint32_t)call->arg[2];
    unsigned char bytes[256];
    status_t st = OK;

    if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE) ||
        (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
        return ERR_INVALID_ARGS;
    while (st == OK && done < size) {
        size_t part = MIN(size - done, sizeof(bytes));

        hal_entropy(bytes, part);
        st = copy_to_user(&call->thread->user, call->arg[0] + done, bytes, part);
        if (st == OK)
            done += part;
    }
    /* A page that has to be brought in: what precedes it is drawn again. */
    if (st == ERR_USER_PAGE || (st != OK && !done))
        return st;
    call->result = (int64_t)done;
    return OK;
}
