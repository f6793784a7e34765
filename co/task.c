/*
 * task.c - tasks: started, woken, resumed, ended; and the dump of what they wait for.
 */
#include "co/task.h"

#include "base/assert.h"
#include "base/log.h"
#include "co/executor_internal.h"
#include "hal/context.h"
#include "hal/time.h"
#include "mm/counter.h"

/* Bounds of section co_info, supplied by the linker. */
extern const struct co_info __start_co_info[], __stop_co_info[];

/* Every task between spawn and done, for dumps. Leaf lock. */
static struct spinlock all_lock;
static struct list all_tasks = {&all_tasks, &all_tasks};

static void all_insert(struct task *task)
{
    SPIN_GUARD(&all_lock);

    list_push_back(&all_tasks, &task->all_link);
    counter_add(COUNTER_TASKS, 1);
}

static void all_remove(struct task *task)
{
    SPIN_GUARD(&all_lock);

    list_remove(&task->all_link);
    counter_add(COUNTER_TASKS, -1);
}

void task_prepare(struct task *task, const char *name, struct co *root, uint8_t priority,
                  struct hal_context *context, void (*on_done)(struct task *task))
{
    assert(priority < TASK_PRIORITIES);
    *task = (struct task){.top = root,
                          .cpu = hal_cpu_id(),
                          .priority = priority,
                          .context = context,
                          .name = name,
                          .on_done = on_done};
    list_init(&task->run_link);
    all_insert(task);
}

void task_spawn(struct task *task, const char *name, struct co *root, uint8_t priority,
                struct hal_context *context, void (*on_done)(struct task *task))
{
    task_prepare(task, name, root, priority, context, on_done);
    task_wake(task);
}

void task_wake(struct task *task)
{
    if (bits_set(&task->state, TASK_WOKEN) != 0)
        return;
    task->ready_at = task->runs % TASK_QUEUED_EACH ? 0 : hal_time_now();
    task->ready_weight = task->runs ? TASK_QUEUED_EACH : 1;
    executor_push(task);
}

uint32_t task_all_cpus(void)
{
    return UINT32_MAX >> (HAL_MAX_CPUS - hal_cpu_count());
}

static bool may_be_here(struct task *task, unsigned cpu)
{
    return task_cpus(task) >> cpu & 1;
}

/* Running on a CPU that it may not be on, it is told to let another have it, and is pushed
 * elsewhere then. See task_claim for one that is about to run. */
void task_set_cpus(struct task *task, uint32_t cpus)
{
    atomic_store(&task->cpus, cpus);
    if (atomic_load(&task->state) & TASK_RUNNING)
        executor_resched(task->cpu);
}

bool task_misplaced(struct task *task)
{
    return atomic_load_explicit(&task->state, memory_order_acquire) & TASK_RUNNING &&
           !may_be_here(task, task->cpu);
}

void task_interrupt(struct task *task, unsigned reasons)
{
    bits_set(&task->pending, reasons);
    task_wake(task);
    /* Running elsewhere, perhaps in user mode, where only an interrupt makes it look. */
    if (atomic_load_explicit(&task->state, memory_order_acquire) & TASK_RUNNING &&
        task->cpu != hal_cpu_id())
        hal_cpu_kick(task->cpu);
}

status_t task_interrupted_status(struct task *task)
{
    return task_killed(task) ? ERR_CANCELED : ERR_INTERRUPTED;
}

/*
 * Debug builds foul the stack before each resume: a local carried over a wait in some way the
 * compiler did not see (an array, say) then reads as rubbish, not as what it happened to be.
 */
#ifdef TASK_DEBUG
__attribute__((noinline)) static void foul_stack(void)
{
    volatile unsigned char below[2048];

    for (size_t i = 0; i < sizeof(below); i++)
        below[i] = 0xa5;
}
#else
static inline void foul_stack(void)
{
}
#endif

/*
 * Resume the innermost frame, then whichever callers it lets continue. A frame that suspends
 * has set task->top itself, so no frame outside the one that moves is ever visited.
 */
static void task_resume(struct task *task)
{
    struct co *co = task->top;

    foul_stack();
    while (co->resume(task, co) == CO_DONE) {
        if (!co->caller) {
            task->status = co->status;
            task->top = NULL;
            return;
        }
        co = co->caller;
    }
}

/*
 * To take a task and to say where it may be meet like this:
 *     CPU:     state = RUNNING;   cpus?
 *     others:  cpus = ...;        state?  -> resched
 * At least one of the two sees the other.
 */
bool task_claim(struct task *task)
{
    bits_exchange(&task->state, TASK_RUNNING);
    if (may_be_here(task, hal_cpu_id()))
        return true;
    atomic_store(&task->state, TASK_WOKEN);
    executor_push(task);
    return false;
}

/*
 * WOKEN is cleared before the frame looks at its condition and RUNNING after it has parked, so
 * a wake that comes in between is seen here and not lost. Both are read-modify-writes: the
 * waker's "condition, then state" and our "state, then condition" may not pass each other.
 * A done task stays RUNNING: late wakes fall flat.
 */
void task_run(struct task *task)
{
    task_resume(task);
    assert(hal_cpu_local()->preempt_count == 0);
    executor_charge(task);
    if (task->context)
        hal_context_park();
    if (task_done(task)) {
        all_remove(task);
        if (task->on_done)
            task->on_done(task);
        return;
    }
    if (bits_clear(&task->state, TASK_RUNNING) & TASK_WOKEN) {
        task->ready_at = executor_local()->charged;
        task->ready_weight = 1;
        executor_push(task);
    }
}

static const struct co_info *co_info_of(const struct co *co)
{
    static const struct co_info unknown = {NULL, "?", "?"};

    for (const struct co_info *i = __start_co_info; i < __stop_co_info; i++)
        if (i->resume == co->resume)
            return i;
    return &unknown;
}

void task_dump(const struct task *task)
{
    log_error("task %s:%s", task->name, task_done(task) ? " done" : "");
    for (const struct co *co = task->top; co; co = co->caller) {
        const struct co_info *info = co_info_of(co);
        log_error("    %-22s %s:%u", info->name, info->file, co->line);
    }
}

void task_dump_all(void)
{
    unsigned left = task_count(); /* without the lock the list may lead in circles */

    list_for_each (it, &all_tasks)
        if (left-- > 0)
            task_dump(container_of(it, struct task, all_link));
        else
            break;
}

unsigned task_count(void)
{
    return (unsigned)counter_sum(COUNTER_TASKS);
}

void co_bad_line(struct task *task, struct co *co)
{
    panic("task %s: %s resumed at line %u", task->name, co_info_of(co)->name, co->line);
}
