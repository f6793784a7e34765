/*
 * memory.c - mmap, munmap, mprotect, brk, madvise and their kin.
 */
#include "personality/linux/memory/memory.h"
#include "fs/file.h"
#include "fs/mount.h"
#include "fs/seal.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/memory/layout.h"
#include "personality/linux/process/exec.h"

enum { PROT_ALL = HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXEC };

/* mmap(2), the generic numbers. */
enum {
    MAP_SHARED = 0x1,
    MAP_PRIVATE = 0x2,
    MAP_SHARED_VALIDATE = 0x3,
    MAP_TYPE = 0xf,
    MAP_FIXED = 0x10,
    MAP_ANONYMOUS = 0x20,
    MAP_32BIT = 0x40,
    MAP_LOCKED = 0x2000,
    MAP_POPULATE = 0x8000,
    MAP_FIXED_NOREPLACE = 0x100000,
};
#define PROT_GROWSDOWN 0x01000000u
#define PROT_GROWSUP   0x02000000u

static struct aspace *aspace_of(struct syscall *call)
{
    return call->thread->user.aspace;
}

/* Linux's errno for what the VMAR says. */
static status_t map_status(status_t st)
{
    return st == ERR_OUT_OF_RANGE ? ERR_NO_MEMORY : st;
}

static void set_place(struct vmar_map_args *args, user_addr_t addr, uint64_t flags)
{
    args->addr = addr;
    if (flags & MAP_FIXED_NOREPLACE)
        args->place = PLACE_EXACT;
    else if (flags & MAP_FIXED)
        args->place = PLACE_OVERWRITE;
    else
        args->place = addr ? PLACE_HINT : PLACE_ANY;
    args->limit = flags & MAP_32BIT ? 1ull << 31 : layout_mmap_limit();
    if (args->place == PLACE_HINT)
        args->addr = ROUND_DOWN(MAX(addr, (user_addr_t)HAL_USER_BASE), PAGE_SIZE);
}

/* What mapping `file` needs of its open mode (mmap(2), EACCES). */
static status_t check_file(struct file *file, unsigned prot, bool shared, unsigned *max_prot)
{
    unsigned mode = atomic_load(&file->flags);

    if (mode & FILE_PATH)
        return ERR_BAD_FD;
    if (!(mode & FILE_READ))
        return ERR_ACCESS_DENIED;
    *max_prot = PROT_ALL;
    if (file->path.mount && mount_has(file->path.mount, MOUNT_NOEXEC)) {
        if (prot & HAL_PROT_EXEC)
            return ERR_NOT_PERMITTED;
        *max_prot &= ~(unsigned)HAL_PROT_EXEC;
    }
    if (shared && !(mode & FILE_WRITE)) {
        if (prot & HAL_PROT_WRITE)
            return ERR_ACCESS_DENIED;
        *max_prot &= ~(unsigned)HAL_PROT_WRITE;
    }
    return OK;
}

/* The VMO behind a file, or for a private mapping a clone of the part that is mapped. */
static status_t file_vmo(struct aspace *as, struct file *file, uint64_t offset, bool shared,
                         struct vmar_map_args *args)
{
    struct vmo *vmo, *from;
    status_t st = file_mmap(file, offset, args->size, &vmo);

    if (st != OK)
        return st;
    args->vmo = vmo;
    args->vmo_offset = offset;
    if (shared)
        return OK;
    from = HAL_PATCHES_TEXT && args->prot & HAL_PROT_EXEC && args->place == PLACE_OVERWRITE
               ? aspace_text(as, vmo, offset, args->addr)
               : vmo_get(vmo);
    vmo_put(vmo);
    st = vmo_clone(from, offset, args->size, &args->vmo);
    args->vmo_offset = 0;
    vmo_put(from);
    return st;
}

/* `*sealable`: the inode that map_end is due for, a reference, or NULL. */
static status_t map_file(struct syscall *call, struct vmar_map_args *args, bool shared,
                         struct inode **sealable)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[4], &file);

    if (st != OK)
        return st;
    st = check_file(file, args->prot, shared, &args->max_prot);
    if (st == OK)
        st = file_vmo(aspace_of(call), file, call->arg[5], shared, args);
    if (st == OK)
        args->origin = mapping_origin_get(file_mapping_origin(file));
    if (st == OK && shared && file->inode) {
        st = seal_map_begin(file->inode, args->prot, &args->max_prot);
        if (st == OK)
            *sealable = inode_get(file->inode);
        else
            vmo_put(args->vmo);
    }
    if (st != OK)
        mapping_origin_put(args->origin);
    file_put(file);
    return st;
}

static void map_end(struct inode *sealable, const struct vmar_map_args *args)
{
    if (sealable)
        seal_map_end(sealable, args->max_prot);
    inode_put(sealable);
}

void memory_populate(struct aspace *as, user_addr_t base, uint64_t size, unsigned prot)
{
    for (uint64_t at = 0; at < size; at += PAGE_SIZE)
        if (try_vm_fault(as, base + at,
                         prot & HAL_PROT_WRITE ? HAL_PROT_WRITE : HAL_PROT_READ) != OK)
            return;
}

