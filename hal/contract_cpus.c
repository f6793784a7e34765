/*
 * contract_cpus.c - several CPUs: starting, kicking, locks, shoot-downs, migration.
 */
#include "base/string.h"
#include "hal/contract_internal.h"
#include "hal/spinlock.h"
#include "hal/time.h"

#define ROUNDS 20000u

/* What the other CPUs are to do next. A job is over when `done` equals the number of them. */
static _Atomic(void (*)(void)) job;
static atomic_uint job_number;
static atomic_uint done;

static struct spinlock lock;
static uint64_t counter; /* guarded by lock */

static unsigned others(void)
{
    return hal_cpu_count() - 1;
}

static void other_main(void)
{
    unsigned seen = 0;

    for (;;) {
        unsigned number = atomic_load(&job_number);

        if (number == seen) {
            hal_cpu_halt();
            hal_irq_serve();
            continue;
        }
        seen = number;
        atomic_load (&job)();
        atomic_fetch_add(&done, 1);
    }
}

static void start_job(void (*fn)(void))
{
    atomic_store(&done, 0);
    atomic_store(&job, fn);
    atomic_fetch_add(&job_number, 1);
    for (unsigned cpu = 0; cpu < hal_cpu_count(); cpu++)
        if (cpu != hal_cpu_id())
            hal_cpu_kick(cpu);
}

static bool wait_for(atomic_uint *value, unsigned wanted)
{
    time_ns_t limit = hal_time_now() + 10 * NS_PER_SEC;

    for (unsigned tries = 0; atomic_load(value) < wanted && hal_time_now() < limit; tries++)
        hal_cpu_relax(tries % 1000);
    return CHECK_EQ(atomic_load(value), wanted);
}

static atomic_uint ids_seen; /* a bit for each CPU */

static void say_id(void)
{
    atomic_fetch_or(&ids_seen, 1u << hal_cpu_id());
    CHECK_EQ(hal_cpu_local()->preempt_count, 0);
}

static void every_cpu_runs_and_is_kicked(void)
{
    for (unsigned i = 0; i < 3; i++) {
        atomic_store(&ids_seen, 1);
        start_job(say_id);
        wait_for(&done, others());
        CHECK_EQ(atomic_load(&ids_seen), (uint32_t)((1ull << hal_cpu_count()) - 1));
    }
}

static void count_under_lock(void)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        SPIN_GUARD(&lock);
        counter++;
    }
}

static void locks_exclude(void)
{
    start_job(count_under_lock);
    count_under_lock();
    wait_for(&done, others());
    CHECK_EQ(counter, (uint64_t)ROUNDS * hal_cpu_count());
    CHECK(!spin_held(&lock));
}

static time_ns_t latest; /* guarded by lock */
static atomic_uint clock_steps_back;

static void compare_clocks(void)
{
    for (unsigned i = 0; i < ROUNDS / 10; i++) {
        time_ns_t now;
        SPIN_GUARD(&lock);

        now = hal_time_now();
        if (now < latest)
            atomic_fetch_add(&clock_steps_back, 1);
        latest = MAX(latest, now);
    }
}

static void clocks_agree(void)
{
    start_job(compare_clocks);
    compare_clocks();
    wait_for(&done, others());
    CHECK_EQ(atomic_load(&clock_steps_back), 0);
}

static void set_own_timer(void)
{
    unsigned calls = contract_timer_calls();
    time_ns_t deadline = hal_time_now() + 3 * NS_PER_MS;

    hal_timer_set(deadline);
    while (contract_timer_calls() == calls) {
        hal_cpu_halt();
        hal_irq_serve();
    }
    CHECK(hal_time_now() >= deadline);
}

static void every_cpu_has_a_timer(void)
{
    start_job(set_own_timer);
    wait_for(&done, others());
}

/* --- user mode elsewhere --- */

static struct contract_thread thread;
static atomic_uint entered, left;

/* CPU 1 runs `thread` until it traps, or until `entered` was 2 at an interrupt. */
static void run_thread(void)
{
    if (hal_cpu_id() != 1)
        return;
    atomic_store(&entered, 1);
    do {
        hal_irq_serve();
        hal_context_run(&thread.ctx, &thread.pt, &thread.trap);
    } while (thread.trap.kind == HAL_TRAP_INTERRUPT && atomic_load(&entered) != 2);
    hal_irq_serve();
    hal_context_park();
    atomic_store(&left, 1);
}

static void start_thread(enum contract_entry entry, uint64_t arg0)
{
    contract_thread_restart(&thread, entry, arg0, 0);
    atomic_store(&entered, 0);
    atomic_store(&left, 0);
    start_job(run_thread);
    wait_for(&entered, 1);
    for (time_ns_t end = hal_time_now() + 5 * NS_PER_MS; hal_time_now() < end;)
        hal_cpu_relax(0); /* it is well inside by now */
}

