/*
 * thread_limit.c - counts threads, of all and of a user.
 */
#include "personality/linux/process/thread_limit.h"

#include "mm/page.h"
#include "personality/linux/process/pid.h"

/* Linux's measure: an eighth of memory may be kernel stacks, each of 16 KiB. */
enum { PAGES_EACH = 32, THREADS_LEAST = 20 };

static atomic_uint alive;
static unsigned most;

void thread_limit_init(void)
{
    struct page_stats pages;

    page_stats_read(&pages);
    most = (unsigned)MIN(MAX(pages.total / PAGES_EACH, (uint64_t)THREADS_LEAST),
                         (uint64_t)PID_MAX);
    atomic_store_explicit(&alive, 0, memory_order_relaxed);
}

unsigned thread_limit_most(void)
{
    return most;
}

void thread_limit_add(void)
{
    atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed);
}

void thread_limit_remove(void)
{
    atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
}

static bool belongs_to(struct linux_process *lp, uint32_t uid)
{
    SPIN_GUARD(&lp->lock);

    return lp->process && lp->cred.uid == uid;
}

/* A zombie counts as one. */
static uint64_t threads_of_user(uint32_t uid)
{
    uint64_t sum = 0;
    SPIN_GUARD(&family_lock);

    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (belongs_to(lp, uid))
            sum += MAX(atomic_load_explicit(&lp->live_threads, memory_order_relaxed), 1u);
    }
    return sum;
}

/* Threads of a user are counted only where it matters: those of all are at least as many. */
status_t thread_limit_check(struct linux_process *lp)
{
    unsigned count = atomic_load_explicit(&alive, memory_order_relaxed);
    uint64_t limit;
    uint32_t uid;
    bool exempt;

    if (count >= most)
        return ERR_SHOULD_WAIT;
    {
        SPIN_GUARD(&lp->lock);
        limit = lp->limits[RLIMIT_NPROC].soft;
        uid = lp->cred.uid;
        exempt = uid == 0 || credentials_has(&lp->cred, CAP_SYS_RESOURCE) ||
                 credentials_has(&lp->cred, CAP_SYS_ADMIN);
    }
    if (exempt || count < limit || threads_of_user(uid) < limit)
        return OK;
    return ERR_SHOULD_WAIT;
}

static bool is_over(struct linux_process *lp)
{
    uint64_t limit;
    uint32_t uid;

    {
        SPIN_GUARD(&lp->lock);
        limit = lp->limits[RLIMIT_NPROC].soft;
        uid = lp->cred.uid;
    }
    return limit != UINT64_MAX && uid && threads_of_user(uid) > limit;
}

void thread_limit_uid_set(struct linux_process *lp)
{
    bool over = is_over(lp);
    SPIN_GUARD(&lp->lock);

    lp->too_many = over;
}

status_t thread_limit_check_exec(struct linux_process *lp)
{
    bool marked;

    {
        SPIN_GUARD(&lp->lock);
        marked = lp->too_many;
    }
    if (!marked)
        return OK;
    if (is_over(lp))
        return ERR_SHOULD_WAIT;
    SPIN_GUARD(&lp->lock);
    lp->too_many = false;
    return OK;
}
