/*
 * co_test.c - coroutines and tasks: resuming, waking, what ends which wait early, dumps.
 */
#include "co/co_test.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* --- tasks --- */

struct count {
    struct co co;
    unsigned rounds;  /* in: suspensions */
    unsigned resumes; /* out */
};

static CO_FN(count)
{
    while (f->resumes < f->rounds) {
        f->resumes++;
        CO_SUSPEND();
    }
    CO_RETURN((status_t)f->resumes);
}
CO_END

static unsigned done_count;

static void note_done(struct task *task)
{
    (void)task;
    done_count++;
}

static void a_task_runs_once_for_each_wake(void **state)
{
    struct count frame = {.co = {.resume = count}, .rounds = 2};
    struct task task;

    (void)state;
    done_count = 0;
    task_spawn(&task, "count", &frame.co, 3, NULL, note_done);
    assert_int_equal(task_count(), 1);
    assert_int_equal(frame.resumes, 0); /* spawning does not run it */
    run_ready();
    assert_int_equal(frame.resumes, 1);
    run_ready();
    assert_int_equal(frame.resumes, 1);

    task_wake(&task); /* two before it runs are one */
    task_wake(&task);
    run_ready();
    assert_int_equal(frame.resumes, 2);
    assert_false(task_done(&task));

    task_wake(&task);
    run_ready();
    assert_true(task_done(&task));
    assert_int_equal(task.status, 2);
    assert_int_equal(done_count, 1);

    task_wake(&task); /* late wakes fall flat */
    task_interrupt(&task, TASK_SIGNAL);
    assert_false(executor_step());
    assert_int_equal(done_count, 1);
}

struct wake_self {
    struct co co;
    unsigned runs;
};

static CO_FN(wake_self)
{
    while (f->runs < 5) {
        f->runs++;
        task_wake(task);
        CO_SUSPEND();
    }
    CO_RETURN(OK);
}
CO_END

static void a_wake_while_running_is_not_lost(void **state)
{
    struct wake_self frame = {.co = {.resume = wake_self}};
    struct task task;

    (void)state;
    spawn(&task, "wake_self", &frame.co);
    run_ready();
    assert_true(task_done(&task));
    assert_int_equal(frame.runs, 5);
}

/* --- deep chains --- */

enum { DEPTH = 100 };

/* Recursion needs storage that is not the frame itself; here the test's array provides it. */
struct deep {
    struct co co;
    unsigned level;
    unsigned *visits; /* times any level was entered or resumed */
};
static struct deep deep_frames[DEPTH + 1];
static co_fn deep;

static CO_FN(deep)
{
    status_t st;

    ++*f->visits;
    if (f->level == DEPTH) {
        CO_YIELD();
        ++*f->visits;
        CO_YIELD();
        ++*f->visits;
        CO_RETURN(7);
    }
    CO_CALL(st, deep_frames[f->level + 1], deep, .level = f->level + 1, .visits = f->visits);
    CO_RETURN(st + 1);
}
CO_END

static void resuming_enters_the_innermost_frame_only(void **state)
{
    unsigned visits = 0;
    struct task task;

    (void)state;
    deep_frames[0] = (struct deep){.co = {.resume = deep}, .visits = &visits};
    spawn(&task, "deep", &deep_frames[0].co);
    run_ready();
    assert_true(task_done(&task));
    assert_int_equal(task.status, 7 + DEPTH);
    assert_int_equal(visits, DEPTH + 1 + 2); /* each level once, the leaf twice more */
}

static void a_frame_is_not_resumed_after_its_return(void **state)
{
    struct count frame = {.co = {.resume = count}};
    struct task task = {.name = "dead"};
    bool panicked;

    (void)state;
    assert_int_equal(count(&task, &frame.co), CO_DONE);
    panicked = SIM_PANICS((void)!count(&task, &frame.co));
    assert_true(panicked);
    assert_non_null(strstr(sim_panic_reason(), "count"));
}

/* --- calls through a slot --- */

struct slot_head {
    struct co co;
    unsigned in;
};

union slot {
    struct slot_head head;
    unsigned char bytes[128];
};

struct add_later {
    struct co co;
    unsigned in;
    unsigned sum;
};
CO_FITS(add_later, union slot);

static CO_FN(add_later)
{
    f->sum = 30;
    CO_YIELD();
    CO_RETURN((status_t)(f->in + f->sum));
}
CO_END

struct by_slot {
    struct co co;
    union slot slot;
};

static CO_FN(by_slot)
{
    status_t st;

    CO_CALL_SLOT(st, f->slot, add_later, .in = 12);
    CO_RETURN(st);
}
CO_END

static void a_slot_holds_any_callee(void **state)
{
    struct by_slot frame = {.co = {.resume = by_slot}};
    struct task task;

    (void)state;
    memset(&frame.slot, 0xff, sizeof(frame.slot));
    spawn(&task, "by_slot", &frame.co);
    run_ready();
    assert_int_equal(task.status, 42);
}

/* --- what ends a wait --- */

