/*
 * thread_test.c - threads: system calls, faults, interruptions and death of simulated programs.
 */
#include "object/task_test.h"

/* What a program found out; it runs in the host's memory. */
static uint64_t got[8];
static unsigned beats;

/* --- programs --- */

static void calls_program(struct sim_user *u)
{
    got[0] = SIM_SYSCALL(u, CALL_ADD, 40, 2);
    got[1] = SIM_SYSCALL(u, CALL_SLEEP, MS(3));
    got[2] = (uint64_t)hal_time_now();
    got[3] = SIM_SYSCALL(u, CALL_BIG, MS(5));
    got[4] = SIM_SYSCALL(u, CALL_NONE);
    got[5] = SIM_SYSCALL(u, CALL_COUNT + 7);
    got[6] = SIM_SYSCALL(u, SYSCALL_ZIRCON_TAG | CALL_ADD, 1, 1);
    SIM_SYSCALL(u, CALL_EXIT, 5);
}

/* Its argument is what it copies from. */
static void copy_program(struct sim_user *u)
{
    got[0] = SIM_SYSCALL(u, CALL_COPY, program_arg(u));
    SIM_SYSCALL(u, CALL_EXIT, 0);
}

static void memory_program(struct sim_user *u)
{
    sim_user_store64(u, DATA + PAGE_SIZE - 4, 0x0123456789abcdef);
    got[0] = sim_user_load64(u, DATA + PAGE_SIZE - 4);
    got[1] = sim_user_load64(u, PAGED + 2 * PAGE_SIZE);
    SIM_SYSCALL(u, CALL_EXIT, 0);
}

/* Its argument is where it stores. */
static void store_program(struct sim_user *u)
{
    sim_user_store64(u, program_arg(u), 1);
    got[0] = 1;
    SIM_SYSCALL(u, CALL_EXIT, 0);
}

static void illegal_program(struct sim_user *u)
{
    sim_user_raise(u, HAL_EXC_ILLEGAL);
    SIM_SYSCALL(u, CALL_EXIT, 0);
}

static void beat_program(struct sim_user *u)
{
    uint64_t number = program_arg(u);

    for (;;) {
        sim_user_spin(u, NS_PER_MS / 10);
        got[number]++;
        beats++;
    }
}

static void block_program(struct sim_user *u)
{
    got[0] = SIM_SYSCALL(u, CALL_BLOCK);
    got[1]++;
    SIM_SYSCALL(u, CALL_EXIT, 3);
}

static void sleep_program(struct sim_user *u)
{
    SIM_SYSCALL(u, CALL_SLEEP, program_arg(u));
    SIM_SYSCALL(u, CALL_THREAD_EXIT);
    got[0] = 1; /* never */
}

/* The big frame finds no memory. */
static void starved_program(struct sim_user *u)
{
    inject_failure_at(1);
    got[0] = SIM_SYSCALL(u, CALL_BIG, MS(1));
    inject_failure_at(0);
    got[1] = SIM_SYSCALL(u, CALL_ADD, 3, 4);
    SIM_SYSCALL(u, CALL_EXIT, 0);
}

enum { CALLS, COPY, MEMORY, STORE, ILLEGAL, BEAT, BLOCK, SLEEP, STARVED };

static const struct sim_text text[] = {
    [CALLS] = SIM_TEXT(calls_program),     [COPY] = SIM_TEXT(copy_program),
    [MEMORY] = SIM_TEXT(memory_program),   [STORE] = SIM_TEXT(store_program),
    [ILLEGAL] = SIM_TEXT(illegal_program), [BEAT] = SIM_TEXT(beat_program),
    [BLOCK] = SIM_TEXT(block_program),     [SLEEP] = SIM_TEXT(sleep_program),
    [STARVED] = SIM_TEXT(starved_program),
};

static void prepare(void)
{
    test_text = text;
    test_text_size = sizeof(text);
    memset(got, 0, sizeof(got));
    beats = 0;
}

/* A process with one thread, run to its end; its code. */
static int64_t run_program(unsigned program, uint64_t arg)
{
    struct process *p;
    int64_t code;

    prepare();
    p = new_process(job_root());
    run_thread(p, program, arg);
    run_machine();
    assert_int_equal(p->state, PROCESS_DEAD);
    assert_int_equal(object_signals(&p->object), ZX_TASK_TERMINATED);
    assert_int_equal(seen.ended, 1);
    code = p->return_code;
    object_put(&p->object);
    assert_int_equal(seen.exitings, seen.freed);
    return code;
}