static status_t mmap_check(struct syscall *call, bool *shared)
{
    uint64_t size = call->arg[1], flags = call->arg[3], type = flags & MAP_TYPE;

    if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
        return ERR_INVALID_ARGS;
    if (!size || !IS_ALIGNED(call->arg[5], PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) && !IS_ALIGNED(call->arg[0], PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (size > HAL_USER_END)
        return ERR_NO_MEMORY;
    if (call->arg[5] + ROUND_UP(size, PAGE_SIZE) < call->arg[5])
        return ERR_OVERFLOW;
    *shared = type != MAP_PRIVATE;
    return OK;
}

/* MAP_LOCKED, and what mlockall said of new mappings; `*lock`: it is to be locked. */
static status_t check_lock(struct syscall *call, uint64_t size, bool *lock)
{
    struct aspace *as = aspace_of(call);
    status_t st;

    *lock = call->arg[3] & MAP_LOCKED || as->map_flags & MAPPING_LOCKED;
    if (!*lock)
        return OK;
    st = memory_may_lock(call, memory_locked(as, 0, HAL_USER_END) + size);
    return st == ERR_NO_MEMORY ? ERR_SHOULD_WAIT : st;
}

status_t sys_mmap(struct syscall *call)
{
    struct vmar_map_args args = {.size = ROUND_UP(call->arg[1], PAGE_SIZE),
                                 .prot = (unsigned)call->arg[2] & PROT_ALL,
                                 .max_prot = PROT_ALL};
    struct inode *sealable = NULL;
    user_addr_t at;
    bool shared, lock;
    status_t st = mmap_check(call, &shared);

    if (st == OK)
        st = check_lock(call, args.size, &lock);
    if (st != OK)
        return st;
    args.flags = (shared ? MAPPING_SHARED : 0u) | (lock ? MAPPING_LOCKED : 0u);
    set_place(&args, call->arg[0], call->arg[3]);
    st = memory_may_map(call, args.place == PLACE_OVERWRITE ? args.addr : 0, args.size,
                        args.prot, args.flags);
    if (st != OK)
        return st;
    if (call->arg[3] & MAP_ANONYMOUS)
        st = vmo_create(args.size, 0, &args.vmo);
    else
        st = map_file(call, &args, shared, &sealable);
    if (st != OK)
        return st;
    st = memory_map(aspace_of(call)->root, &args, &at);
    vmo_put(args.vmo);
    mapping_origin_put(args.origin);
    map_end(sealable, &args);
    if (st != OK)
        return map_status(st);
    if (call->arg[3] & MAP_POPULATE || lock)
        memory_populate(aspace_of(call), at, args.size, args.prot);
    call->result = (int64_t)at;
    return OK;
}

status_t sys_munmap(struct syscall *call)
{
    user_addr_t base = call->arg[0];
    uint64_t size = ROUND_UP(call->arg[1], PAGE_SIZE);

    if (!IS_ALIGNED(base, PAGE_SIZE) || !size || base + size < base ||
        base + size > HAL_USER_END)
        return ERR_INVALID_ARGS;
    return vmar_unmap(aspace_of(call)->root, base, size);
}

/* From where the stack begins that the range is in; none grows upwards. */
static status_t whole_stack(struct aspace *as, unsigned prot, user_addr_t *base, uint64_t *size)
{
    struct mapping_info info;
    status_t st = aspace_next_mapping(as, *base, &info);

    if (st != OK)
        return ERR_NO_MEMORY;
    vmo_put(info.vmo);
    if (info.base >= *base + *size)
        return ERR_NO_MEMORY;
    if (!(info.flags & MAPPING_GROWS) || prot & PROT_GROWSUP)
        return ERR_INVALID_ARGS;
    *size += *base - info.base;
    *base = info.base;
    return OK;
}

status_t sys_mprotect(struct syscall *call)
{
    user_addr_t base = call->arg[0];
    uint64_t size = ROUND_UP(call->arg[1], PAGE_SIZE);
    unsigned prot = (unsigned)call->arg[2];
    status_t st;

    if ((prot & PROT_GROWSDOWN && prot & PROT_GROWSUP) || !IS_ALIGNED(base, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (!call->arg[1])
        return OK;
    if (!size || base + size < base)
        return ERR_NO_MEMORY;
    if (prot & ~(unsigned)(PROT_ALL | 8 | PROT_GROWSDOWN | PROT_GROWSUP))
        return ERR_INVALID_ARGS;
    if (prot & (PROT_GROWSDOWN | PROT_GROWSUP)) {
        st = whole_stack(aspace_of(call), prot, &base, &size);
        if (st != OK)
            return st;
    }
    return map_status(vmar_protect(aspace_of(call)->root, base, size, prot & PROT_ALL, false));
}

enum {
    MADV_NORMAL,
    MADV_RANDOM,
    MADV_SEQUENTIAL,
    MADV_WILLNEED,
    MADV_DONTNEED,
    MADV_FREE = 8,
    MADV_REMOVE,
    MADV_DONTFORK,
    MADV_DOFORK,
    MADV_MERGEABLE,
    MADV_UNMERGEABLE,
    MADV_HUGEPAGE,
    MADV_NOHUGEPAGE,
    MADV_DONTDUMP,
    MADV_DODUMP,
    MADV_WIPEONFORK,
    MADV_KEEPONFORK,
    MADV_COLD,
    MADV_PAGEOUT,
    MADV_POPULATE_READ,
    MADV_POPULATE_WRITE,
};

bool memory_all_mapped(struct aspace *as, user_addr_t base, uint64_t size)
{
    struct mapping_info info;

    for (user_addr_t at = base; at < base + size; at = info.base + info.size) {
        if (aspace_next_mapping(as, at, &info) != OK)
            return false;
        vmo_put(info.vmo);
        if (info.base > at)
            return false;
    }
    return true;
}

/* Unlike mlock it says what it could not do; a page that would have to be waited for is left to
 * be brought in when it is used. */
static status_t populate_all(struct aspace *as, user_addr_t base, uint64_t size,
                             unsigned access)
{
    if (!memory_all_mapped(as, base, size))
        return ERR_NO_MEMORY;
    for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
        status_t st = try_vm_fault(as, base + at, access);

        if (st == ERR_ACCESS_DENIED)
            return ERR_INVALID_ARGS;
        if (st != OK && st != ERR_SHOULD_WAIT)
            return st == ERR_NO_MEMORY ? st : ERR_FAULT;
    }
    return OK;
}

/* What fork does with the range. */
static status_t advise_fork(struct aspace *as, user_addr_t base, uint64_t size, uint64_t advice)
{
    static const struct {
        unsigned clear, set;
    } flags[] = {
        [MADV_DONTFORK] = {.set = MAPPING_DONTFORK},
        [MADV_DOFORK] = {.clear = MAPPING_DONTFORK},
        [MADV_WIPEONFORK] = {.set = MAPPING_WIPEONFORK},
        [MADV_KEEPONFORK] = {.clear = MAPPING_WIPEONFORK},
    };

    return aspace_set_flags(as, base, size, flags[advice].clear, flags[advice].set);
}

/* Pages that are locked are not to go. */
static status_t discard(struct aspace *as, user_addr_t base, uint64_t size)
{
    if (memory_locked(as, base, base + size))
        return ERR_INVALID_ARGS;
    return aspace_discard(as, base, size);
}

static status_t advise(struct aspace *as, user_addr_t base, uint64_t size, uint64_t advice)
{
    switch (advice) {
    case MADV_DONTNEED:
    case MADV_FREE:
        return size ? discard(as, base, size) : OK;
    case MADV_REMOVE:
        return size ? memory_remove(as, base, size) : OK;
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
        return size ? advise_fork(as, base, size, advice) : OK;
    case MADV_POPULATE_READ:
        return populate_all(as, base, size, HAL_PROT_READ);
    case MADV_POPULATE_WRITE:
        return populate_all(as, base, size, HAL_PROT_WRITE);
    case MADV_WILLNEED:
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_COLD:
    case MADV_PAGEOUT: /* hints without a promise */
        return memory_all_mapped(as, base, size) ? OK : ERR_NO_MEMORY;
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t sys_madvise(struct syscall *call)
{
    user_addr_t base = call->arg[0];
    uint64_t size = ROUND_UP(call->arg[1], PAGE_SIZE);

    if (!IS_ALIGNED(base, PAGE_SIZE) || base + size < base || size < call->arg[1])
        return ERR_INVALID_ARGS;
    return advise(aspace_of(call), base, size, call->arg[2]);
}

/* What was written through mappings of files, to where the files are. The range is mapped. */
static status_t write_back(struct aspace *as, user_addr_t base, uint64_t size)
{
    struct mapping_info info;
    status_t st = OK;

    for (user_addr_t at = base; st == OK && at < base + size; at = info.base + info.size) {
        st = aspace_next_mapping(as, at, &info);
        if (st != OK)
            return ERR_NO_MEMORY;
        if (info.vmo->pager && info.vmo->pager->write_back)
            st = info.vmo->pager->write_back(info.vmo);
        vmo_put(info.vmo);
    }
    return st;
}

/* Nothing is ever swapped out, so there is work only for files that lie elsewhere (msync(2)).
 */
status_t sys_msync(struct syscall *call)
{
    enum { MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4 };
    uint64_t flags = call->arg[2], size = ROUND_UP(call->arg[1], PAGE_SIZE);

    if (flags & ~(uint64_t)(MS_ASYNC | MS_INVALIDATE | MS_SYNC) ||
        (flags & MS_ASYNC && flags & MS_SYNC) || !IS_ALIGNED(call->arg[0], PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (call->arg[0] + size < call->arg[0] ||
        !memory_all_mapped(aspace_of(call), call->arg[0], size))
        return ERR_NO_MEMORY;
    if (flags & MS_INVALIDATE &&
        memory_locked(aspace_of(call), call->arg[0], call->arg[0] + size))
        return ERR_UNAVAILABLE;
    return write_back(aspace_of(call), call->arg[0], size);
}