enum wait_kind { WAIT_UNTIL, WAIT_KILLABLE, WAIT_BLOCK };

struct wait {
    struct co co;
    enum wait_kind kind;
    bool condition;
};

static CO_FN(wait)
{
    if (f->kind == WAIT_UNTIL)
        CO_WAIT_UNTIL(f->condition);
    else if (f->kind == WAIT_KILLABLE)
        CO_WAIT_KILLABLE(f->condition);
    else
        CO_BLOCK_UNTIL(f->condition);
    CO_RETURN(f->condition ? OK : task_interrupted_status(task));
}
CO_END

/* The wait's outcome when `reason` is raised, before the wait begins or during it. */
static status_t interrupted(enum wait_kind kind, unsigned reason, bool before)
{
    struct wait frame = {.co = {.resume = wait}, .kind = kind};
    struct task task;

    spawn(&task, "wait", &frame.co);
    if (!before)
        run_ready();
    task_interrupt(&task, reason);
    run_ready();
    if (!task_done(&task)) {
        frame.condition = true;
        task_wake(&task);
        run_ready();
    }
    assert_true(task_done(&task));
    assert_int_equal(task_pending(&task), reason);
    assert_int_equal(task_killed(&task), reason == TASK_KILL);
    task_clear(&task, reason);
    assert_int_equal(task_pending(&task), 0);
    return task.status;
}

static void each_wait_says_what_ends_it(void **state)
{
    static const struct {
        enum wait_kind kind;
        unsigned reason;
        status_t status; /* OK: nothing but its condition ended it */
    } cases[] = {
        {WAIT_UNTIL, TASK_KILL, ERR_CANCELED},
        {WAIT_UNTIL, TASK_SIGNAL, ERR_INTERRUPTED},
        {WAIT_UNTIL, TASK_SUSPEND, ERR_INTERRUPTED},
        {WAIT_KILLABLE, TASK_KILL, ERR_CANCELED},
        {WAIT_KILLABLE, TASK_SIGNAL, OK},
        {WAIT_KILLABLE, TASK_SUSPEND, OK},
        {WAIT_BLOCK, TASK_KILL, OK},
        {WAIT_BLOCK, TASK_SIGNAL, OK},
        {WAIT_BLOCK, TASK_SUSPEND, OK},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        assert_int_equal(interrupted(cases[i].kind, cases[i].reason, false), cases[i].status);
        assert_int_equal(interrupted(cases[i].kind, cases[i].reason, true), cases[i].status);
    }
}

static void a_true_condition_outranks_a_reason(void **state)
{
    struct wait frame = {.co = {.resume = wait}, .condition = true};
    struct task task;

    (void)state;
    spawn(&task, "wait", &frame.co);
    task_interrupt(&task, TASK_KILL | TASK_SIGNAL);
    run_ready();
    assert_int_equal(task.status, OK);
}

/* --- dumps --- */

static char dumped[1024];

static void keep_line(enum log_level level, const char *line, size_t size)
{
    size_t at = strlen(dumped);

    (void)level;
    snprintf(dumped + at, sizeof(dumped) - at, "%.*s\n", (int)size, line);
}

struct outer {
    struct co co;
    struct wait wait;
};

static CO_FN(outer)
{
    status_t st;

    CO_CALL(st, f->wait, wait, .kind = WAIT_UNTIL);
    CO_RETURN(st);
}
CO_END

static void a_dump_names_each_frame_with_its_line(void **state)
{
    struct outer frame = {.co = {.resume = outer}};
    struct task task;
    char want[64];

    (void)state;
    spawn(&task, "sleepy", &frame.co);
    run_ready();
    dumped[0] = '\0';
    log_init(keep_line, LOG_ERROR);
    task_dump(&task);
    assert_ptr_equal(strstr(dumped, "task sleepy:"), dumped);
    snprintf(want, sizeof(want), "co/co_test.c:%u", (unsigned)frame.wait.co.line);
    assert_non_null(strstr(dumped, want));
    snprintf(want, sizeof(want), "co/co_test.c:%u", (unsigned)frame.co.line);
    assert_non_null(strstr(dumped, want));
    assert_true(strstr(dumped, "wait ") < strstr(dumped, "outer "));

    dumped[0] = '\0';
    task_dump_all();
    assert_non_null(strstr(dumped, "task sleepy:"));

    task_interrupt(&task, TASK_KILL);
    run_ready();
    dumped[0] = '\0';
    task_dump(&task);
    assert_string_equal(dumped, "task sleepy: done\n");
    task_dump_all();
    assert_string_equal(dumped, "task sleepy: done\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_task_runs_once_for_each_wake),
        TEST(a_wake_while_running_is_not_lost),
        TEST(resuming_enters_the_innermost_frame_only),
        TEST(a_frame_is_not_resumed_after_its_return),
        TEST(a_slot_holds_any_callee),
        TEST(each_wait_says_what_ends_it),
        TEST(a_true_condition_outranks_a_reason),
        TEST(a_dump_names_each_frame_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
