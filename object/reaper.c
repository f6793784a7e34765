/*
 * reaper.c - ends the processes whose address space the machine lost.
 */
#include "object/reaper.h"

enum { KILLED_BY_SIGKILL = 128 + 9 };

/* Leaf lock: under it only references are tried and flags read. */
static struct spinlock lock;
static struct list all = {&all, &all};

static struct task reaper_task;
static atomic_uint work;

void reaper_add(struct process *p)
{
    SPIN_GUARD(&lock);

    list_push_back(&all, &p->all_link);
}

void reaper_remove(struct process *p)
{
    SPIN_GUARD(&lock);

    list_remove(&p->all_link);
}

void reaper_space_died(struct hal_pt *pt)
{
    struct aspace *as = container_of(pt, struct aspace, pt);

    atomic_store(&as->died, 1);
    atomic_store(&work, 1);
    task_wake(&reaper_task);
}

static bool lost(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    return p->state < PROCESS_DYING && p->aspace && atomic_load(&p->aspace->died);
}

/* One process to kill, with a reference. */
static struct process *next_victim(void)
{
    SPIN_GUARD(&lock);

    list_for_each (it, &all) {
        struct process *p = container_of(it, struct process, all_link);

        if (lost(p) && object_try_get(&p->object))
            return p;
    }
    return NULL;
}

struct reaper {
    struct co co;
};

static CO_FN(reaper)
{
    for (;;) {
        struct process *p;

        CO_BLOCK_UNTIL(atomic_exchange(&work, 0)); /* nothing ends the reaper */
        while ((p = next_victim())) {
            process_kill(p, KILLED_BY_SIGKILL);
            object_put(&p->object);
        }
    }
}
CO_END

void reaper_init(void)
{
    static struct reaper frame = {.co = {.resume = reaper}};

    task_spawn(&reaper_task, "reaper", &frame.co, TASK_PRIORITIES - 1, NULL, NULL);
}
