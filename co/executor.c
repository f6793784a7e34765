/*
 * executor.c - the per-CPU loop that runs tasks: ready queues, stealing, slices, idling.
 */
#include "co/executor.h"

#include "co/executor_internal.h"
#include "co/ktrace.h"
#include "hal/irq.h"
#include "hal/time.h"

struct executor executors[HAL_MAX_CPUS];

void executor_init(void)
{
    for (unsigned cpu = 0; cpu < HAL_MAX_CPUS; cpu++) {
        struct executor *ex = &executors[cpu];

        *ex = (struct executor){.tick = TIME_INFINITE, .programmed = TIME_INFINITE};
        for (unsigned p = 0; p < TASK_PRIORITIES; p++)
            list_init(&ex->ready[p]);
    }
}

void executor_program(struct executor *ex, time_ns_t deadline)
{
    if (deadline >= ex->programmed)
        return;
    ex->programmed = deadline;
    hal_timer_set(deadline);
}

static time_ns_t slice_length(const struct executor *ex)
{
    unsigned ms = 2 * EXECUTOR_SLICE_MS / (MAX(ex->ready_count, 1u) + 1);

    return MAX(ms, (unsigned)EXECUTOR_SLICE_LEAST_MS) * NS_PER_MS;
}

/* Someone waits for this CPU: see that the running task's slice ends. The tick stays armed
 * until it fires, so a stream of wakes reads the clock once a slice. */
static void slice_begin(struct executor *ex)
{
    if (ex->tick != TIME_INFINITE)
        return;
    ex->tick = hal_time_now() + slice_length(ex);
    executor_program(ex, ex->tick);
}

static void ready_insert(struct executor *ex, struct task *task)
{
    SPIN_GUARD(&ex->ready_lock);

    list_push_back(&ex->ready[task->priority], &task->run_link);
    ex->ready_mask |= 1u << task->priority;
    ex->ready_count++;
}

/* Caller holds ready_lock. */
static struct task *ready_take(struct executor *ex, struct list *link)
{
    struct task *task = container_of(link, struct task, run_link);

    list_remove(link);
    if (list_empty(&ex->ready[task->priority]))
        ex->ready_mask &= ~(1u << task->priority);
    ex->ready_count--;
    return task;
}

static unsigned highest(uint32_t mask)
{
    return 31u - (unsigned)__builtin_clz(mask);
}

static struct task *ready_pop(struct executor *ex)
{
    SPIN_GUARD(&ex->ready_lock);

    return ex->ready_mask ? ready_take(ex, ex->ready[highest(ex->ready_mask)].next) : NULL;
}

/* The most urgent task of another CPU's list that may be on this one becomes ours. Its `cpu`
 * changes under the victim's lock. */
static struct task *steal_from(struct executor *victim)
{
    unsigned me = hal_cpu_id();
    SPIN_GUARD(&victim->ready_lock);

    for (uint32_t left = victim->ready_mask; left; left &= ~(1u << highest(left)))
        list_for_each (it, &victim->ready[highest(left)]) {
            struct task *task = container_of(it, struct task, run_link);

            if (!(task_cpus(task) >> me & 1))
                continue;
            ready_take(victim, it);
            task->cpu = me;
            return task;
        }
    return NULL;
}

static struct task *ready_steal(struct executor *ex)
{
    unsigned count = hal_cpu_count(), me = hal_cpu_id();

    for (unsigned i = 1; i < count; i++) {
        struct executor *victim = &executors[(me + i) % count];
        struct task *task;

        if (!__atomic_load_n(&victim->ready_count, __ATOMIC_RELAXED))
            continue;
        task = steal_from(victim);
        if (task) {
            ex->stats.steals++;
            return task;
        }
    }
    return NULL;
}

static void kick_an_idle_cpu(void)
{
    unsigned count = hal_cpu_count(), me = hal_cpu_id();

    for (unsigned i = 1; i < count; i++) {
        unsigned cpu = (me + i) % count;

        if (atomic_load(&executors[cpu].idle)) {
            hal_cpu_kick(cpu);
            return;
        }
    }
}

