/*
 * switch_bench.c - rings of coroutines, timed as lmbench's lat_ctx times rings of processes.
 */
#include "co/switch_bench.h"

#include "base/assert.h"
#include "base/format.h"
#include "co/executor.h"
#include "co/task.h"
#include "hal/console.h"
#include "hal/time.h"
#include "mm/slab.h"

enum { MEMBERS_MAX = 16, STEPS = 500, ROUNDS = 40 };

struct member;

/* Its root. */
struct pass_on {
    struct co co;
    struct member *member;
};
static co_fn pass_on;

struct member {
    struct task task;
    struct pass_on root;
    struct member *next;
    const volatile uint64_t *array;
    bool token;
};

static struct member ring[MEMBERS_MAX];
static size_t words;   /* in each array */
static unsigned steps; /* left to do */
static unsigned alive; /* tasks */

static void read_array(const struct member *m)
{
    for (size_t i = 0; i < words; i++)
        (void)m->array[i];
}

static void hand_on(struct member *to)
{
    to->token = true;
    task_wake(&to->task);
}

/* Once there is nothing left to do the token goes round to end each. */
static CO_FN(pass_on)
{
    for (;;) {
        CO_BLOCK_UNTIL(f->member->token);
        f->member->token = false;
        if (!steps)
            break;
        steps--;
        read_array(f->member);
        hand_on(f->member->next);
    }
    if (!task_done(&f->member->next->task))
        hand_on(f->member->next);
    CO_RETURN(OK);
}
CO_END

struct be_resumed {
    struct co co;
    struct member *member;
};
static co_fn be_resumed;

static CO_FN(be_resumed)
{
    for (;;) {
        read_array(f->member);
        CO_SUSPEND();
    }
}
CO_END

/* ---- timing ---- */

static void member_done(struct task *task)
{
    (void)task;
    alive--;
}

static void run_executor(unsigned members, unsigned count)
{
    steps = count;
    alive = members;
    for (unsigned i = 0; i < members; i++) {
        ring[i].root = (struct pass_on){.co = {.resume = pass_on}, .member = &ring[i]};
        ring[i].next = &ring[(i + 1) % members];
        task_spawn(&ring[i].task, "member", &ring[i].root.co, TASK_PRIORITY_DEFAULT, NULL,
                   member_done);
    }
    hand_on(&ring[0]);
    while (alive)
        (void)executor_step();
}

static void run_coroutines(unsigned members, unsigned count)
{
    struct be_resumed frames[MEMBERS_MAX];

    for (unsigned i = 0; i < members; i++) {
        frames[i] = (struct be_resumed){.co = {.resume = be_resumed}, .member = &ring[i]};
        ring[i].task.top = &frames[i].co;
    }
    for (unsigned done = 0, i = 0; done < count; done++) {
        struct task *task = &ring[i].task;
        enum co_poll poll = task->top->resume(task, task->top);

        assert(poll == CO_PENDING);
        i = i + 1 == members ? 0 : i + 1;
    }
}

static void run_alone(unsigned members, unsigned count)
{
    (void)members;
    for (unsigned done = 0; done < count; done++)
        read_array(&ring[0]);
}

/* Picoseconds for each step: the best of some rounds, for others may use the machine. */
static int64_t timed(void (*run)(unsigned members, unsigned count), unsigned members)
{
    time_ns_t best = TIME_INFINITE, start;

    for (unsigned i = 0; i < ROUNDS; i++) {
        start = hal_time_now();
        run(members, STEPS);
        best = MIN(best, hal_time_now() - start);
    }
    return (int64_t)best * 1000 / STEPS;
}

static void show(const char *form, unsigned members, unsigned kib, int64_t ps)
{
    char line[64];

    hal_console_write(line, (size_t)format(line, sizeof(line), "%s %up/%uK %ld ps\n", form,
                                           members, kib, (long)MAX(ps, 0)));
}

static void bench(unsigned members, unsigned kib)
{
    int64_t alone;

    words = (size_t)kib * 1024 / sizeof(uint64_t);
    alone = timed(run_alone, members);
    show("executor", members, kib, timed(run_executor, members) - alone);
    show("coroutine", members, kib, timed(run_coroutines, members) - alone);
}

void switch_bench(void)
{
    static const unsigned cases[][2] = {{2, 0},  {2, 16}, {2, 64},  {8, 0},
                                        {8, 16}, {8, 64}, {16, 16}, {16, 64}};

    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        ring[i].array = kzalloc(64 * 1024);
        assert(ring[i].array); /* memory at boot */
    }
    for (size_t i = 0; i < countof(cases); i++)
        bench(cases[i][0], cases[i][1]);
}
