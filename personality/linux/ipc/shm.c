/*
 * shm.c - shared memory segments: shmget, shmat, shmdt, shmctl (shmget(2), shmop(2)).
 *
 * A segment is a VMO. While it is in the table the segment has a reference to it; once it is
 * marked for removal (SHM_DEST) only its mappings have, and it leaves the table when the last
 * of them goes, which the VMO tells by `release`. The table's lock is taken there, so a segment
 * in the table has a VMO that may be dying, but is still there.
 */
#include "base/format.h"
#include "base/string.h"
#include "hal/mmu.h"
#include "mm/slab.h"
#include "personality/linux/ipc/ipc_internal.h"
#include "personality/linux/memory/layout.h"
#include "personality/linux/memory/memory.h"

enum {
    SHM_RDONLY = 010000,
    SHM_RND = 020000,
    SHM_REMAP = 040000,
    SHM_EXEC = 0100000,
    SHM_HUGETLB = 04000,
    SHM_DEST = 01000, /* in the mode */
    SHM_LOCK = 11,    /* commands */
    SHM_UNLOCK,
    SHM_STAT,
    SHM_INFO,
    SHM_STAT_ANY,
};

struct segment {
    struct ipc_object ipc;
    struct vmo *vmo; /* reference, unless SHM_DEST */
    uint64_t size;   /* as asked for */
    int64_t attached, detached;
    int32_t creator, last;
    char name[32];
};

struct shmid_ds {
    struct ipc_perm perm;
    uint64_t size;
    int64_t attached, detached, changed;
    int32_t creator, last;
    uint64_t mappings, unused[2];
};

static const struct ipc_ops segment_ops;
static struct ipc_table segments = {.ops = &segment_ops};
static uint64_t pages_in_all; /* guarded by segments.lock */

static struct segment *segment_of(struct ipc_object *o)
{
    return container_of(o, struct segment, ipc);
}

static uint64_t pages_of(const struct segment *s)
{
    return DIV_ROUND_UP(s->size, PAGE_SIZE);
}

/* --- coming and going --- */

static status_t page_of_zeroes(struct vmo *vmo, uint64_t index, struct page *page)
{
    (void)vmo;
    (void)index;
    memset(page_data(page), 0, PAGE_SIZE);
    return OK;
}

/* The last mapping of one that was to go has gone, or it never came into the table. */
static void segment_gone(struct vmo *vmo)
{
    struct segment *s = vmo->pager_data;

    {
        SPIN_GUARD(&segments.lock);
        pages_in_all -= pages_of(s);
        if (ipc_find_locked(&segments, s->ipc.id) == &s->ipc)
            ipc_take_out_locked(&segments, &s->ipc);
    }
    kfree(s);
}

static const struct vmo_pager_ops segment_pager = {.try_page_in = page_of_zeroes,
                                                   .release = segment_gone};

static bool take_pages(uint64_t pages)
{
    SPIN_GUARD(&segments.lock);

    if (pages_in_all + pages > sysctl_get(SYSCTL_SHMALL))
        return false;
    pages_in_all += pages;
    return true;
}

static status_t segment_create(struct syscall *call, const struct ipc_request *r,
                               struct ipc_object **out)
{
    struct segment *s;
    status_t st;

    if (!r->size || r->size > sysctl_get(SYSCTL_SHMMAX))
        return ERR_INVALID_ARGS;
    if (r->flags & SHM_HUGETLB)
        return ERR_NO_MEMORY;
    s = kzalloc(sizeof(*s));
    if (!s)
        return ERR_NO_MEMORY;
    s->size = r->size;
    s->ipc.id = -1;
    s->creator = linux_process_of(call)->pid;
    if (!take_pages(pages_of(s))) {
        kfree(s);
        return ERR_NO_SPACE;
    }
    st = vmo_create_paged(r->size, &segment_pager, s, &s->vmo);
    if (st != OK) {
        SPIN_GUARD(&segments.lock);
        pages_in_all -= pages_of(s);
    }
    if (st != OK) {
        kfree(s);
        return ERR_NO_MEMORY;
    }
    format(s->name, sizeof(s->name), "/SYSV%08x (deleted)", (unsigned)r->key);
    s->vmo->name = s->name;
    *out = &s->ipc;
    return OK;
}

