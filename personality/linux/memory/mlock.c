/*
 * mlock.c - memory that is to stay, and what is there: mlock(2) and its kin, mincore(2).
 *
 * Memory is never paged out, so to lock it is to bring it in, and to unlock it is nothing.
 */
#include "hal/mmu.h"
#include "personality/linux/memory/memory.h"
#include "personality/linux/process/process.h"

enum { RLIMIT_MEMLOCK = 8 };

static struct aspace *aspace_of(struct syscall *call)
{
    return call->thread->user.aspace;
}

/* The pages of mlock's and munlock's bytes, all of which must be mapped. */
static status_t lock_range(struct syscall *call, user_addr_t *base, uint64_t *size)
{
    user_addr_t end = call->arg[0] + call->arg[1];

    *base = ROUND_DOWN(call->arg[0], PAGE_SIZE);
    *size = ROUND_UP(end, PAGE_SIZE) - *base;
    if (end < call->arg[0] || *base + *size < *base)
        return ERR_INVALID_ARGS;
    return memory_all_mapped(aspace_of(call), *base, *size) ? OK : ERR_NO_MEMORY;
}

/* RLIMIT_MEMLOCK, of each call: what was locked before is not counted. */
static status_t check_limit(struct syscall *call, uint64_t size)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    if (credentials_privileged(&lp->cred))
        return OK;
    if (!lp->limits[RLIMIT_MEMLOCK].soft)
        return ERR_NOT_PERMITTED;
    return size > lp->limits[RLIMIT_MEMLOCK].soft ? ERR_NO_MEMORY : OK;
}

static status_t lock_pages(struct syscall *call, bool on_fault)
{
    user_addr_t base;
    uint64_t size;
    status_t st = check_limit(call, call->arg[1]);

    if (st == OK)
        st = lock_range(call, &base, &size);
    if (st == OK && !on_fault)
        memory_populate(aspace_of(call), base, size, HAL_PROT_READ);
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

    return lock_range(call, &base, &size);
}

/* What is there stays; what comes later does as well. */
status_t sys_mlockall(struct syscall *call)
{
    enum { MCL_CURRENT = 1, MCL_FUTURE = 2, MCL_ONFAULT = 4 };
    uint32_t flags = (uint32_t)call->arg[0];

    if (!flags || flags == MCL_ONFAULT ||
        flags & ~(uint32_t)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
        return ERR_INVALID_ARGS;
    return check_limit(call, 0);
}

status_t sys_munlockall(struct syscall *call UNUSED)
{
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
