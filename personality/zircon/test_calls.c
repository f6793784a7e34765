/*
 * test_calls.c - zx_syscall_test_*: what arguments look like when they arrive.
 */
#include "object/event.h"
#include "personality/zircon/call.h"

/* The first `count` arguments, each a signed word of 32 bits. */
static status_t sum(struct syscall *call, unsigned count)
{
    uint32_t total = 0;

    for (unsigned i = 0; i < count; i++)
        total += (uint32_t)call->arg[i];
    call->result = (int32_t)total;
    return OK;
}

#define TEST_CALL(count)                                       \
    status_t zircon_syscall_test_##count(struct syscall *call) \
    {                                                          \
        return sum(call, count);                               \
    }

TEST_CALL(0)
TEST_CALL(1)
TEST_CALL(2)
TEST_CALL(3)
TEST_CALL(4)
TEST_CALL(5)
TEST_CALL(6)
TEST_CALL(7)
TEST_CALL(8)

/* Registers hold more than narrow arguments, and what is beyond means nothing. */
static status_t sum_unsigned(struct syscall *call)
{
    call->result = (int64_t)(call->arg[0] + (uint32_t)call->arg[1] + (uint16_t)call->arg[2] +
                             (uint8_t)call->arg[3]);
    return OK;
}

static status_t sum_signed(struct syscall *call)
{
    call->result = (int64_t)(call->arg[0] + (uint64_t)(int32_t)call->arg[1] +
                             (uint64_t)(int16_t)call->arg[2] + (uint64_t)(int8_t)call->arg[3]);
    return OK;
}

status_t zircon_syscall_test_widening_unsigned_narrow(struct syscall *call)
{
    return sum_unsigned(call);
}

status_t zircon_syscall_test_widening_unsigned_wide(struct syscall *call)
{
    return sum_unsigned(call);
}

status_t zircon_syscall_test_widening_signed_narrow(struct syscall *call)
{
    return sum_signed(call);
}

status_t zircon_syscall_test_widening_signed_wide(struct syscall *call)
{
    return sum_signed(call);
}

status_t zircon_syscall_test_wrapper(struct syscall *call)
{
    enum { MOST = 50 };

    for (unsigned i = 0; i < 3; i++)
        if ((int32_t)call->arg[i] < 0)
            return ERR_INVALID_ARGS;
    if (sum(call, 3) == OK && call->result > MOST)
        return ERR_OUT_OF_RANGE;
    return OK;
}

/* The handle is the program's only where the call does not fail. */
status_t zircon_syscall_test_handle_create(struct syscall *call)
{
    struct object *event;
    status_t st = event_create(&event);

    if (st != OK)
        return st;
    if ((int32_t)call->arg[0] == ZX_OK)
        st = call_give(call, event, event->ops->rights, call->arg[1]);
    else
        call->result = (int32_t)call->arg[0];
    object_put(event);
    return st;
}
