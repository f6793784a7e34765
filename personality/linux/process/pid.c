/*
 * pid.c - the numbers of processes and threads, and who has which.
 */
#include "personality/linux/process/pid.h"

#include "mm/slab.h"

enum { PID_BUCKETS = 1024 };

struct spinlock family_lock;

static struct list pids[PID_BUCKETS]; /* of linux_process.pid_link */
static struct list tids[PID_BUCKETS]; /* of linux_thread.tid_link */
static struct list all;
static pid_t_ last;

void pid_init(void)
{
    for (unsigned i = 0; i < PID_BUCKETS; i++) {
        list_init(&pids[i]);
        list_init(&tids[i]);
    }
    list_init(&all);
    last = PID_INIT;
}

static struct list *bucket(struct list *table, pid_t_ pid)
{
    return &table[(uint32_t)pid % PID_BUCKETS];
}

struct linux_process *pid_find_locked(pid_t_ pid)
{
    list_for_each (it, bucket(pids, pid)) {
        struct linux_process *lp = container_of(it, struct linux_process, pid_link);

        if (lp->pid == pid)
            return lp;
    }
    return NULL;
}

struct linux_thread *tid_find_locked(pid_t_ tid)
{
    list_for_each (it, bucket(tids, tid)) {
        struct linux_thread *lt = container_of(it, struct linux_thread, tid_link);

        if (lt->tid == tid)
            return lt;
    }
    return NULL;
}

/* A number stays taken while a group or session of that name has members. */
static bool pid_in_use(pid_t_ pid)
{
    if (pid_find_locked(pid) || tid_find_locked(pid))
        return true;
    list_for_each (it, &all) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp->pgrp == pid || lp->sid == pid)
            return true;
    }
    return false;
}

pid_t_ pid_alloc_locked(void)
{
    for (int tries = 0; tries < PID_MAX; tries++) {
        last = last >= PID_MAX ? PID_FIRST + 300 : last + 1;
        if (!pid_in_use(last))
            return last;
    }
    return 0;
}

void pid_insert_locked(struct linux_process *lp)
{
    list_push_back(bucket(pids, lp->pid), &lp->pid_link);
    list_push_back(&all, &lp->all_link);
}

void tid_insert_locked(struct linux_thread *lt)
{
    list_push_back(bucket(tids, lt->tid), &lt->tid_link);
}

void pid_remove_locked(struct linux_process *lp)
{
    list_remove(&lp->pid_link);
    list_remove(&lp->all_link);
}

void tid_remove_locked(struct linux_thread *lt)
{
    list_remove(&lt->tid_link);
}

pid_t_ pid_last_locked(void)
{
    return last;
}

struct list *pid_all_locked(void)
{
    return &all;
}

struct linux_process *linux_process_find(pid_t_ pid)
{
    SPIN_GUARD(&family_lock);
    struct linux_process *lp = pid_find_locked(pid);

    return lp ? linux_process_get(lp) : NULL;
}

struct thread *linux_thread_find(pid_t_ tid)
{
    SPIN_GUARD(&family_lock);
    struct linux_thread *lt = tid_find_locked(tid);

    return lt && object_try_get(&lt->thread->object) ? lt->thread : NULL;
}

enum { ROOM_SPARE = 8 };

/* Fills `out` as far as it has room for `room`; how many there are. */
static unsigned collect(bool (*want)(const void *arg, const struct linux_process *lp),
                        const void *arg, struct linux_processes *out, unsigned room)
{
    unsigned found = 0;
    SPIN_GUARD(&family_lock);

    list_for_each (it, &all) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp->zombie || lp->pid == PID_INIT || !want(arg, lp))
            continue;
        if (found++ < room) {
            lp->collected++;
            out->members[out->count++] = linux_process_get(lp);
        }
    }
    return found;
}

static void let_fork(struct linux_processes *list)
{
    SPIN_GUARD(&family_lock);

    for (unsigned i = 0; i < list->count; i++)
        list->members[i]->collected--;
}

void linux_processes_free(struct linux_processes *list)
{
    let_fork(list);
    for (unsigned i = 0; i < list->count; i++)
        linux_process_put(list->members[i]);
    kfree(list->members);
}

/* Counted, then collected: again, if somebody was born between the two. */
status_t linux_processes_collect(bool (*want)(const void *arg, const struct linux_process *lp),
                                 const void *arg, struct linux_processes *out)
{
    unsigned room, found = collect(want, arg, NULL, 0);

    for (;;) {
        room = found + ROOM_SPARE;
        *out = (struct linux_processes){.members = kmalloc(room * sizeof(*out->members))};
        if (!out->members)
            return ERR_NO_MEMORY;
        found = collect(want, arg, out, room);
        if (found <= room)
            return OK;
        linux_processes_free(out);
    }
}

static bool in_group(const void *pgrp, const struct linux_process *lp)
{
    return lp->pgrp == *(const int32_t *)pgrp;
}

status_t linux_processes_of_group(int32_t pgrp, struct linux_processes *out)
{
    return linux_processes_collect(in_group, &pgrp, out);
}