static status_t segment_check(const struct ipc_object *o, const struct ipc_request *r)
{
    return r->size > container_of(o, struct segment, ipc)->size ? ERR_INVALID_ARGS : OK;
}

/* With the VMO the segment goes. */
static void segment_free(struct ipc_object *o)
{
    vmo_put(segment_of(o)->vmo);
}

static const struct ipc_ops segment_ops = {.max = SYSCTL_SHMMNI,
                                           .create = segment_create,
                                           .check = segment_check,
                                           .free = segment_free};

status_t sys_shmget(struct syscall *call)
{
    const struct ipc_request r = {
        .key = (int32_t)call->arg[0], .size = call->arg[1], .flags = (uint32_t)call->arg[2]};

    return ipc_get(call, &segments, &r);
}

/* --- attaching --- */

static status_t get_vmo(struct syscall *call, unsigned want, struct vmo **out, uint64_t *size)
{
    struct ipc_object *o;
    status_t st;
    SPIN_GUARD(&segments.lock);

    st = ipc_access_locked(call, &segments, (int32_t)call->arg[0], want, &o);
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
    SPIN_GUARD(&segments.lock);

    o = ipc_find_locked(&segments, (int32_t)call->arg[0]);
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
    if (info.base == addr && !info.offset && info.vmo->pager == &segment_pager)
        return info.vmo;
    vmo_put(info.vmo);
    return NULL;
}

static void note_detached(struct syscall *call, struct segment *s)
{
    SPIN_GUARD(&segments.lock);

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
        note_detached(call, vmo->pager_data);
    vmo_put(vmo);
    return st;
}

/* --- control --- */

static struct shmid_ds describe_locked(struct segment *s)
{
    struct vmo_use use;

    vmo_use_read(s->vmo, &use);
    return (struct shmid_ds){.perm = ipc_perm_of(&s->ipc),
                             .size = s->size,
                             .attached = s->attached,
                             .detached = s->detached,
                             .changed = s->ipc.changed,
                             .creator = s->creator,
                             .last = s->last,
                             .mappings = use.mappings};
}

/* IPC_STAT by identifier; SHM_STAT and SHM_STAT_ANY by index, with the identifier as result. */
static status_t stat(struct syscall *call, int command)
{
    int32_t id = (int32_t)call->arg[0];
    struct ipc_object *o;
    struct shmid_ds ds;
    status_t st = OK;

    {
        SPIN_GUARD(&segments.lock);
        o = command == IPC_STAT ? ipc_find_locked(&segments, id)
                                : ipc_at_locked(&segments, (uint32_t)id);
        if (!o)
            return ERR_INVALID_ARGS;
        if (command != SHM_STAT_ANY)
            st = ipc_permitted(call, o, IPC_READ);
        if (st != OK)
            return st;
        ds = describe_locked(segment_of(o));
        id = command == IPC_STAT ? 0 : o->id;
    }
    st = copy_to_user(&call->thread->user, call->arg[2], &ds, sizeof(ds));
    if (st == OK)
        call->result = id;
    return st;
}

static status_t set(struct syscall *call)
{
    struct ipc_object *o;
    struct shmid_ds ds;
    status_t st = copy_from_user(&call->thread->user, &ds, call->arg[2], sizeof(ds));
    SPIN_GUARD(&segments.lock);

    if (st == OK)
        st = ipc_own_locked(call, &segments, (int32_t)call->arg[0], &o);
    if (st == OK)
        ipc_set_perm_locked(o, &ds.perm);
    return st;
}

/* The table's reference goes; the segment, too, unless it is mapped. */
static status_t remove(struct syscall *call)
{
    struct ipc_object *o;
    struct vmo *vmo = NULL;
    status_t st;

    {
        SPIN_GUARD(&segments.lock);
        st = ipc_own_locked(call, &segments, (int32_t)call->arg[0], &o);
        if (st == OK && !(o->mode & SHM_DEST)) {
            o->mode |= SHM_DEST;
            ipc_hide_locked(o);
            vmo = segment_of(o)->vmo;
        }
    }
    vmo_put(vmo);
    return st;
}

