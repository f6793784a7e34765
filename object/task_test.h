/*
 * task_test.h - the machine of the tests of threads, processes and jobs: a call table and a
 * personality of their own, programs of the simulated machine, and what has to be back at the
 * end.
 */
#pragma once

#include "vm/machine_test.h"

#include <string.h>

#include "base/assert.h"
#include "hal/sim/user.h"
#include "hal/time.h"
#include "object/futex.h"
#include "object/thread.h"

#define MS(n) ((time_ns_t)(n)*NS_PER_MS)

/* Where each process of a test has its text, its data, and the slow pages of `pager`. */
#define TEXT  0x100000ull
#define DATA  0x200000ull
#define PAGED 0x300000ull
enum { DATA_PAGES = 4, PAGED_PAGES = 4 };

/* The calls of the test table. */
enum test_call {
    CALL_ADD,         /* plain: a + b */
    CALL_SLEEP,       /* waits until time a */
    CALL_BIG,         /* the same, in a frame that does not fit the thread's slot; answers a */
    CALL_COPY,        /* plain: the word at user address a */
    CALL_BLOCK,       /* waits for ever */
    CALL_EXIT,        /* the process dies with code a */
    CALL_THREAD_EXIT, /* this thread dies */
    CALL_THREAD,      /* plain: one more thread, running program a with argument b */
    CALL_NONE,        /* known, not implemented */
    CALL_COUNT,
};

/* What the personality and the calls have seen since the machine was set up. */
struct test_log {
    unsigned pendings, exceptions, exitings, ended, freed;
    unsigned copies; /* times that CALL_COPY was made */
    unsigned missing;
    int64_t return_code;  /* of the last process that ended */
    time_ns_t end;        /* when it did */
    struct hal_trap trap; /* of the last exception */
    status_t fault_status;
};
static struct test_log seen;

/* What the personality does about an exception: kill the process with this code, or, 0, call
 * on_exception. */
static int64_t exception_code;
static void (*on_exception)(struct thread *t);

/* The text of every process. */
static const struct sim_text *test_text;
static size_t test_text_size;

/* --- a pager whose pages always have to be waited for; page n holds n + 1 in each word --- */

static struct {
    unsigned waits;
    status_t failure; /* instead of a page */
} pager;

static status_t pager_try(struct vmo *vmo, uint64_t index, struct page *page)
{
    (void)vmo;
    (void)index;
    (void)page;
    return ERR_SHOULD_WAIT;
}

struct pager_wait {
    VMO_PAGE_IN_FRAME;
};
CO_FITS(pager_wait, union vmo_page_in_slot);

static CO_FN(pager_wait)
{
    uint64_t *words;

    CO_YIELD();
    pager.waits++;
    words = page_data(f->page);
    for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++)
        words[i] = f->index + 1;
    CO_RETURN(pager.failure);
}
CO_END

static const struct vmo_pager_ops pager_ops = {.try_page_in = pager_try, .page_in = pager_wait};

/* --- calls --- */

static status_t call_add(struct syscall *call)
{
    call->result = (int64_t)(call->arg[0] + call->arg[1]);
    return OK;
}

struct call_sleep {
    SYSCALL_FRAME;
    struct sleep_until sleep;
};
SYSCALL_WAIT(call_sleep);

static CO_FN(call_sleep)
{
    status_t st;

    CO_CALL(st, f->sleep, sleep_until, .deadline = (time_ns_t)f->call->arg[0]);
    CO_RETURN(st);
}
CO_END

struct call_big {
    SYSCALL_FRAME;
    struct sleep_until sleep;
    uint64_t words[512];
};
SYSCALL_WAIT(call_big);

static CO_FN(call_big)
{
    status_t st;

    for (unsigned i = 0; i < countof(f->words); i++)
        f->words[i] = f->call->arg[0] + i;
    CO_CALL(st, f->sleep, sleep_until, .deadline = (time_ns_t)f->call->arg[0]);
    for (unsigned i = 0; i < countof(f->words); i++)
        assert(f->words[i] == f->call->arg[0] + i);
    f->call->result = (int64_t)f->call->arg[0];
    CO_RETURN(st);
}
CO_END