/* --- system calls --- */

static void calls_answer(void **state)
{
    (void)state;
    assert_int_equal(run_program(CALLS, 0), 5);
    assert_int_equal(got[0], 42);
    assert_int_equal(got[1], 0);
    assert_int_equal(got[2], MS(3));
    assert_int_equal(got[3], MS(5));
    assert_int_equal((int64_t)got[4], ERR_BAD_SYSCALL);
    assert_int_equal((int64_t)got[5], ERR_BAD_SYSCALL);
    assert_int_equal((int64_t)got[6], ERR_BAD_SYSCALL); /* not a table this process may use */
    assert_int_equal(seen.missing, 3);
}

/* One of the usual size, by each CPU. */
static void a_frame_is_kept_for_the_next(void **state)
{
    void *first = frame_alloc(FRAME_USUAL), *second = frame_alloc(1);

    (void)state;
    assert_ptr_not_equal(first, second);
    inject_failure_at(1);
    assert_null(frame_alloc(FRAME_USUAL));
    frame_free(first, FRAME_USUAL);
    inject_failure_at(1);
    assert_null(frame_alloc(FRAME_USUAL + 1));
    inject_failure_at(1);
    assert_ptr_equal(frame_alloc(1), first);
    inject_failure_at(0);
    frame_free(first, 1);
    frame_free(second, 1);
    assert_ptr_equal(frame_alloc(2), second);
    frame_free(second, 2);
}

static void a_big_frame_may_find_no_memory(void **state)
{
    (void)state;
    assert_int_equal(run_program(STARVED, 0), 0);
    assert_int_equal((int64_t)got[0], ERR_NO_MEMORY);
    assert_int_equal(got[1], 7);
}

static void a_call_is_made_again_when_its_page_has_come(void **state)
{
    (void)state;
    run_program(COPY, PAGED + 3 * PAGE_SIZE);
    assert_int_equal(got[0], 4); /* as the pager fills page 3 */
    assert_int_equal(seen.copies, 2);
    assert_int_equal(pager.waits, 1);
}

static void a_word_may_need_two_pages(void **state)
{
    (void)state;
    run_program(COPY, PAGED + 2 * PAGE_SIZE - 4);
    assert_int_equal(got[0], 3ull << 32); /* the end of page 1, the start of page 2 */
    assert_int_equal(pager.waits, 2);
}

static void a_page_that_does_not_come_is_a_bad_address(void **state)
{
    (void)state;
    pager.failure = ERR_IO;
    run_program(COPY, PAGED);
    assert_int_equal((int64_t)got[0], ERR_FAULT);
    assert_int_equal(seen.copies, 1);
    assert_int_equal(seen.exceptions, 0);
}

static void addresses_that_are_not_there_are_refused_at_once(void **state)
{
    static const user_addr_t bad[] = {0, TEXT - PAGE_SIZE, HAL_USER_END - 4, UINT64_MAX - 3};

    (void)state;
    for (size_t i = 0; i < countof(bad); i++) {
        seen.ended = 0;
        run_program(COPY, bad[i]);
        assert_int_equal((int64_t)got[0], ERR_FAULT);
    }
}

/* --- faults --- */

static void faults_are_served_unseen(void **state)
{
    (void)state;
    run_program(MEMORY, 0);
    assert_int_equal(got[0], 0x0123456789abcdef);
    assert_int_equal(got[1], 3);
    assert_int_equal(pager.waits, 1);
    assert_int_equal(seen.exceptions, 0);
}

