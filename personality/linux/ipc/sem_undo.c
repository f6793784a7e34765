/*
 * sem_undo.c - SEM_UNDO: what a process did to semaphores is taken back when it ends, and with
 * it all that share the list (clone(2), CLONE_SYSVSEM).
 */
#include "mm/slab.h"
#include "personality/linux/ipc/sem_internal.h"

struct sem_undo *sem_undo_new(uint32_t count)
{
    struct sem_undo *undo = kzalloc(sizeof(*undo) + count * sizeof(undo->adjust[0]));

    if (undo) {
        list_init(&undo->set_link);
        list_init(&undo->list_link);
    }
    return undo;
}

struct sem_undo *sem_undo_of_locked(struct linux_process *lp, struct sem_set *set,
                                    struct sem_undo **fresh)
{
    struct sem_undo *undo;

    list_for_each (it, &set->undos) {
        undo = container_of(it, struct sem_undo, set_link);
        if (undo->list == lp->sem_undos)
            return undo;
    }
    undo = *fresh;
    *fresh = NULL;
    if (!undo)
        return NULL;
    undo->list = lp->sem_undos;
    undo->set = set;
    list_push_back(&set->undos, &undo->set_link);
    list_push_back(&lp->sem_undos->undos, &undo->list_link);
    return undo;
}

void sem_undo_clear_locked(struct sem_set *set, int number)
{
    list_for_each (it, &set->undos) {
        struct sem_undo *undo = container_of(it, struct sem_undo, set_link);

        for (uint32_t i = 0; i < set->count; i++)
            if (number == SEM_ALL || number == (int)i)
                undo->adjust[i] = 0;
    }
}

void sem_undo_drop_locked(struct sem_set *set)
{
    for (struct list *link; (link = list_pop_front(&set->undos));)
        container_of(link, struct sem_undo, set_link)->set = NULL;
}

static void apply_locked(const struct sem_undo *undo, int32_t pid)
{
    struct sem_set *set = undo->set;

    for (uint32_t i = 0; i < set->count; i++) {
        int value = set->sems[i].value + undo->adjust[i];

        if (!undo->adjust[i])
            continue;
        set->sems[i].value = (uint16_t)MIN(MAX(value, 0), SEM_VALUE_MAX);
        set->sems[i].pid = pid;
    }
    set->operated = ipc_now();
    sem_update_locked(set);
}

/* --- lists --- */

status_t sem_undo_list_create(struct linux_process *lp)
{
    struct sem_undo_list *fresh;

    {
        SPIN_GUARD(&sem_sets.lock);
        if (lp->sem_undos)
            return OK;
    }
    fresh = kzalloc(sizeof(*fresh));
    if (!fresh)
        return ERR_NO_MEMORY;
    fresh->shares = 1;
    list_init(&fresh->undos);
    {
        SPIN_GUARD(&sem_sets.lock);
        if (!lp->sem_undos) {
            lp->sem_undos = fresh;
            fresh = NULL;
        }
    }
    kfree(fresh);
    return OK;
}

status_t ipc_share_undos(struct linux_process *parent, struct linux_process *child)
{
    status_t st = sem_undo_list_create(parent);

    if (st != OK)
        return st;
    SPIN_GUARD(&sem_sets.lock);
    parent->sem_undos->shares++;
    child->sem_undos = parent->sem_undos;
    return OK;
}

/* The list, if the process was the last that had it; nobody else sees it then. */
static struct sem_undo_list *leave(struct linux_process *lp)
{
    struct sem_undo_list *list;
    SPIN_GUARD(&sem_sets.lock);

    list = lp->sem_undos;
    lp->sem_undos = NULL;
    return list && --list->shares == 0 ? list : NULL;
}

static struct sem_undo *take_one(struct sem_undo_list *list, int32_t pid)
{
    struct sem_undo *undo;
    struct list *link;
    SPIN_GUARD(&sem_sets.lock);

    link = list_pop_front(&list->undos);
    if (!link)
        return NULL;
    undo = container_of(link, struct sem_undo, list_link);
    list_remove(&undo->set_link);
    if (undo->set)
        apply_locked(undo, pid);
    return undo;
}

void ipc_leave_undos(struct linux_process *lp)
{
    struct sem_undo_list *list = leave(lp);
    struct sem_undo *undo;

    while (list && (undo = take_one(list, lp->pid)))
        kfree(undo);
    kfree(list);
}
