/*
 * ipc.c - the tables of System V IPC: who finds what, and who may use it.
 */
#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/ipc/ipc_internal.h"
#include "personality/linux/ipc/mqueue_internal.h"
#include "personality/linux/process/credentials.h"

enum { INDEX_MASK = IPC_OBJECTS_MAX - 1, SLOTS_FIRST = 16 };
_Static_assert(IPC_OBJECTS_MAX == 1 << IPC_INDEX_BITS, "each index has its bits");

int64_t ipc_now(void)
{
    return inode_time_now() / (int64_t)NS_PER_SEC;
}

struct ipc_object *ipc_at_locked(struct ipc_table *t, uint32_t index)
{
    return index < t->capacity ? t->slots[index] : NULL;
}

struct ipc_object *ipc_next_locked(const struct ipc_table *t, uint32_t *index)
{
    while (*index < t->capacity) {
        struct ipc_object *o = t->slots[(*index)++];

        if (o)
            return o;
    }
    return NULL;
}

struct ipc_object *ipc_find_locked(struct ipc_table *t, int32_t id)
{
    struct ipc_object *o = id < 0 ? NULL : ipc_at_locked(t, (uint32_t)id & INDEX_MASK);

    return o && o->id == id ? o : NULL;
}

static struct ipc_object *find_key_locked(struct ipc_table *t, int32_t key)
{
    struct ipc_object *o;

    for (uint32_t i = 0; key != IPC_PRIVATE && (o = ipc_next_locked(t, &i));)
        if (o->key == key)
            return o;
    return NULL;
}

uint32_t ipc_highest(struct ipc_table *t)
{
    SPIN_GUARD(&t->lock);

    for (uint32_t i = t->capacity; i-- > 0;)
        if (t->slots[i])
            return i;
    return 0;
}

/* --- permissions --- */

status_t ipc_permitted(struct syscall *call, const struct ipc_object *o, unsigned want)
{
    struct linux_process *lp = linux_process_of(call);
    unsigned asked = (want >> 6 | want >> 3 | want) & 7, granted = o->mode;
    SPIN_GUARD(&lp->lock);

    if (lp->cred.euid == o->cuid || lp->cred.euid == o->uid)
        granted >>= 6;
    else if (credentials_in_group(&lp->cred, o->cgid) ||
             credentials_in_group(&lp->cred, o->gid))
        granted >>= 3;
    return asked & ~granted && !credentials_has(&lp->cred, CAP_IPC_OWNER) ? ERR_ACCESS_DENIED
                                                                          : OK;
}

status_t ipc_access_locked(struct syscall *call, struct ipc_table *t, int32_t id, unsigned want,
                           struct ipc_object **out)
{
    *out = ipc_find_locked(t, id);
    return *out ? ipc_permitted(call, *out, want) : ERR_INVALID_ARGS;
}

status_t ipc_own_locked(struct syscall *call, struct ipc_table *t, int32_t id,
                        struct ipc_object **out)
{
    struct linux_process *lp = linux_process_of(call);

    *out = ipc_find_locked(t, id);
    if (!*out)
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&lp->lock);
    return lp->cred.euid == (*out)->uid || lp->cred.euid == (*out)->cuid ||
                   credentials_has(&lp->cred, CAP_SYS_ADMIN)
               ? OK
               : ERR_NOT_PERMITTED;
}

/* --- getting --- */

/* Room for one more, as things stand. */
static status_t grow(struct ipc_table *t)
{
    uint32_t capacity, old;
    struct ipc_object **slots, **unused;

    {
        SPIN_GUARD(&t->lock);
        old = t->capacity;
        if (t->count < old)
            return OK;
    }
    capacity = old ? 2 * old : SLOTS_FIRST;
    slots = kzalloc(capacity * sizeof(struct ipc_object *));
    if (!slots)
        return ERR_NO_MEMORY;
    {
        SPIN_GUARD(&t->lock);
        unused = slots;
        if (t->capacity == old) {
            unused = t->slots;
            for (uint32_t i = 0; i < old; i++)
                slots[i] = t->slots[i];
            t->slots = slots;
            t->capacity = capacity;
        }
    }
    kfree(unused);
    return OK;
}