static void a_kick_ends_user_mode(void)
{
    start_thread(USER_SPIN, 0);
    CHECK_EQ(atomic_load(&left), 0);
    atomic_store(&entered, 2);
    hal_cpu_kick(1);
    wait_for(&left, 1);
    CHECK_EQ(thread.trap.kind, HAL_TRAP_INTERRUPT);
    wait_for(&done, others());
}

static void unmapping_reaches_other_cpus(void)
{
    start_thread(USER_WATCH, USER_DATA);
    hal_pt_unmap(&thread.pt, USER_DATA, 1);
    wait_for(&left, 1);
    CHECK_EQ(thread.trap.kind, HAL_TRAP_FAULT);
    CHECK_EQ(thread.trap.addr, USER_DATA);
    CHECK_EQ(hal_pt_map(&thread.pt, USER_DATA, thread.data, 1, HAL_PROT_READ | HAL_PROT_WRITE),
             OK);
    wait_for(&done, others());
}

static atomic_uint met;

static void meet(void)
{
    atomic_fetch_add(&met, 1);
    while (atomic_load(&met) < 2)
        hal_cpu_relax(0);
}

static void meet_and_run_thread(void)
{
    if (hal_cpu_id() == 1)
        meet();
    run_thread();
}

/* CPUs that are the first in an address space at the same time are in the same one. */
static void two_enter_at_once(void)
{
    struct contract_thread other;

    contract_thread_fini(&thread);
    contract_thread_init(&thread, USER_WATCH, USER_DATA, 0);
    contract_thread_init(&other, USER_READ, USER_DATA, 0);
    atomic_store(&met, 0);
    atomic_store(&entered, 0);
    atomic_store(&left, 0);
    start_job(meet_and_run_thread);
    meet();
    do {
        hal_irq_serve();
        hal_context_run(&other.ctx, &thread.pt, &other.trap);
    } while (other.trap.kind == HAL_TRAP_INTERRUPT);
    CHECK_EQ(other.trap.kind, HAL_TRAP_SYSCALL);
    wait_for(&entered, 1);
    hal_pt_unmap(&thread.pt, USER_DATA, 1);
    wait_for(&left, 1);
    CHECK_EQ(thread.trap.kind, HAL_TRAP_FAULT);
    wait_for(&done, others());
    contract_thread_fini(&other);
}

static void new_spaces_are_entered_at_once(void)
{
    for (unsigned i = 0; i < 50; i++)
        two_enter_at_once();
    contract_thread_fini(&thread);
    contract_thread_init(&thread, USER_SPIN, 0, 0);
}

static status_t remap_locked(user_addr_t va)
{
    status_t st = hal_pt_map(&thread.pt, va, thread.data, 1, HAL_PROT_READ);

    hal_pt_unmap(&thread.pt, va, 1);
    return st;
}

/* All change one address space, in turn; those whose turn it is not serve shoot-downs. */
static void remap_own_page(void)
{
    user_addr_t va = USER_FAR + hal_cpu_id() * (64ull << 20);

    for (unsigned i = 0; i < 200; i++) {
        status_t st;

        {
            SPIN_GUARD(&lock);
            st = remap_locked(va);
        }
        CHECK_EQ(st, OK);
    }
}

static void changes_from_all_cpus(void)
{
    start_job(remap_own_page);
    remap_own_page();
    wait_for(&done, others());
}

static void one_step_elsewhere(void)
{
    if (hal_cpu_id() != 1)
        return;
    contract_expect_value(&thread, 0x1234567);
    hal_context_park();
}

static void fp_registers_migrate(void)
{
    contract_thread_restart(&thread, USER_FP, 0x1234567, 0);
    for (unsigned i = 0; i < 3; i++) {
        contract_expect_value(&thread, 0x1234567);
        hal_context_park();
        start_job(one_step_elsewhere);
        wait_for(&done, others());
    }
}

void contract_test_cpus(void)
{
    atomic_store(&job_number, 0);
    counter = 0;
    latest = 0;
    hal_cpu_start_others(other_main);
    CHECK_RUN(every_cpu_runs_and_is_kicked);
    CHECK_RUN(locks_exclude);
    CHECK_RUN(clocks_agree);
    CHECK_RUN(every_cpu_has_a_timer);
    if (!others())
        return;
    contract_thread_init(&thread, USER_SPIN, 0, 0);
    CHECK_RUN(a_kick_ends_user_mode);
    CHECK_RUN(unmapping_reaches_other_cpus);
    CHECK_RUN(new_spaces_are_entered_at_once);
    CHECK_RUN(changes_from_all_cpus);
    CHECK_RUN(fp_registers_migrate);
    contract_thread_fini(&thread);
}