static void what_cannot_be_served_is_an_exception(void **state)
{
    (void)state;
    assert_int_equal(run_program(STORE, 0x10), 99);
    assert_int_equal(seen.exceptions, 1);
    assert_int_equal(seen.fault_status, ERR_FAULT);
    assert_int_equal(seen.trap.kind, HAL_TRAP_FAULT);
    assert_int_equal(seen.trap.addr, 0x10);
    assert_int_equal(seen.trap.access, HAL_PROT_WRITE);

    seen = (struct test_log){0};
    assert_int_equal(run_program(STORE, TEXT + 8), 99);
    assert_int_equal(seen.fault_status, ERR_ACCESS_DENIED);

    seen = (struct test_log){0};
    assert_int_equal(run_program(ILLEGAL, 0), 99);
    assert_int_equal(seen.trap.kind, HAL_TRAP_EXCEPTION);
    assert_int_equal(seen.trap.exception, HAL_EXC_ILLEGAL);
    assert_int_equal(got[0], 0);
}

static void map_what_is_missing(struct thread *t)
{
    struct vmo *vmo;

    assert(vmo_create(PAGE_SIZE, 0, &vmo) == OK);
    map_at(t->process, vmo, ROUND_DOWN(t->trap.addr, PAGE_SIZE), 1,
           HAL_PROT_READ | HAL_PROT_WRITE);
}

static void an_exception_may_be_put_right(void **state)
{
    (void)state;
    exception_code = 0;
    on_exception = map_what_is_missing;
    assert_int_equal(run_program(STORE, 0x40000), 0);
    assert_int_equal(got[0], 1);
    assert_int_equal(seen.exceptions, 1);
}

static void a_pager_that_fails_is_an_exception(void **state)
{
    (void)state;
    pager.failure = ERR_IO;
    assert_int_equal(run_program(MEMORY, 0), 99);
    assert_int_equal(seen.fault_status, ERR_IO);
}

/* --- interruptions --- */

struct at_time {
    struct timer timer;
    struct thread *thread;
    unsigned reasons; /* TASK_KILL: by thread_kill */
};

static void interrupt_thread(struct timer *timer)
{
    struct at_time *a = container_of(timer, struct at_time, timer);

    if (a->reasons == TASK_KILL)
        thread_kill(a->thread);
    else
        task_interrupt(&a->thread->task, a->reasons);
}

/* Run `program`; at `time` its thread is interrupted, and at the end of all killed. */
static void interrupt_at(unsigned program, time_ns_t time, unsigned reasons)
{
    struct at_time first = {.reasons = reasons}, last = {.reasons = TASK_KILL};
    struct process *p;
    struct thread *t;

    prepare();
    p = new_process(job_root());
    assert_int_equal(start_thread(p, program, 0, &t), OK);
    first.thread = last.thread = t;
    timer_arm_callback(&first.timer, interrupt_thread, time);
    timer_arm_callback(&last.timer, interrupt_thread, time + MS(20));
    run_machine();
    assert_int_equal(t->state, THREAD_DEAD);
    assert_int_equal(object_signals(&t->object), ZX_TASK_TERMINATED);
    assert_int_equal(p->state, PROCESS_DEAD);
    assert_int_equal(seen.exitings, 1);
    object_put(&t->object);
    object_put(&p->object);
}

static void a_thread_is_killed_in_user_mode(void **state)
{
    (void)state;
    interrupt_at(BEAT, MS(7), TASK_KILL);
    assert_in_range(beats, 60, 71);
    assert_int_equal(seen.pendings, 0);
}

static void a_thread_is_killed_in_a_wait(void **state)
{
    (void)state;
    interrupt_at(BLOCK, MS(7), TASK_KILL);
    assert_int_equal(got[1], 0); /* it never came back to its program */
}

static void a_signal_ends_a_wait_but_not_the_thread(void **state)
{
    static const unsigned reasons[] = {TASK_SIGNAL, TASK_SUSPEND, TASK_SIGNAL | TASK_SUSPEND};

    (void)state;
    for (size_t i = 0; i < countof(reasons); i++) {
        seen = (struct test_log){0};
        interrupt_at(BLOCK, MS(7 + 40 * i), reasons[i]);
        assert_int_equal((int64_t)got[0], ERR_INTERRUPTED);
        assert_int_equal(got[1], 1);
        assert_int_equal(seen.pendings, 1);
        assert_int_equal(seen.return_code, 3);
    }
}

static void a_signal_reaches_a_thread_in_user_mode(void **state)
{
    (void)state;
    interrupt_at(BEAT, MS(7), TASK_SIGNAL);
    assert_int_equal(seen.pendings, 1);
    assert_true(beats > 200);
}