/* Where it was last, or, if it may not be there any more, where it may: on an idle CPU if there
 * is one. Nobody else looks at a task that is on no list. */
static unsigned place(struct task *task)
{
    uint32_t cpus = task_cpus(task);
    unsigned first;

    if (cpus >> task->cpu & 1)
        return task->cpu;
    first = (unsigned)__builtin_ctz(cpus);
    task->cpu = first;
    for (unsigned cpu = first; cpu < hal_cpu_count(); cpu++)
        if (cpus >> cpu & 1 && atomic_load(&executors[cpu].idle)) {
            task->cpu = cpu;
            break;
        }
    return task->cpu;
}

/*
 * The push and the idle CPU's last look meet like this:
 *     pusher:  list += task;   fence;  idle?  -> kick
 *     idler:   idle = 1;       fence;  list?  -> run
 * At least one of the two sees the other; the kick makes hal_cpu_halt return.
 */
void executor_push(struct task *task)
{
    unsigned cpu = place(task);
    struct executor *ex = &executors[cpu];
    struct task *current;

    ready_insert(ex, task);
    if (cpu == hal_cpu_id()) {
        current = ex->current;
        if (current && task->priority > current->priority)
            atomic_store_explicit(&ex->resched, 1, memory_order_relaxed);
        slice_begin(ex);
        if (ex->ready_count > 1)
            kick_an_idle_cpu();
        return;
    }
    atomic_thread_fence(memory_order_seq_cst);
    hal_cpu_kick(cpu);
    if (!atomic_load(&ex->idle)) /* it is busy: let one steal that is not */
        kick_an_idle_cpu();
}

void executor_resched(unsigned cpu)
{
    atomic_store_explicit(&executors[cpu].resched, 1, memory_order_relaxed);
    if (cpu != hal_cpu_id())
        hal_cpu_kick(cpu);
}

time_ns_t executor_next_deadline(void)
{
    struct executor *ex = executor_local();
    SPIN_GUARD(&ex->timer_lock);

    return ex->timers.root ? ex->timers.root->key : TIME_INFINITE;
}

void executor_timer_upcall(void)
{
    struct executor *ex = executor_local();
    time_ns_t now = hal_time_now();

    ex->programmed = TIME_INFINITE;
    timers_expire(ex, now);
    if (now >= ex->tick) {
        ex->tick = TIME_INFINITE;
        if (ex->ready_count) {
            atomic_store_explicit(&ex->resched, 1, memory_order_relaxed);
            kick_an_idle_cpu();
            slice_begin(ex);
        }
    }
    executor_program(ex, MIN(executor_next_deadline(), ex->tick));
}

struct task *executor_current(void)
{
    struct task *task;

    hal_preempt_disable();
    task = executor_local()->current;
    hal_preempt_enable();
    return task;
}

bool executor_has_ready(void)
{
    return executor_local()->ready_count != 0;
}

bool executor_should_yield(struct task *task)
{
    struct executor *ex = executor_local();

    if (!atomic_load_explicit(&ex->resched, memory_order_relaxed))
        return false;
    SPIN_GUARD(&ex->ready_lock);
    return ex->ready_mask >> task->priority != 0 || task_misplaced(task);
}

/* A kick from another CPU may mean that it pushed here: the running task's slice begins to
 * count, which nobody but this CPU can see to. */
static void serve_pending(struct executor *ex)
{
    if (!hal_irq_pending())
        return;
    hal_irq_serve();
    if (ex->ready_count)
        slice_begin(ex);
}

void executor_interrupted(void)
{
    serve_pending(executor_local());
}

/* One reading of the clock a switch: what passes between two of them is charged to the task
 * that ran. Idle time is nobody's. */