static status_t call_copy(struct syscall *call)
{
    seen.copies++;
    return copy_from_user(&call->thread->user, &call->result, call->arg[0],
                          sizeof(call->result));
}

struct call_block {
    SYSCALL_FRAME;
};
SYSCALL_WAIT(call_block);

static CO_FN(call_block)
{
    CO_WAIT_UNTIL(false);
    CO_RETURN(task_interrupted_status(task));
}
CO_END

static status_t call_exit(struct syscall *call)
{
    process_kill(call->thread->process, (int64_t)call->arg[0]);
    return OK;
}

static status_t call_thread_exit(struct syscall *call)
{
    thread_kill(call->thread);
    return OK;
}

static status_t start_thread(struct process *p, unsigned program, uint64_t arg,
                             struct thread **out);

static status_t call_thread(struct syscall *call)
{
    struct thread *t;
    status_t st = start_thread(call->thread->process, (unsigned)call->arg[0], call->arg[1], &t);

    object_put(st == OK ? &t->object : NULL);
    return st;
}

static const struct syscall_entry test_calls[CALL_COUNT] = {
    [CALL_ADD] = {.name = "add", .plain = call_add},
    [CALL_SLEEP] = {.name = "sleep", .wait = call_sleep, .frame_size = &call_sleep_frame_size},
    [CALL_BIG] = {.name = "big", .wait = call_big, .frame_size = &call_big_frame_size},
    [CALL_COPY] = {.name = "copy", .plain = call_copy},
    [CALL_BLOCK] = {.name = "block", .wait = call_block, .frame_size = &call_block_frame_size},
    [CALL_EXIT] = {.name = "exit", .plain = call_exit},
    [CALL_THREAD_EXIT] = {.name = "thread_exit", .plain = call_thread_exit},
    [CALL_THREAD] = {.name = "thread", .plain = call_thread},
    [CALL_NONE] = {.name = "none"},
};

/* The program sees the result, or the status. */
static void test_finish(struct syscall *call, status_t st)
{
    user_regs_set_result(&call->thread->context.regs,
                         st == OK ? (uint64_t)call->result : (uint64_t)(int64_t)st);
}

static status_t test_missing(struct syscall *call)
{
    (void)call;
    seen.missing++;
    return ERR_BAD_SYSCALL;
}

static const struct syscall_table test_table = {
    .name = "test",
    .entries = test_calls,
    .count = CALL_COUNT,
    .finish = test_finish,
    .missing = test_missing,
};

/* --- the personality --- */

struct test_pending {
    THREAD_FRAME;
};

static CO_FN(test_pending)
{
    seen.pendings++;
    task_clear(task, TASK_SIGNAL | TASK_SUSPEND);
    CO_RETURN(OK);
}
CO_END

struct test_exception {
    THREAD_FRAME;
};

static CO_FN(test_exception)
{
    seen.exceptions++;
    seen.trap = f->thread->trap;
    seen.fault_status = f->thread->fault_status;
    if (exception_code)
        process_kill(f->thread->process, exception_code);
    else
        on_exception(f->thread);
    CO_RETURN(OK);
}
CO_END

/* It may wait, and does, whatever is pending. */
struct test_exiting {
    THREAD_FRAME;
    struct timer timer;
};
CO_FITS(test_exiting, union thread_slot);

static CO_FN(test_exiting)
{
    assert(task_killed(task));
    assert(f->thread->process->aspace);
    timer_arm(&f->timer, task, hal_time_now() + 10);
    CO_BLOCK_UNTIL(timer_fired(&f->timer));
    timer_disarm(&f->timer);
    seen.exitings++;
    CO_RETURN(OK);
}
CO_END

static void test_ended(struct process *p)
{
    assert(p->state == PROCESS_DEAD && !p->aspace);
    seen.ended++;
    seen.return_code = p->return_code;
    seen.end = hal_time_now();
}

static void test_thread_free(struct thread *t)
{
    assert(t->state != THREAD_RUNNING);
    seen.freed++;
}

static const struct personality test_personality = {
    .name = "test",
    .pending = test_pending,
    .exception = test_exception,
    .exiting = test_exiting,
    .process_ended = test_ended,
    .thread_free = test_thread_free,
};

