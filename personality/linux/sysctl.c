/*
 * sysctl.c - settings of the system: their values, and those that they may have.
 */
#include "personality/linux/sysctl.h"

#include "base/string.h"
#include "personality/linux/ipc/ipc.h"

struct sysctl sysctls[SYSCTL_COUNT] = {
    [SYSCTL_MAX_MAP_COUNT] = {"max_map_count", 65530, 0, INT32_MAX},
    [SYSCTL_LEASE_BREAK_TIME] = {"lease-break-time", 45, 0, INT32_MAX},
    [SYSCTL_LEASES_ENABLE] = {"leases-enable", 1, 0, 1},
    [SYSCTL_SHMMAX] = {"shmmax", UINT64_MAX - (1 << 24), 0, UINT64_MAX},
    [SYSCTL_SHMALL] = {"shmall", UINT64_MAX - (1 << 24), 0, UINT64_MAX},
    [SYSCTL_SHMMNI] = {"shmmni", 4096, 0, IPC_OBJECTS_MAX},
    [SYSCTL_SEMMNI] = {"semmni", 32000, 0, IPC_OBJECTS_MAX},
    [SYSCTL_MSGMAX] = {"msgmax", 8192, 0, INT32_MAX},
    [SYSCTL_MSGMNB] = {"msgmnb", 16384, 0, INT32_MAX},
    [SYSCTL_MSGMNI] = {"msgmni", 32000, 0, IPC_OBJECTS_MAX},
    [SYSCTL_MQ_QUEUES_MAX] = {"queues_max", 256, 0, INT32_MAX},
    [SYSCTL_MQ_MSG_MAX] = {"msg_max", 10, 1, MQ_MESSAGES_MAX},
    [SYSCTL_MQ_MSGSIZE_MAX] = {"msgsize_max", 8192, 128, MQ_MESSAGE_SIZE_MAX},
    [SYSCTL_MQ_MSG_DEFAULT] = {"msg_default", 10, 1, MQ_MESSAGES_MAX},
    [SYSCTL_MQ_MSGSIZE_DEFAULT] = {"msgsize_default", 8192, 128, MQ_MESSAGE_SIZE_MAX},
};

struct sysctl *sysctl_find(const char *name)
{
    for (size_t i = 0; i < countof(sysctls); i++)
        if (!strcmp(sysctls[i].name, name))
            return &sysctls[i];
    return NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

status_t sysctl_store(struct sysctl *s, const char *text, size_t size)
{
    const char *end = text + size;
    uint64_t value = 0;
    const char *first;

    while (text < end && is_space(*text))
        text++;
    for (first = text; text < end && *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return ERR_INVALID_ARGS;
    if (text == first || (text < end && !is_space(*text) && *text) || value < s->min ||
        value > s->max)
        return ERR_INVALID_ARGS;
    atomic_store_explicit(&s->value, value, memory_order_relaxed);
    return OK;
}