void executor_charge(struct task *task)
{
    struct executor *ex = executor_local();
    time_ns_t now = hal_time_now();
    unsigned turn = atomic_load_explicit(&ex->charges, memory_order_relaxed);

    atomic_store_explicit(&ex->charges, turn + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    __atomic_store_n(&task->ran, task->ran + (now - ex->charged), __ATOMIC_RELAXED);
    __atomic_store_n(&ex->charged, now, __ATOMIC_RELAXED);
    atomic_store_explicit(&ex->charges, turn + 2, memory_order_release);
}

/* What was charged, and what is not yet; false: read in the middle of a charge. */
static bool ran_on(const struct executor *ex, const struct task *task, time_ns_t *ran)
{
    unsigned turn = atomic_load_explicit(&ex->charges, memory_order_acquire);

    *ran = __atomic_load_n(&task->ran, __ATOMIC_RELAXED);
    if (__atomic_load_n(&ex->current, __ATOMIC_RELAXED) == task)
        *ran += hal_time_now() - __atomic_load_n(&ex->charged, __ATOMIC_RELAXED);
    atomic_thread_fence(memory_order_acquire);
    return !(turn & 1) && atomic_load_explicit(&ex->charges, memory_order_relaxed) == turn;
}

time_ns_t task_ran(const struct task *task)
{
    time_ns_t ran;

    for (unsigned tries = 0;; tries++) {
        unsigned cpu = __atomic_load_n(&task->cpu, __ATOMIC_RELAXED);

        if (ran_on(&executors[cpu], task, &ran))
            return ran;
        hal_cpu_relax(tries);
    }
}

struct task_time task_time(const struct task *task)
{
    return (struct task_time){.ran = task_ran(task),
                              .queued = __atomic_load_n(&task->queued, __ATOMIC_RELAXED)};
}

/* Its wait for a CPU is over. A moment ago there was a reading of the clock, which is exact
 * enough but for a task that has never run. */
static void note_queued(struct executor *ex, struct task *task)
{
    time_ns_t now;

    if (!task->ready_at)
        return;
    now = task->runs ? ex->charged : hal_time_now();
    if (now > task->ready_at)
        __atomic_store_n(&task->queued,
                         task->queued + (now - task->ready_at) * task->ready_weight,
                         __ATOMIC_RELAXED);
}

static void trace_switch(struct executor *ex, const struct task *to)
{
    const uint32_t args[4] = {to->trace_id, hal_cpu_id(), 0, 0};

    ktrace_32(TAG_CONTEXT_SWITCH, ex->traced, args);
    ex->traced = to->trace_id;
}

bool executor_step(void)
{
    struct executor *ex = executor_local();
    struct task *task;

    serve_pending(ex);
    task = ready_pop(ex);
    if (!task)
        task = ready_steal(ex);
    if (!task)
        return false;
    atomic_store_explicit(&ex->resched, 0, memory_order_relaxed);
    if (!task_claim(task))
        return true;
    note_queued(ex, task);
    ex->stats.switches++;
    if (ktrace_on(KTRACE_GRP_SCHEDULER))
        trace_switch(ex, task);
    task->runs++;
    ex->current = task;
    task_run(task);
    ex->current = NULL;
    return true;
}

/* See executor_push for why the list is looked at once more after `idle` is up. */
static void executor_idle(struct executor *ex)
{
    time_ns_t now;

    atomic_store(&ex->idle, 1);
    atomic_thread_fence(memory_order_seq_cst);
    if (!ex->ready_count && !hal_irq_pending()) {
        ex->stats.idles++;
        hal_cpu_halt();
    }
    atomic_store(&ex->idle, 0);
    now = hal_time_now();
    ex->stats.idle += now - ex->charged;
    __atomic_store_n(&ex->charged, now, __ATOMIC_RELAXED);
}

_Noreturn void executor_run(void)
{
    struct executor *ex = executor_local();

    ex->charged = hal_time_now();
    for (;;)
        if (!executor_step())
            executor_idle(ex);
}

void executor_note_kernel(time_ns_t time)
{
    hal_preempt_disable();
    executor_local()->stats.kernel += time;
    hal_preempt_enable();
}

void executor_stats_read(unsigned cpu, struct executor_stats *out)
{
    const struct executor *ex = &executors[cpu];

    *out = ex->stats;
    if (atomic_load(&ex->idle))
        out->idle += hal_time_now() - __atomic_load_n(&ex->charged, __ATOMIC_RELAXED);
}