/* --- processes and threads --- */

static void map_at(struct process *p, struct vmo *vmo, user_addr_t at, uint64_t pages,
                   unsigned prot)
{
    struct vmar_map_args args = {.vmo = vmo,
                                 .size = pages * PAGE_SIZE,
                                 .prot = prot,
                                 .max_prot = prot,
                                 .place = PLACE_EXACT,
                                 .addr = at};
    user_addr_t base;

    assert_int_equal(vmar_map(p->aspace->root, &args, &base), OK);
    vmo_put(vmo);
}

static UNUSED struct process *new_process(struct job *job)
{
    struct process *p;
    struct vmo *text, *data, *paged;

    assert_int_equal(process_create(job, "test", PROCESS_CALLS_LINUX, &p), OK);
    assert_int_equal(vmo_create(PAGE_SIZE, 0, &text), OK);
    assert_int_equal(vmo_write(text, 0, test_text, test_text_size, NULL), OK);
    assert_int_equal(vmo_create(DATA_PAGES * PAGE_SIZE, 0, &data), OK);
    assert_int_equal(vmo_create_paged(PAGED_PAGES * PAGE_SIZE, &pager_ops, NULL, &paged), OK);
    map_at(p, text, TEXT, 1, HAL_PROT_READ | HAL_PROT_EXEC);
    map_at(p, data, DATA, DATA_PAGES, HAL_PROT_READ | HAL_PROT_WRITE);
    map_at(p, paged, PAGED, PAGED_PAGES, HAL_PROT_READ);
    return p;
}

/* A thread of `p` that will run program `program` of the text. */
static status_t new_thread(struct process *p, unsigned program, uint64_t arg,
                           struct thread **out)
{
    status_t st = thread_create(p, "test", &test_personality, out);

    if (st == OK)
        user_regs_start(&(*out)->context.regs, TEXT + program * sizeof(struct sim_text), 0, arg,
                        0);
    return st;
}

static status_t start_thread(struct process *p, unsigned program, uint64_t arg,
                             struct thread **out)
{
    status_t st = new_thread(p, program, arg, out);

    if (st != OK)
        return st;
    st = thread_start(*out);
    if (st != OK)
        object_put(&(*out)->object);
    return st;
}

/* Start `program`; the test keeps no reference. */
static UNUSED void run_thread(struct process *p, unsigned program, uint64_t arg)
{
    struct thread *t;

    assert_int_equal(start_thread(p, program, arg, &t), OK);
    object_put(&t->object);
}

/* What a program was started with. Before its first system call. */
static UNUSED uint64_t program_arg(struct sim_user *u)
{
    return user_regs_arg(sim_user_regs(u), 0);
}

/* All CPUs run until nothing will ever happen any more. */
static UNUSED void run_machine(void)
{
    enum sim_outcome outcome = sim_run(executor_run);

    if (outcome != SIM_IDLE)
        fail_msg("the machine ended: %s", sim_panic_reason());
}

/* --- set up and tear down --- */

static unsigned objects_at_boot;

static UNUSED void boot_tasks(const struct sim_config *config)
{
    machine_boot(config, &(struct hal_upcalls){.syscall = thread_syscall});
    job_init();
    futex_init();
    syscall_table_register(0, &test_table);
    syscall_table_register(1, &test_table);
    seen = (struct test_log){0};
    memset(&pager, 0, sizeof(pager));
    exception_code = 99;
    on_exception = NULL;
    objects_at_boot = object_count();
    machine_note();
}

/* Nothing of what the test made is left. */
static UNUSED void all_is_given_back(void)
{
    assert_int_equal(process_count(), 0);
    assert_int_equal(object_count(), objects_at_boot);
    machine_end();
}

static UNUSED int setup_tasks(void **state)
{
    (void)state;
    boot_tasks(&(struct sim_config){0});
    return 0;
}

static UNUSED int teardown_tasks(void **state)
{
    (void)state;
    all_is_given_back();
    return 0;
}

#define TEST(name)       cmocka_unit_test_setup_teardown(name, setup_tasks, teardown_tasks)
#define TEST_SEEDS(name) cmocka_unit_test(name)