static void a_thread_killed_before_its_start_never_runs(void **state)
{
    struct process *p;
    struct thread *t;

    (void)state;
    prepare();
    p = new_process(job_root());
    assert_int_equal(new_thread(p, CALLS, 0, &t), OK);
    thread_kill(t);
    assert_int_equal(t->state, THREAD_DEAD);
    assert_int_equal(thread_start(t), ERR_BAD_STATE);
    object_put(&t->object);
    assert_int_equal(seen.freed, 1);
    assert_int_equal(p->state, PROCESS_INITIAL);

    run_thread(p, SLEEP, 0); /* the process is as good as new */
    run_machine();
    assert_int_equal(p->state, PROCESS_DEAD);
    object_put(&p->object);
}

static void a_thread_starts_once(void **state)
{
    struct process *p;
    struct thread *t;

    (void)state;
    prepare();
    p = new_process(job_root());
    assert_int_equal(start_thread(p, SLEEP, (uint64_t)MS(1), &t), OK);
    assert_int_equal(thread_start(t), ERR_BAD_STATE);
    run_machine();
    assert_int_equal(thread_start(t), ERR_BAD_STATE);
    thread_kill(t); /* too late, and harmless */
    object_put(&t->object);
    object_put(&p->object);
}

/* --- sharing the CPU --- */

static void programs_that_only_compute_share_the_cpu(void **state)
{
    struct at_time end = {.reasons = TASK_KILL};
    struct process *p;
    struct thread *t[3];

    (void)state;
    prepare();
    p = new_process(job_root());
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(start_thread(p, BEAT, i, &t[i]), OK);
    for (unsigned i = 0; i < 3; i++) {
        static struct at_time ends[3];

        ends[i] = end;
        ends[i].thread = t[i];
        timer_arm_callback(&ends[i].timer, interrupt_thread, MS(300));
    }
    run_machine();
    for (unsigned i = 0; i < 3; i++) {
        assert_in_range(got[i], 700, 1300); /* of 3000 tenths of a millisecond */
        object_put(&t[i]->object);
    }
    object_put(&p->object);
}

/* FP registers are another thread's while it does not run; the machine panics if forgotten. */
static void fp_program(struct sim_user *u)
{
    unsigned char mine = (unsigned char)program_arg(u);

    for (unsigned round = 0; round < 20; round++) {
        memset(sim_user_fp(u), mine, 16);
        SIM_SYSCALL(u, CALL_SLEEP, (uint64_t)hal_time_now() + 1000);
        got[mine] += ((unsigned char *)sim_user_fp(u))[7] != mine;
    }
    SIM_SYSCALL(u, CALL_THREAD_EXIT);
}

static void each_thread_has_fp_registers_of_its_own(void **state)
{
    static const struct sim_text fp_text[] = {SIM_TEXT(fp_program)};

    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct process *p;

        boot_tasks(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 20});
        prepare();
        test_text = fp_text;
        test_text_size = sizeof(fp_text);
        p = new_process(job_root());
        for (unsigned i = 1; i < 6; i++)
            run_thread(p, 0, i);
        run_machine();
        for (unsigned i = 1; i < 6; i++)
            assert_int_equal(got[i], 0);
        object_put(&p->object);
        all_is_given_back();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(calls_answer),
        TEST(a_frame_is_kept_for_the_next),
        TEST(a_big_frame_may_find_no_memory),
        TEST(a_call_is_made_again_when_its_page_has_come),
        TEST(a_word_may_need_two_pages),
        TEST(a_page_that_does_not_come_is_a_bad_address),
        TEST(addresses_that_are_not_there_are_refused_at_once),
        TEST(faults_are_served_unseen),
        TEST(what_cannot_be_served_is_an_exception),
        TEST(an_exception_may_be_put_right),
        TEST(a_pager_that_fails_is_an_exception),
        TEST(a_thread_is_killed_in_user_mode),
        TEST(a_thread_is_killed_in_a_wait),
        TEST(a_signal_ends_a_wait_but_not_the_thread),
        TEST(a_signal_reaches_a_thread_in_user_mode),
        TEST(a_thread_killed_before_its_start_never_runs),
        TEST(a_thread_starts_once),
        TEST(programs_that_only_compute_share_the_cpu),
        TEST_SEEDS(each_thread_has_fp_registers_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
