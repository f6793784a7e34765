/*
 * shm_attach.c - mapping shared memory segments: shmat, shmdt (shmop(2)).
 */
#include "hal/mmu.h"
#include "personality/linux/ipc/shm_internal.h"
#include "personality/linux/memory/layout.h"
#include "personality/linux/memory/memory.h"

enum { SHM_RDONLY = 010000, SHM_RND = 020000, SHM_REMAP = 040000, SHM_EXEC = 0100000 };

/* --- attaching --- */

static status_t get_vmo(struct syscall *call, unsigned want, struct vmo **out, uint64_t *size)
{
    struct ipc_object *o;
    status_t st;
    SPIN_GUARD(&shm_segments.lock);

    st = ipc_access_locked(call, &shm_segments, (int32_t)call->arg[0], want, &o);
    if (st != OK)
        return st;
    if (!vmo_try_get(segment_of(o)->vmo))
        return ERR_INVALID_ARGS;
    *out = segment_of(o)->vmo;
    *size = segment_of(o)->size;
    return OK;
}

static status_t set_place(const struct syscall *call, struct vmar_map_args *args)
{
    uint64_t addr = call->arg[1], flags = call->arg[2];

    args->limit = layout_mmap_limit();
    args->place = addr ? flags & SHM_REMAP ? PLACE_OVERWRITE : PLACE_EXACT : PLACE_ANY;
    if (!IS_ALIGNED(addr, PAGE_SIZE) && !(flags & SHM_RND))
        return ERR_INVALID_ARGS;
    args->addr = ROUND_DOWN(addr, PAGE_SIZE);
    return flags & SHM_REMAP && !args->addr ? ERR_INVALID_ARGS : OK;
}

static void note_attached(struct syscall *call)
{
    struct ipc_object *o;
    SPIN_GUARD(&shm_segments.lock);

    o = ipc_find_locked(&shm_segments, (int32_t)call->arg[0]);
    if (o) {
        segment_of(o)->attached = ipc_now();
        segment_of(o)->last = linux_process_of(call)->pid;
    }
}

static status_t attach(struct syscall *call, struct vmar_map_args *args)
{
    struct aspace *as = call->thread->user.aspace;
    user_addr_t at;
    status_t st = memory_may_map(call, args->place == PLACE_OVERWRITE ? args->addr : 0,
                                 args->size, args->prot, args->flags);

    if (st == OK)
        st = vmar_map(as->root, args, &at);
    if (st == ERR_ALREADY_EXISTS)
        return ERR_INVALID_ARGS;
    if (st == ERR_OUT_OF_RANGE)
        return args->addr ? ERR_INVALID_ARGS : ERR_NO_MEMORY;
    if (st == OK)
        call->result = (int64_t)at;
    return st;
}

status_t sys_shmat(struct syscall *call)
{
    uint64_t flags = call->arg[2], size = 0;
    unsigned want = flags & SHM_RDONLY ? IPC_READ : IPC_READ | IPC_WRITE;
    struct vmar_map_args args = {.flags = MAPPING_SHARED, .prot = HAL_PROT_READ};
    status_t st = set_place(call, &args);

    if (st != OK)
        return st;
    if (!(flags & SHM_RDONLY))
        args.prot |= HAL_PROT_WRITE;
    if (flags & SHM_EXEC) {
        args.prot |= HAL_PROT_EXEC;
        want |= IPC_EXEC;
    }
    args.max_prot = args.prot | HAL_PROT_EXEC;
    st = get_vmo(call, want, &args.vmo, &size);
    if (st != OK)
        return st;
    args.size = ROUND_UP(size, PAGE_SIZE);
    st = attach(call, &args);
    vmo_put(args.vmo);
    if (st == OK)
        note_attached(call);
    return st;
}

/* --- detaching --- */

/* The mapping that begins a segment there: a reference to the VMO; NULL: none. */
static struct vmo *attached_at(struct aspace *as, user_addr_t addr)
{
    struct mapping_info info;

    if (aspace_next_mapping(as, addr, &info) != OK)
        return NULL;
    if (info.base == addr && !info.offset && shm_segment_of_vmo(info.vmo))
        return info.vmo;
    vmo_put(info.vmo);
    return NULL;
}

static void note_detached(struct syscall *call, struct segment *s)
{
    SPIN_GUARD(&shm_segments.lock);

    s->detached = ipc_now();
    s->last = linux_process_of(call)->pid;
}

/* What is left of one attachment, which may have been cut into pieces. */
static status_t detach(struct aspace *as, struct vmo *vmo, user_addr_t addr)
{
    user_addr_t at = addr, end = addr + vmo->size;
    struct mapping_info info;
    status_t st = OK;

    while (st == OK && at < end && aspace_next_mapping(as, at, &info) == OK) {
        at = info.base + info.size;
        if (info.vmo == vmo && info.base - addr == info.offset)
            st = vmar_unmap(as->root, info.base, info.size);
        vmo_put(info.vmo);
    }
    return st;
}

status_t sys_shmdt(struct syscall *call)
{
    struct aspace *as = call->thread->user.aspace;
    struct vmo *vmo;
    status_t st;

    if (!IS_ALIGNED(call->arg[0], PAGE_SIZE))
        return ERR_INVALID_ARGS;
    vmo = attached_at(as, call->arg[0]);
    if (!vmo)
        return ERR_INVALID_ARGS;
    st = detach(as, vmo, call->arg[0]);
    if (st == OK)
        note_detached(call, shm_segment_of_vmo(vmo));
    vmo_put(vmo);
    return st;
}
