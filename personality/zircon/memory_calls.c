/*
 * memory_calls.c - reading and writing another process's memory, as debuggers do: by way of the
 * VMO, so that what the mapping forbids the process itself does not matter.
 */
#include "object/vmo_object.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/vmo_io.h"

enum { MEMORY_MAX = 64 << 20 }; /* bytes a call */

/* Up to the end of the mapping that the address is in. */
struct process_memory {
    struct co co;
    struct syscall *call;              /* in */
    enum transfer_direction direction; /* in */
    struct vmo *vmo;                   /* reference */
    uint64_t offset, total;            /* in the VMO; bytes to be moved */
    status_t outcome;
    union {
        struct vmo_io io;
        struct transfer transfer;
    };
};
static co_fn process_memory;

/* The vDSO is everybody's, and so is a file that this mapping may not write. */
static bool may_write(const struct mapping_info *info)
{
    if (vdso_is_image(info->vmo) || info->flags & MAPPING_PINNED)
        return false;
    return !info->vmo->pager || info->max_prot & HAL_PROT_WRITE;
}

static status_t find_memory(struct process_memory *f, struct process *p)
{
    struct aspace *as = process_aspace(p);
    user_addr_t addr = f->call->arg[1];
    struct mapping_info info;
    status_t st;

    if (!as)
        return ERR_BAD_STATE;
    st = aspace_next_mapping(as, addr, &info);
    aspace_put(as);
    if (st != OK)
        return ERR_NO_MEMORY;
    f->vmo = info.vmo;
    if (info.base > addr)
        return ERR_NO_MEMORY;
    f->offset = info.offset + (addr - info.base);
    f->total = MIN(f->call->arg[3], info.size - (addr - info.base));
    if (f->direction == FROM_USER && !may_write(&info))
        return ERR_ACCESS_DENIED;
    if (f->offset >= f->vmo->size)
        return ERR_OUT_OF_RANGE;
    f->total = MIN(f->total, f->vmo->size - f->offset);
    return OK;
}

static status_t begin(struct process_memory *f)
{
    rights_t need =
        f->direction == TO_USER ? ZX_RIGHT_READ | ZX_RIGHT_WRITE : (rights_t)ZX_RIGHT_WRITE;
    uint64_t size = f->call->arg[3];
    struct object *obj;
    status_t st;

    if (!f->call->arg[2] || size == 0 || size > MEMORY_MAX)
        return ERR_INVALID_ARGS;
    st = call_object(f->call, 0, ZX_OBJ_TYPE_PROCESS, need, &obj);
    if (st != OK)
        return st;
    st = find_memory(f, container_of(obj, struct process, object));
    object_put(obj);
    return st;
}

static CO_FN(process_memory)
{
    f->outcome = begin(f);
    if (f->outcome == OK)
        CO_CALL(f->outcome, f->io, vmo_io, .thread = f->call->thread, .direction = f->direction,
                .vmo = f->vmo, .offset = f->offset, .size = f->total, .user = f->call->arg[2]);
    if (f->vmo)
        vmo_put(f->vmo);
    if (f->outcome == OK && f->call->arg[4])
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = &f->total, .user = f->call->arg[4],
                .size = sizeof(f->total));
    CO_RETURN(f->outcome);
}
CO_END

struct zircon_process_read_memory {
    SYSCALL_FRAME;
    struct process_memory memory;
};
SYSCALL_WAIT(zircon_process_read_memory);

CO_FN(zircon_process_read_memory)
{
    status_t st;

    CO_CALL(st, f->memory, process_memory, .call = f->call, .direction = TO_USER);
    CO_RETURN(st);
}
CO_END

struct zircon_process_write_memory {
    SYSCALL_FRAME;
    struct process_memory memory;
};
SYSCALL_WAIT(zircon_process_write_memory);

CO_FN(zircon_process_write_memory)
{
    status_t st;

    CO_CALL(st, f->memory, process_memory, .call = f->call, .direction = FROM_USER);
    CO_RETURN(st);
}
CO_END
