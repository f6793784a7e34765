/*
 * sem_undo.c - SEM_UNDO: what a process did to semaphores is taken back when it ends.
 */
#include "mm/slab.h"
#include "personality/linux/ipc/sem_internal.h"

struct sem_undo *sem_undo_new(uint32_t count)
{
    struct sem_undo *undo = kzalloc(sizeof(*undo) + count * sizeof(undo->adjust[0]));

    if (undo) {
        list_init(&undo->set_link);
        list_init(&undo->process_link);
    }
    return undo;
}

struct sem_undo *sem_undo_of_locked(struct linux_process *lp, struct sem_set *set,
                                    struct sem_undo **fresh)
{
    struct sem_undo *undo;

    list_for_each (it, &set->undos) {
        undo = container_of(it, struct sem_undo, set_link);
        if (undo->process == lp)
            return undo;
    }
    undo = *fresh;
    *fresh = NULL;
    if (!undo)
        return NULL;
    undo->process = lp;
    undo->set = set;
    list_push_back(&set->undos, &undo->set_link);
    list_push_back(&lp->sem_undos, &undo->process_link);
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

static void apply_locked(const struct sem_undo *undo)
{
    struct sem_set *set = undo->set;

    for (uint32_t i = 0; i < set->count; i++) {
        int value = set->sems[i].value + undo->adjust[i];

        if (!undo->adjust[i])
            continue;
        set->sems[i].value = (uint16_t)MIN(MAX(value, 0), SEM_VALUE_MAX);
        set->sems[i].pid = undo->process->pid;
    }
    set->operated = ipc_now();
    sem_update_locked(set);
}

static struct sem_undo *take_one(struct linux_process *lp)
{
    struct sem_undo *undo;
    struct list *link;
    SPIN_GUARD(&sem_sets.lock);

    link = list_pop_front(&lp->sem_undos);
    if (!link)
        return NULL;
    undo = container_of(link, struct sem_undo, process_link);
    list_remove(&undo->set_link);
    if (undo->set)
        apply_locked(undo);
    return undo;
}

void ipc_process_ended(struct linux_process *lp)
{
    struct sem_undo *undo;

    while ((undo = take_one(lp)))
        kfree(undo);
}