static uint64_t resident_locked(void)
{
    uint64_t pages = 0;

    for (uint32_t i = 0; i < segments.capacity; i++)
        if (segments.slots[i])
            pages += vmo_committed_pages(segment_of(segments.slots[i])->vmo);
    return pages;
}

static status_t info(struct syscall *call, int command)
{
    struct shminfo {
        uint64_t max, min, count, per_process, all, unused[4];
    } limits = {.max = sysctl_get(SYSCTL_SHMMAX),
                .min = 1,
                .count = sysctl_get(SYSCTL_SHMMNI),
                .per_process = sysctl_get(SYSCTL_SHMMNI),
                .all = sysctl_get(SYSCTL_SHMALL)};
    struct shm_info {
        uint64_t used, total, resident, swapped, attempts, successes;
    } use = {0};
    uint32_t highest;

    {
        SPIN_GUARD(&segments.lock);
        highest = ipc_highest_locked(&segments);
        use.used = segments.count;
        use.total = pages_in_all;
        use.resident = resident_locked();
    }
    call->result = highest;
    return command == IPC_INFO
               ? copy_to_user(&call->thread->user, call->arg[2], &limits, sizeof(limits))
               : copy_to_user(&call->thread->user, call->arg[2], &use, sizeof(use));
}

/* Nothing is swapped out, so that all are locked. */
static status_t lock(struct syscall *call)
{
    struct ipc_object *o;
    SPIN_GUARD(&segments.lock);

    return ipc_own_locked(call, &segments, (int32_t)call->arg[0], &o);
}

status_t sys_shmctl(struct syscall *call)
{
    int command = (int)call->arg[1];

    if ((int32_t)call->arg[0] < 0 || command < 0)
        return ERR_INVALID_ARGS;
    switch (command) {
    case IPC_RMID:
        return remove(call);
    case IPC_SET:
        return set(call);
    case IPC_STAT:
    case SHM_STAT:
    case SHM_STAT_ANY:
        return stat(call, command);
    case IPC_INFO:
    case SHM_INFO:
        return info(call, command);
    case SHM_LOCK:
    case SHM_UNLOCK:
        return lock(call);
    default:
        return ERR_INVALID_ARGS;
    }
}

static bool row(uint32_t index, struct shmid_ds *ds, int32_t *id, uint64_t *resident)
{
    SPIN_GUARD(&segments.lock);
    struct ipc_object *o = ipc_at_locked(&segments, index);

    if (!o)
        return false;
    *ds = describe_locked(segment_of(o));
    *id = o->id;
    *resident = vmo_committed_pages(segment_of(o)->vmo) * PAGE_SIZE;
    return true;
}

void shm_show(struct seq *seq)
{
    struct shmid_ds d;
    uint64_t resident;
    int32_t id;

    seq_puts(seq,
             "       key      shmid perms                  size  cpid  lpid nattch   uid   "
             "gid  cuid  cgid      atime      dtime      ctime                   rss       "
             "           swap\n");
    for (uint32_t i = 0; i < segments.capacity; i++)
        if (row(i, &d, &id, &resident))
            seq_printf(seq,
                       "%10d %10d  %4o %21lu %5u %5u  %5lu %5u %5u %5u %5u %10lu %10lu %10lu "
                       "%21lu %21lu\n",
                       d.perm.key, id, d.perm.mode, d.size, (unsigned)d.creator,
                       (unsigned)d.last, d.mappings, d.perm.uid, d.perm.gid, d.perm.cuid,
                       d.perm.cgid, (unsigned long)d.attached, (unsigned long)d.detached,
                       (unsigned long)d.changed, resident, 0ul);
}

static void nothing_to_tell(struct ipc_object *o)
{
    (void)o;
}

void shm_remove_all(void)
{
    ipc_remove_all_of(&segments, nothing_to_tell);
}
