/*
 * task.h - tasks: coroutines that an executor runs, and the reasons that end their waits early.
 *
 * Lock order: the lock of a wait list (an object's, the timers') -> executor.ready_lock.
 */
#pragma once

#include "base/list.h"
#include "co/co.h"
#include "hal/bits.h"

struct hal_context;

/*
 * A task is WOKEN, RUNNING, both (woken while it runs) or neither (parked).
 * It is on a ready list exactly while it is WOKEN and not RUNNING, so it is on it once.
 */
enum { TASK_WOKEN = 1, TASK_RUNNING = 2 };

/* Why a wait ends early: a word of reasons, each raised by task_interrupt. */
enum {
    TASK_KILL = 1u << 0,    /* stays: the task is to unwind for good */
    TASK_SIGNAL = 1u << 1,  /* a Linux signal; the thread's root loop clears it */
    TASK_SUSPEND = 1u << 2, /* suspend or stop; likewise */
};

enum { TASK_PRIORITIES = 32, TASK_PRIORITY_DEFAULT = 16 }; /* higher runs first */

/* On CPUs; and ready without one, which is an estimate: beside a task's first wait and those of
 * who let others go first, one wait of so many is measured, and stands for them. */
struct task_time {
    time_ns_t ran, queued;
};
enum { TASK_QUEUED_EACH = 16 };

struct task {
    struct co *top; /* innermost suspended frame; only the running CPU touches it */
    uint16_t cpu;   /* whose ready list and timers; changes only while ready, under that
                       executor's ready_lock */
    uint8_t priority;
    uint8_t ready_weight; /* how many waits the present one stands for */
    atomic_uint cpus;     /* that it may be on, a bit each; 0: all. See task_set_cpus */
    struct list run_link; /* executor.ready[priority]; guarded by ready_lock */
    struct list all_link; /* of all tasks, for dumps; guarded by task.c's own lock */
    atomic_uint state;
    atomic_uint pending; /* TASK_KILL ... */
    struct hal_context
        *context;  /* of a user thread: parked when the task suspends; else NULL */
    time_ns_t ran; /* on CPUs, up to its last suspension; see task_ran */
    time_ns_t queued;
    union {
        time_ns_t ready_at; /* since when it waits for a CPU; 0: nobody has looked */
        status_t status;    /* the root coroutine's, once `top` is NULL */
    };
    uint64_t runs;     /* how often it got a CPU */
    uint32_t trace_id; /* in the kernel's trace; 0: a task of the kernel's */
    const char *name;
    /* Called by the executor when the root coroutine has returned; may free the task. NULL:
     * none. */
    void (*on_done)(struct task *task);
};

/* Ready to run `root`, whose arguments the caller has filled in; both stay valid until on_done.
 * Starts on the calling CPU, at `priority`. */
void task_spawn(struct task *task, const char *name, struct co *root, uint8_t priority,
                struct hal_context *context, void (*on_done)(struct task *task));

/* The same in two steps, for who has something to say of the task before it runs: `task_wake`
 * is the second. */
void task_prepare(struct task *task, const char *name, struct co *root, uint8_t priority,
                  struct hal_context *context, void (*on_done)(struct task *task));

/*
 * From now on it runs on these CPUs only; there must be one. 0: on any. It leaves the CPU that
 * it is on by itself, soon: task_misplaced tells whether it has yet to.
 */
void task_set_cpus(struct task *task, uint32_t cpus);
bool task_misplaced(struct task *task);

/* All CPUs that there are. */
uint32_t task_all_cpus(void);

/* Any CPU. Wakes do not count: two of them before the task runs are one. */
void task_wake(struct task *task);

/* Raise reasons and wake. The waits that honour them end, now and later; frames unwind as for
 * any error. A task in user mode is kicked out of it. */
void task_interrupt(struct task *task, unsigned reasons);

/* By the root loop, when it has dealt with them. */
static inline void task_clear(struct task *task, unsigned reasons)
{
    bits_clear(&task->pending, reasons);
}

static inline unsigned task_pending(struct task *task)
{
    return atomic_load_explicit(&task->pending, memory_order_acquire);
}

static inline bool task_killed(struct task *task)
{
    return task_pending(task) & TASK_KILL;
}

/* What a wait that ended early returns: CANCELED when killed, INTERRUPTED otherwise. */
status_t task_interrupted_status(struct task *task);

static inline bool task_done(const struct task *task)
{
    return !task->top;
}

/* How long the task has been on CPUs, to this moment. Any CPU, any lock. */
time_ns_t task_ran(const struct task *task);
struct task_time task_time(const struct task *task);

static inline void task_time_add(struct task_time *sum, struct task_time time)
{
    sum->ran += time.ran;
    sum->queued += time.queued;
}

/* One log line per suspended frame, innermost first. The task must not be running. */
void task_dump(const struct task *task);
/* Every task, best effort and without locks: for a panic. */
void task_dump_all(void);
/* Tasks spawned and not done: leak tests compare it. */
unsigned task_count(void);

/* Give up the CPU until someone calls task_wake(). May return early: use CO_WAIT_UNTIL. */
#define CO_SUSPEND()    \
    do {                \
        task->top = co; \
        CO_PARK_();     \
    } while (0)

/* Wait for `cond`, or for any pending reason; the caller tells them apart. */
#define CO_WAIT_UNTIL(cond)                    \
    do {                                       \
        while (!(cond) && !task_pending(task)) \
            CO_SUSPEND();                      \
    } while (0)

/* Wait for `cond`, or for death. */
#define CO_WAIT_KILLABLE(cond)                \
    do {                                      \
        while (!(cond) && !task_killed(task)) \
            CO_SUSPEND();                     \
    } while (0)

/* Wait for `cond` no matter what: for hardware that still owns our memory, and for cleanup. */
#define CO_BLOCK_UNTIL(cond) \
    do {                     \
        while (!(cond))      \
            CO_SUSPEND();    \
    } while (0)

/* Let every other ready task of this priority go first. */
#define CO_YIELD()       \
    do {                 \
        task_wake(task); \
        CO_SUSPEND();    \
    } while (0)