static status_t use_locked(struct syscall *call, struct ipc_table *t, struct ipc_object *o,
                           const struct ipc_request *r)
{
    status_t st = OK;

    if (r->flags & IPC_CREAT && r->flags & IPC_EXCL)
        return ERR_ALREADY_EXISTS;
    if (t->ops->check)
        st = t->ops->check(o, r);
    if (st == OK)
        st = ipc_permitted(call, o, r->flags & 0777);
    if (st == OK)
        call->result = o->id;
    return st;
}

static void insert_locked(struct ipc_table *t, struct ipc_object *o)
{
    uint32_t index = 0;

    while (t->slots[index])
        index++;
    o->id = (t->seq++ & INT16_MAX) << IPC_INDEX_BITS | (int32_t)index;
    t->slots[index] = o;
    t->count++;
}

/* ERR_SHOULD_WAIT: one is to be created, `fresh`, for which there may be no room yet. */
static status_t try_get(struct syscall *call, struct ipc_table *t, const struct ipc_request *r,
                        struct ipc_object **fresh)
{
    struct ipc_object *o;
    SPIN_GUARD(&t->lock);

    o = find_key_locked(t, r->key);
    if (o)
        return use_locked(call, t, o, r);
    if (r->key != IPC_PRIVATE && !(r->flags & IPC_CREAT))
        return ERR_NOT_FOUND;
    if (*fresh && t->count >= sysctl_get(t->ops->max))
        return ERR_NO_SPACE;
    if (!*fresh || t->count == t->capacity)
        return ERR_SHOULD_WAIT;
    o = *fresh;
    *fresh = NULL;
    insert_locked(t, o);
    call->result = o->id;
    return OK;
}

static status_t create(struct syscall *call, struct ipc_table *t, const struct ipc_request *r,
                       struct ipc_object **out)
{
    struct linux_process *lp = linux_process_of(call);
    status_t st = t->ops->create(call, r, out);

    if (st != OK)
        return st;
    SPIN_GUARD(&lp->lock);
    (*out)->key = r->key;
    (*out)->uid = (*out)->cuid = lp->cred.euid;
    (*out)->gid = (*out)->cgid = lp->cred.egid;
    (*out)->mode = r->flags & 0777;
    (*out)->changed = ipc_now();
    return OK;
}

status_t ipc_get(struct syscall *call, struct ipc_table *t, const struct ipc_request *r)
{
    struct ipc_object *fresh = NULL;
    status_t st;

    while ((st = try_get(call, t, r, &fresh)) == ERR_SHOULD_WAIT) {
        st = fresh ? OK : create(call, t, r, &fresh);
        if (st == OK)
            st = grow(t);
        if (st != OK)
            break;
    }
    if (fresh)
        t->ops->free(fresh);
    return st;
}

void ipc_take_out_locked(struct ipc_table *t, struct ipc_object *o)
{
    t->slots[o->id & INDEX_MASK] = NULL;
    t->count--;
}

/* --- at the end --- */

static struct ipc_object *retire_any(struct ipc_table *t)
{
    struct ipc_object *o;
    SPIN_GUARD(&t->lock);

    for (uint32_t i = 0; (o = ipc_next_locked(t, &i));)
        if (t->ops->retire(o))
            return o;
    return NULL;
}

static void remove_all_of(struct ipc_table *t)
{
    struct ipc_object *o;

    while ((o = retire_any(t)))
        t->ops->free(o);
    kfree(t->slots);
    t->slots = NULL;
    t->capacity = 0;
}

void ipc_remove_all(void)
{
    remove_all_of(&shm_segments);
    remove_all_of(&sem_sets);
    remove_all_of(&msg_queues);
    mqueue_remove_all();
}
