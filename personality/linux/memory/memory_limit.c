/*
 * memory_limit.c - RLIMIT_AS, RLIMIT_DATA and vm.max_map_count: how much a process maps, and in
 * how many pieces (getrlimit(2), proc(5)).
 *
 * Two threads that map at once may both pass and be over the limit together, by one mapping
 * each: a lock over the whole of a call would be the price of more.
 */
#include "hal/mmu.h"
#include "personality/linux/memory/memory.h"
#include "personality/linux/process/process.h"
#include "personality/linux/sysctl.h"

static bool is_data(unsigned prot, unsigned flags)
{
    return prot & HAL_PROT_WRITE && !(flags & (MAPPING_SHARED | MAPPING_GROWS));
}

/* Bytes mapped in [base, end), or of private memory that may be written. */
static uint64_t count(struct aspace *as, user_addr_t base, user_addr_t end, bool data)
{
    struct mapping_info info;
    uint64_t sum = 0;

    for (user_addr_t at = base; at < end && aspace_next_mapping(as, at, &info) == OK;
         at = info.base + info.size) {
        user_addr_t from = MAX(info.base, base), to = MIN(info.base + info.size, end);

        vmo_put(info.vmo);
        if (from < to && (!data || is_data(info.prot, info.flags)))
            sum += to - from;
    }
    return sum;
}

uint64_t memory_data(struct aspace *as)
{
    return count(as, 0, HAL_USER_END, true);
}

static uint64_t soft_limit(struct syscall *call, unsigned resource)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    return lp->limits[resource].soft;
}

static bool fits(uint64_t have, uint64_t more, uint64_t limit)
{
    return more <= limit && have <= limit - more;
}

static bool has_too_many(struct aspace *as)
{
    SPIN_GUARD(&as->lock);

    return as->mappings > sysctl_get(SYSCTL_MAX_MAP_COUNT);
}

status_t memory_may_map(struct syscall *call, user_addr_t replaced, uint64_t size,
                        unsigned prot, unsigned flags)
{
    struct aspace *as = call->thread->user.aspace;
    uint64_t limit = soft_limit(call, RLIMIT_AS), have;

    if (has_too_many(as))
        return ERR_NO_MEMORY;
    if (limit != UINT64_MAX) {
        have = count(as, 0, HAL_USER_END, false);
        if (replaced)
            have -= count(as, replaced, replaced + size, false);
        if (!fits(have, size, limit))
            return ERR_NO_MEMORY;
    }
    limit = is_data(prot, flags) ? soft_limit(call, RLIMIT_DATA) : UINT64_MAX;
    if (limit != UINT64_MAX && !fits(memory_data(as), size, limit))
        return ERR_NO_MEMORY;
    return OK;
}

bool memory_may_break(struct syscall *call, uint64_t heap)
{
    struct linux_layout *l = &linux_process_of(call)->layout;

    return fits(heap, l->data_end - l->data_start, soft_limit(call, RLIMIT_DATA));
}
