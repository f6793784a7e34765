/*
 * zircon_test.h - programs of the simulated machine that make Zircon calls.
 *
 * A program is a C function whose text record lies in the code of the vDSO, so its calls are
 * made from there. It runs with one page of memory at DATA. What it expects is noted, not
 * asserted: a failed assertion must not leave the program's stack.
 */
#pragma once

#include "object/object_test.h"

#include "hal/sim/user.h"
#include "object/debuglog.h"
#include "object/futex.h"
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/calls.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/vmar_flags.h"
#include "personality/zircon/zircon.h"

#define DATA      0x40000000ull
#define BAD       0x10ull /* nothing is mapped there */
#define TEXT_SLOT 0x40u   /* bytes between text records in the vDSO's code */

enum { TEXTS_MAX = 8 };
static uint64_t code_offset, code_size; /* of the code in the vDSO */

/* The text record `i` in the vDSO is `program`. */
static UNUSED void set_text(unsigned i, sim_program *program)
{
    struct sim_text text = SIM_TEXT(program);

    assert_true(i < TEXTS_MAX);
    assert_int_equal(
        vmo_write(vdso_vmo()->vmo, code_offset + i * TEXT_SLOT, &text, sizeof(text), NULL), OK);
}

static UNUSED user_addr_t text_pc(user_addr_t vdso, unsigned i)
{
    return vdso + code_offset + i * TEXT_SLOT;
}

/* --- what a program does --- */

static unsigned failed_line;
static int64_t failed_got;

static UNUSED int64_t call(struct sim_user *u, uint32_t number, const uint64_t a[8])
{
    sim_user_regs(u)->r12 = a[6];
    sim_user_regs(u)->r13 = a[7];
    return (int64_t)sim_user_syscall(u, number | SYSCALL_ZIRCON_TAG, a);
}

#define ZX(name, ...) call(u, ZIRCON_NR_##name, (const uint64_t[8]){__VA_ARGS__})

static UNUSED void note(int64_t got, int64_t want, unsigned line)
{
    if (got != want && !failed_line) {
        failed_line = line;
        failed_got = got;
    }
}

#define EXPECT(got, want) note((int64_t)(got), (int64_t)(want), __LINE__)

static UNUSED uint32_t load32(struct sim_user *u, user_addr_t at)
{
    uint32_t word;

    sim_user_load(u, at, &word, sizeof(word));
    return word;
}

static UNUSED void store32(struct sim_user *u, user_addr_t at, uint32_t word)
{
    sim_user_store(u, at, &word, sizeof(word));
}

/* --- what the test does --- */

static struct process *process; /* of the test's program; its first handle is in `self` */
static handle_t self, root_job, root_vmar;

static handle_t give(struct object *obj, rights_t rights)
{
    struct handle h = handle_make(obj, rights);
    handle_t value;

    assert_int_equal(handle_insert(&process->handles, &h, &value), OK);
    return value;
}

static void map_data(void)
{
    struct vmar_map_args args = {.size = PAGE_SIZE,
                                 .prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .flags = MAPPING_SHARED,
                                 .place = PLACE_EXACT,
                                 .addr = DATA};
    user_addr_t at;

    assert_int_equal(vmo_create(PAGE_SIZE, 0, &args.vmo), OK);
    assert_int_equal(vmar_map(process->aspace->root, &args, &at), OK);
    vmo_put(args.vmo);
}

/* Where the code is in the vDSO, as a process sees it. */
static void find_code(void)
{
    struct process *p;
    user_addr_t base;

    assert_int_equal(process_create(job_root(), "scratch", PROCESS_CALLS_ZIRCON, &p), OK);
    assert_int_equal(vdso_map(p, &base), OK);
    code_offset = p->vdso_code - base;
    code_size = p->vdso_end - p->vdso_code;
    object_put(&p->object);
}

/* On a machine that has been switched on. */
static void start_zircon(void)
{
    job_init();
    futex_init();
    zircon_init(false);
    find_code();
    failed_line = 0;
}

static UNUSED int setup_zircon(void **state)
{
    setup(state);
    start_zircon();
    return 0;
}

/* The root job, the root resource, the vDSO and its variants, the kernel's files, and four
 * events of memory pressure stay until the machine is switched off. */
static UNUSED int teardown_zircon(void **state)
{
    (void)state;
    assert_int_equal(task_count(), 0);
    assert_int_equal(process_count(), 0);
    assert_int_equal(object_count() - objects_at_start, 12);
    assert_int_equal(vmo_count() - machine_at_start.vmos, 6);
    frame_drain();
    sim_teardown();
    return 0;
}

static UNUSED void make_process(void)
{
    struct vmar_object *vmar;

    assert_int_equal(process_create(job_root(), "test", PROCESS_CALLS_ZIRCON, &process), OK);
    map_data();
    self = give(&process->object, ZX_DEFAULT_PROCESS_RIGHTS);
    root_job = give(&job_root()->object, ZX_DEFAULT_JOB_RIGHTS);
    process->aspace->root->flags = VMAR_FLAGS_ALL;
    assert_int_equal(vmar_object_create(process, process->aspace->root, &vmar), OK);
    root_vmar = give(&vmar->object, vmar_rights(VMAR_FLAGS_ALL));
    object_put(&vmar->object);
}

/* Time passes as deadlines come, until nothing runs any more. */
static UNUSED void run_to_end(void)
{
    for (settle(); executor_next_deadline() != TIME_INFINITE; settle())
        sim_advance(executor_next_deadline() - hal_time_now());
}

/* The first thread of `process`, at text 0. A reference of the caller's. */
static struct thread *start_thread(void)
{
    struct thread *t;
    user_addr_t vdso;

    assert_int_equal(vdso_map(process, &vdso), OK);
    assert_int_equal(thread_create(process, "main", &zircon_personality, &t), OK);
    user_regs_start(&t->context.regs, text_pc(vdso, 0), DATA + PAGE_SIZE, 0, vdso);
    assert_int_equal(thread_start(t), OK);
    return t;
}

/* Run `program` as a process of its own to its end; its return code. */
static UNUSED int64_t run(sim_program *program)
{
    struct thread *t;
    int64_t code;

    set_text(0, program);
    make_process();
    t = start_thread();
    run_to_end();
    if (failed_line)
        fail_msg("line %u: got %lld", failed_line, (long long)failed_got);
    assert_int_equal(process->state, PROCESS_DEAD);
    code = process->return_code;
    object_put(&t->object);
    object_put(&process->object);
    return code;
}
