/*
 * load.c - load averages, by a look every five seconds.
 */
#include "personality/linux/load.h"

#include "co/timer.h"
#include "hal/time.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/process.h"

#define LOOK_EVERY (5 * NS_PER_SEC)
enum { ONE = 1 << LOAD_SHIFT };

/* What is left of an average after five seconds: e to the -5/60, -5/300, -5/900. */
static const uint32_t decay[3] = {1884, 2014, 2037};
static atomic_uint averages[3];
static struct timer look;

bool load_is_running(struct thread *t)
{
    return t->state == THREAD_RUNNING &&
           atomic_load_explicit(&t->task.state, memory_order_relaxed);
}

static void count_locked(struct linux_process *lp, struct load_threads *sum)
{
    if (!lp->process || lp->zombie)
        return;
    SPIN_GUARD(&lp->process->object.lock);
    list_for_each (it, &lp->process->threads) {
        sum->all++;
        sum->running += load_is_running(container_of(it, struct thread, process_link));
    }
}

struct load_threads load_threads_now(void)
{
    struct load_threads sum = {0};
    SPIN_GUARD(&family_lock);

    list_for_each (it, pid_all_locked())
        count_locked(container_of(it, struct linux_process, all_link), &sum);
    return sum;
}

/* Rounded towards what there is, so that it comes to it. */
static uint32_t next(uint32_t average, uint32_t kept, uint32_t now)
{
    uint64_t sum = (uint64_t)average * kept + (uint64_t)now * (ONE - kept);

    return (uint32_t)((sum + (now >= average ? ONE - 1 : 0)) >> LOAD_SHIFT);
}

static void take_look(struct timer *timer)
{
    uint32_t now = (uint32_t)load_threads_now().running << LOAD_SHIFT;

    for (unsigned i = 0; i < 3; i++)
        atomic_store_explicit(
            &averages[i],
            next(atomic_load_explicit(&averages[i], memory_order_relaxed), decay[i], now),
            memory_order_relaxed);
    timer_arm_callback(timer, take_look, hal_time_now() + LOOK_EVERY);
}

void load_init(void)
{
    timer_arm_callback(&look, take_look, hal_time_now() + LOOK_EVERY);
}

void load_averages(uint32_t out[3])
{
    for (unsigned i = 0; i < 3; i++)
        out[i] = atomic_load_explicit(&averages[i], memory_order_relaxed);
}
