/*
 * brk.c - the heap (brk(2)).
 *
 * Threads that move the break at once take no lock over the mapping: who grows it maps first
 * and then moves the break if it still is where it was; who shrinks it moves it first. Who
 * finds it moved begins anew.
 */
#include "hal/mmu.h"
#include "personality/linux/memory/memory.h"
#include "personality/linux/process/process.h"

/* The heap's VMO, to be continued when brk grows: the mapping that ends at the break. */
static status_t brk_extend(struct aspace *as, user_addr_t from, user_addr_t to)
{
    struct vmar_map_args args = {.size = to - from,
                                 .prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXEC,
                                 .place = PLACE_EXACT,
                                 .addr = from};
    struct mapping_info info;
    user_addr_t at;
    status_t st = aspace_next_mapping(as, from - 1, &info);

    if (st == OK &&
        (info.base + info.size != from || info.prot != args.prot ||
         info.vmo->size != info.offset + info.size || info.vmo->pager || info.vmo->parent)) {
        vmo_put(info.vmo);
        st = ERR_NOT_FOUND;
    }
    if (st == OK) {
        args.vmo = info.vmo;
        args.vmo_offset = info.offset + info.size;
        st = vmo_set_size(info.vmo, args.vmo_offset + args.size);
    } else {
        st = vmo_create(args.size, VMO_RESIZABLE, &args.vmo);
    }
    if (st == OK)
        st = vmar_map(as->root, &args, &at);
    if (st == OK) /* allocators write there at once, and a trap costs more */
        (void)!try_vm_fault(as, at, HAL_PROT_WRITE);
    vmo_put(args.vmo);
    return st;
}

static user_addr_t read_break(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    return lp->layout.brk;
}

/* False: it is not at `from` any more. */
static bool move_break(struct linux_process *lp, user_addr_t from, user_addr_t to)
{
    SPIN_GUARD(&lp->lock);

    if (lp->layout.brk != from)
        return false;
    lp->layout.brk = to;
    return true;
}

/* Grown, or left as it is when there is no room; false: begin anew. */
static bool grow(struct syscall *call, user_addr_t from, user_addr_t to)
{
    struct linux_process *lp = linux_process_of(call);
    struct aspace *as = call->thread->user.aspace;
    user_addr_t old_end = ROUND_UP(from, PAGE_SIZE), new_end = ROUND_UP(to, PAGE_SIZE);

    if (!memory_may_break(call, to - lp->layout.brk_start))
        return read_break(lp) == from;
    if (new_end > old_end &&
        (memory_may_map(call, 0, new_end - old_end, HAL_PROT_READ | HAL_PROT_WRITE, 0) != OK ||
         brk_extend(as, old_end, new_end) != OK))
        return read_break(lp) == from;
    if (move_break(lp, from, to))
        return true;
    if (new_end > old_end)
        (void)!vmar_unmap(as->root, old_end, new_end - old_end); /* ours: nobody built on it */
    return false;
}

static bool shrink(struct linux_process *lp, struct aspace *as, user_addr_t from,
                   user_addr_t to)
{
    user_addr_t old_end = ROUND_UP(from, PAGE_SIZE), new_end = ROUND_UP(to, PAGE_SIZE);

    if (!move_break(lp, from, to))
        return false;
    if (new_end < old_end)
        (void)!vmar_unmap(as->root, new_end, old_end - new_end); /* else it stays, unused */
    return true;
}

/* As the kernel has it: the break that is in force afterwards, whatever was asked. */
status_t sys_brk(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct aspace *as = call->thread->user.aspace;
    user_addr_t want = call->arg[0], now;

    do {
        now = read_break(lp);
        if (want < lp->layout.brk_start || want >= HAL_USER_END || want == now)
            break;
    } while (!(want > now ? grow(call, now, want) : shrink(lp, as, now, want)));
    call->result = (int64_t)read_break(lp);
    return OK;
}
