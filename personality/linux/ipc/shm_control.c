/*
 * shm_control.c - shmctl (shmctl(2)), and the segments as /proc shows them.
 */
#include "hal/mmu.h"
#include "personality/linux/ipc/ipc_control.h"
#include "personality/linux/ipc/shm_internal.h"

enum { SHM_LOCK = 11, SHM_UNLOCK, SHM_STAT, SHM_INFO, SHM_STAT_ANY };

void shm_describe_locked(const struct ipc_object *o, union ipc_ds *ds)
{
    const struct segment *s = segment_of(o);
    struct vmo_use use;

    vmo_use_read(s->vmo, &use);
    ds->shm = (struct shmid_ds){.size = s->size,
                                .attached = s->attached,
                                .detached = s->detached,
                                .changed = s->ipc.changed,
                                .creator = s->creator,
                                .last = s->last,
                                .mappings = use.mappings};
}

static status_t limits(struct syscall *call)
{
    const struct shminfo {
        uint64_t max, min, count, per_process, all, unused[4];
    } info = {.max = sysctl_get(SYSCTL_SHMMAX),
              .min = 1,
              .count = sysctl_get(SYSCTL_SHMMNI),
              .per_process = sysctl_get(SYSCTL_SHMMNI),
              .all = sysctl_get(SYSCTL_SHMALL)};

    call->result = ipc_highest(&shm_segments);
    return copy_to_user(&call->thread->user, call->arg[2], &info, sizeof(info));
}

static uint64_t resident_locked(void)
{
    const struct ipc_object *o;
    uint64_t pages = 0;

    for (uint32_t i = 0; (o = ipc_next_locked(&shm_segments, &i));)
        pages += vmo_committed_pages(segment_of(o)->vmo);
    return pages;
}

static status_t use(struct syscall *call)
{
    struct shm_info {
        uint64_t used, total, resident, swapped, attempts, successes;
    } info = {0};

    {
        SPIN_GUARD(&shm_segments.lock);
        info.used = shm_segments.count;
        info.total = shm_pages_in_all;
        info.resident = resident_locked();
    }
    call->result = ipc_highest(&shm_segments);
    return copy_to_user(&call->thread->user, call->arg[2], &info, sizeof(info));
}

/* Nothing is swapped out, so that all are locked. */
static status_t lock(struct syscall *call)
{
    struct ipc_object *o;
    SPIN_GUARD(&shm_segments.lock);

    return ipc_own_locked(call, &shm_segments, (int32_t)call->arg[0], &o);
}

status_t sys_shmctl(struct syscall *call)
{
    int command = (int)call->arg[1];

    if ((int32_t)call->arg[0] < 0 || command < 0)
        return ERR_INVALID_ARGS;
    switch (command) {
    case IPC_RMID:
        return ipc_remove(call, &shm_segments);
    case IPC_SET:
        return ipc_set(call, &shm_segments, call->arg[2]);
    case IPC_STAT:
        return ipc_stat(call, &shm_segments, IPC_BY_ID, call->arg[2]);
    case SHM_STAT:
        return ipc_stat(call, &shm_segments, IPC_BY_INDEX, call->arg[2]);
    case SHM_STAT_ANY:
        return ipc_stat(call, &shm_segments, IPC_BY_INDEX_ANY, call->arg[2]);
    case IPC_INFO:
        return limits(call);
    case SHM_INFO:
        return use(call);
    case SHM_LOCK:
    case SHM_UNLOCK:
        return lock(call);
    default:
        return ERR_INVALID_ARGS;
    }
}

/* 0: it has gone meanwhile. */
static uint64_t resident_bytes(int32_t id)
{
    SPIN_GUARD(&shm_segments.lock);
    const struct ipc_object *o = ipc_find_locked(&shm_segments, id);

    return o ? vmo_committed_pages(segment_of(o)->vmo) * PAGE_SIZE : 0;
}

static void show_row(struct seq *seq, int32_t id, const union ipc_ds *ds)
{
    const struct shmid_ds *d = &ds->shm;

    seq_printf(seq,
               "%10d %10d  %4o %21lu %5u %5u  %5lu %5u %5u %5u %5u %10lu %10lu %10lu "
               "%21lu %21lu\n",
               d->perm.key, id, d->perm.mode, d->size, (unsigned)d->creator, (unsigned)d->last,
               d->mappings, d->perm.uid, d->perm.gid, d->perm.cuid, d->perm.cgid,
               (unsigned long)d->attached, (unsigned long)d->detached,
               (unsigned long)d->changed, resident_bytes(id), 0ul);
}

void shm_show(struct seq *seq)
{
    ipc_show(&shm_segments, seq,
             "       key      shmid perms                  size  cpid  lpid nattch   uid   "
             "gid  cuid  cgid      atime      dtime      ctime                   rss       "
             "           swap\n",
             show_row);
}
