/*
 * mlock.c - memory that is to stay, and what is there: mlock(2) and its kin, mincore(2).
 *
 * Memory is never paged out, so to lock it is to bring it in. What is locked is counted, since
 * programs have a limit of that.
 */
#include "hal/mmu.h"
#include "personality/linux/memory/memory.h"
#include "personality/linux/process/process.h"

static struct aspace *aspace_of(struct syscall *call)
{
    return call->thread->user.aspace;
}

/* The pages of mlock's and munlock's bytes. */
static status_t lock_range(struct syscall *call, user_addr_t *base, uint64_t *size)
{
    user_addr_t end = call->arg[0] + call->arg[1];

    *base = ROUND_DOWN(call->arg[0], PAGE_SIZE);
    *size = ROUND_UP(end, PAGE_SIZE) - *base;
    return end < call->arg[0] || *base + *size < *base ? ERR_INVALID_ARGS : OK;
}

uint64_t memory_locked(struct aspace *as, user_addr_t base, user_addr_t end)
{
    struct mapping_info info;
    uint64_t total = 0;

    while (base < end && aspace_next_mapping(as, base, &info) == OK) {
        user_addr_t from = MAX(info.base, base), to = MIN(info.base + info.size, end);

        if (info.flags & MAPPING_LOCKED && from < to)
            total += to - from;
        base = info.base + info.size;
        vmo_put(info.vmo);
    }
    return total;
}

status_t memory_may_lock(struct syscall *call, uint64_t total)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    if (credentials_has(&lp->cred, CAP_IPC_LOCK))
        return OK;
    if (!lp->limits[RLIMIT_MEMLOCK].soft)
        return ERR_NOT_PERMITTED;
    return total > lp->limits[RLIMIT_MEMLOCK].soft ? ERR_NO_MEMORY : OK;
}

static status_t lock_pages(struct syscall *call, bool on_fault)
{
    struct aspace *as = aspace_of(call);
    user_addr_t base;
    uint64_t size;
    status_t st = lock_range(call, &base, &size);

    if (st == OK)
        st = memory_may_lock(call, memory_locked(as, 0, base) + size +
                                       memory_locked(as, base + size, HAL_USER_END));
    if (st == OK && size)
        st = aspace_set_flags(as, base, size, 0, MAPPING_LOCKED);
    if (st == OK && !on_fault)
        memory_populate(as, base, size, HAL_PROT_READ);
    return st;
}

status_t sys_mlock(struct syscall *call)
{
    return lock_pages(call, false);
}

status_t sys_mlock2(struct syscall *call)
{
    enum { MLOCK_ONFAULT = 1 };

    if ((uint32_t)call->arg[2] & ~(uint32_t)MLOCK_ONFAULT)
        return ERR_INVALID_ARGS;
    return lock_pages(call, call->arg[2] & MLOCK_ONFAULT);
}

status_t sys_munlock(struct syscall *call)
{
    user_addr_t base;
    uint64_t size;
    status_t st = lock_range(call, &base, &size);

    return st == OK && size ? aspace_set_flags(aspace_of(call), base, size, MAPPING_LOCKED, 0)
                            : st;
}

/* All mappings of now become locked, and are brought in, or are so no longer. */
static void lock_all(struct aspace *as, bool lock, bool bring_in)
{
    struct mapping_info info;

    for (user_addr_t at = 0; aspace_next_mapping(as, at, &info) == OK;) {
        status_t st = aspace_set_flags(as, info.base, info.size, MAPPING_LOCKED,
                                       lock ? MAPPING_LOCKED : 0);

        if (st == OK && bring_in)
            memory_populate(as, info.base, info.size, HAL_PROT_READ);
        at = info.base + info.size;
        vmo_put(info.vmo);
    }
}

status_t sys_mlockall(struct syscall *call)
{
    enum { MCL_CURRENT = 1, MCL_FUTURE = 2, MCL_ONFAULT = 4 };
    uint32_t flags = (uint32_t)call->arg[0];
    struct aspace *as = aspace_of(call);
    status_t st;

    if (!flags || flags == MCL_ONFAULT ||
        flags & ~(uint32_t)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
        return ERR_INVALID_ARGS;
    st = memory_may_lock(call, flags & MCL_CURRENT ? as->mapped_bytes : 0);
    if (st != OK)
        return st;
    aspace_set_map_flags(as, flags & MCL_FUTURE ? MAPPING_LOCKED : 0);
    if (flags & MCL_CURRENT)
        lock_all(as, true, !(flags & MCL_ONFAULT));
    return OK;
}

status_t sys_munlockall(struct syscall *call)
{
    aspace_set_map_flags(aspace_of(call), 0);
    lock_all(aspace_of(call), false, false);
    return OK;
}

/* The page of a mapping is in its VMO, or in the one that it is a view of. */
static bool is_resident(const struct mapping_info *info, user_addr_t at)
{
    uint64_t offset = info->offset + (at - info->base);
    struct vmo *vmo = info->vmo;

    if (vmo_find_page(vmo, offset >> PAGE_SHIFT, (offset >> PAGE_SHIFT) + 1, true) ==
        offset >> PAGE_SHIFT)
        return true;
    if (!vmo->parent || offset >= vmo->parent_limit)
        return false;
    offset += vmo->parent_offset;
    return vmo_find_page(vmo->parent, offset >> PAGE_SHIFT, (offset >> PAGE_SHIFT) + 1, true) ==
           offset >> PAGE_SHIFT;
}

/* The part of the range that the mapping at its beginning has, a chunk at a time. */
static status_t tell(struct syscall *call, user_addr_t *at, user_addr_t end, user_addr_t *vec)
{
    unsigned char chunk[256];
    struct mapping_info info;
    size_t n = 0;

    if (aspace_next_mapping(aspace_of(call), *at, &info) != OK)
        return ERR_NO_MEMORY;
    end = MIN(end, info.base + info.size);
    if (info.base <= *at)
        for (; n < sizeof(chunk) && *at < end; n++, *at += PAGE_SIZE)
            chunk[n] = is_resident(&info, *at);
    vmo_put(info.vmo);
    if (!n)
        return ERR_NO_MEMORY;
    *vec += n;
    return copy_to_user(&call->thread->user, *vec - n, chunk, n);
}

status_t sys_mincore(struct syscall *call)
{
    user_addr_t at = call->arg[0], end = at + ROUND_UP(call->arg[1], PAGE_SIZE),
                vec = call->arg[2];
    status_t st = OK;

    if (!IS_ALIGNED(at, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (end < at || end > HAL_USER_END)
        return ERR_NO_MEMORY;
    while (st == OK && at < end)
        st = tell(call, &at, end, &vec);
    return st;
}
