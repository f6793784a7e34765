/*
 * shm.c - shared memory segments, and how they come and go: shmget (shmget(2)).
 */
#include "base/format.h"
#include "base/string.h"
#include "hal/mmu.h"
#include "mm/slab.h"
#include "personality/linux/ipc/ipc_control.h"
#include "personality/linux/ipc/shm_internal.h"

enum { SHM_HUGETLB = 04000 };

uint64_t shm_pages_in_all;

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
        SPIN_GUARD(&shm_segments.lock);
        shm_pages_in_all -= pages_of(s);
        if (ipc_find_locked(&shm_segments, s->ipc.id) == &s->ipc)
            ipc_take_out_locked(&shm_segments, &s->ipc);
    }
    kfree(s);
}

static const struct vmo_pager_ops segment_pager = {.try_page_in = page_of_zeroes,
                                                   .release = segment_gone};

struct segment *shm_segment_of_vmo(const struct vmo *vmo)
{
    return vmo->pager == &segment_pager ? vmo->pager_data : NULL;
}

static void give_pages(uint64_t pages)
{
    SPIN_GUARD(&shm_segments.lock);

    shm_pages_in_all -= pages;
}

static bool take_pages(uint64_t pages)
{
    SPIN_GUARD(&shm_segments.lock);

    if (shm_pages_in_all + pages > sysctl_get(SYSCTL_SHMALL))
        return false;
    shm_pages_in_all += pages;
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
        give_pages(pages_of(s));
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
    return r->size > segment_of(o)->size ? ERR_INVALID_ARGS : OK;
}

/* The table's reference goes, and the segment, too, unless it is mapped. */
static bool segment_retire(struct ipc_object *o)
{
    if (o->mode & SHM_DEST)
        return false;
    o->mode |= SHM_DEST;
    o->key = IPC_PRIVATE; /* nobody finds it by the one that it had */
    return true;
}

/* With the VMO the segment goes. */
static void segment_free(struct ipc_object *o)
{
    vmo_put(segment_of(o)->vmo);
}

static const struct ipc_ops segment_ops = {
    .max = SYSCTL_SHMMNI,
    .ds_size = sizeof(struct shmid_ds),
    .create = segment_create,
    .check = segment_check,
    .describe = shm_describe_locked,
    .retire = segment_retire,
    .free = segment_free,
};

struct ipc_table shm_segments = {.ops = &segment_ops};

status_t sys_shmget(struct syscall *call)
{
    const struct ipc_request r = {
        .key = (int32_t)call->arg[0], .size = call->arg[1], .flags = (uint32_t)call->arg[2]};

    return ipc_get(call, &shm_segments, &r);
}
