/*
 * fuzz_test.c - every call of the table with arguments drawn by chance and by type, made by
 * programs of the simulated machine that have handles of all kinds: the kernel answers each of
 * them, and nothing is left when they have ended.
 *
 * One session follows the other: a process in a job of its own, whose first thread makes the
 * calls; the job is killed at its end. Run on by hand with ZCORE_FUZZ_SEED (of the first run)
 * and ZCORE_FUZZ_CALLS (in each).
 */
#include "personality/zircon/zircon_test.h"

#include "base/format.h"
#include "object/bti.h"
#include "object/resource.h"
#include "uapi/zircon/syscalls/memory.h"
#include "uapi/zircon/syscalls/object.h"

enum { SESSION_CALLS = 80, SLOTS = 12, HANDLES = 64 };

static uint64_t random_state, calls_made;
static unsigned failures_percent; /* of calls, in which an allocation fails */
static handle_t handles[HANDLES];
static unsigned handle_count;
static handle_t root_resource, iommu_handle, bti_handle;
static struct job *job;
static struct bti *bti;
static char bad[96];

/* The types of a call's arguments, in order, as the table has them. */
static const struct shape {
    uint32_t number;
    const char *name, *types;
} shapes[] = {
#include "personality/zircon/fuzz_shapes.inc"
};

/* --- chance --- */

static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint64_t below(uint64_t limit)
{
    return (draw() >> 11) % limit;
}

static bool chance(unsigned percent)
{
    return below(100) < percent;
}

#define ONE_OF(list) ((list)[below(countof(list))])

/* --- values --- */

static user_addr_t slot(unsigned i)
{
    return DATA + i * PAGE_SIZE;
}

static uint64_t draw_integer(void)
{
    static const uint64_t odd[] = {INT32_MAX,    INT32_MIN,    UINT32_MAX, (uint64_t)INT64_MIN,
                                   INT64_MAX,    (uint64_t)-1, 1ull << 32, 1ull << 40,
                                   (uint64_t)-2, 1ull << 46,   65536,      1 << 20};

    if (chance(70))
        return below(chance(70) ? 8 : 40);
    return chance(60) ? ONE_OF(odd) : draw() >> below(64);
}

static uint64_t draw_size(void)
{
    static const uint64_t odd[] = {1,    24,   512,        4095,       4097,       5000,
                                   8000, 1000, 1ull << 46, 1ull << 62, UINT64_MAX, -4096ull};

    if (chance(60))
        return below(5) * PAGE_SIZE;
    return chance(70) ? below(64) : ONE_OF(odd);
}

static uint64_t draw_pointer(unsigned i)
{
    static const uint64_t odd[] = {0, 0, 8, DATA - 8, HAL_USER_END - 8, 1ull << 63, -8ull};

    if (chance(85))
        return slot(i) + (chance(80) ? 0 : chance(50) ? 1 + below(64) : PAGE_SIZE - 8);
    return ONE_OF(odd);
}

/* Any; or, since most want one kind, one whose kind the call is named for. */
static handle_t draw_handle(const char *call_name)
{
    handle_t any = handles[below(handle_count)];

    for (unsigned tries = 0; chance(85) && tries < 100; tries++) {
        handle_t value = handles[below(handle_count)];
        struct object *obj;
        bool fits;

        if (handle_get(&process->handles, value, 0, 0, &obj, NULL) != OK)
            continue;
        fits = !strncmp(obj->ops->name, call_name, strlen(obj->ops->name)) ||
               !strncmp("object", call_name, 6) || !strncmp("handle", call_name, 6);
        object_put(obj);
        if (fits)
            return value;
    }
    return chance(95) ? any : (handle_t)draw_integer();
}

static uint64_t draw_word(void)
{
    switch (below(6)) {
    case 0:
        return 0;
    case 1:
        return handles[below(handle_count)] | draw_integer() << 32;
    case 2:
        return draw_size();
    case 3:
        return draw_pointer((unsigned)below(SLOTS));
    default:
        return draw_integer();
    }
}

static void fill(struct sim_user *u, unsigned i)
{
    uint64_t words[16];

    for (unsigned n = 0; n < countof(words); n++)
        words[n] = draw_word();
    sim_user_store(u, slot(i), words, sizeof(words));
}

/* Deadlines are near, or have passed. */
static uint64_t draw_time(void)
{
    return chance(80) ? hal_time_now() + below(1000000) : draw_integer() & (uint64_t)INT64_MAX;
}

static bool is_type(const char *type, const char *wanted)
{
    return !strncmp(type, wanted, strlen(wanted));
}

static uint64_t draw_argument(struct sim_user *u, const struct shape *s, const char *type,
                              unsigned i)
{
    if (is_type(type, "handle"))
        return draw_handle(i == 0 || chance(50) ? s->name : "object");
    if (is_type(type, "time"))
        return draw_time();
    if (is_type(type, "in<") || is_type(type, "inout<")) {
        fill(u, i);
        return draw_pointer(i);
    }
    if (is_type(type, "out<"))
        return draw_pointer(i);
    if (is_type(type, "addr"))
        return chance(60) ? draw_pointer(SLOTS + 1) & ~(uint64_t)PAGE_MASK : draw_integer();
    return is_type(type, "size") || is_type(type, "u64") ? draw_size() : draw_integer();
}

/* --- calls --- */

/* What ends the session too soon, and what has a BTI that nobody could ask for its pages. */
static bool is_left_out(const struct shape *s)
{
    return is_type(s->name, "bti_create") ||
           ((is_type(s->name, "process_exit") || is_type(s->name, "thread_exit") ||
             is_type(s->name, "task_kill") || is_type(s->name, "vmar_destroy") ||
             is_type(s->name, "restricted_enter")) &&
            chance(95));
}

/* Handles that came out are used from now on; some of what was there before stays. */
static void keep_handles(struct sim_user *u, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        handle_t value = load32(u, slot(i));
        struct object *obj;

        if (handle_get(&process->handles, value, 0, 0, &obj, NULL) != OK)
            continue;
        object_put(obj);
        if (handle_count < HANDLES)
            handles[handle_count++] = value;
        else
            handles[12 + below(HANDLES - 12)] = value;
    }
}

static void check(const struct shape *s, int64_t result)
{
    if (bad[0] || !hal_cpu_local()->preempt_count)
        return;
    format(bad, sizeof(bad), "%s: a lock is held (%lld)", s->name, (long long)result);
}

static void make_call(struct sim_user *u)
{
    const struct shape *s = &ONE_OF(shapes);
    const char *type = s->types;
    uint64_t args[8] = {0};
    unsigned count = 0;

    if (is_left_out(s))
        return;
    for (; *type && count < countof(args); count++) {
        args[count] = draw_argument(u, s, type, count);
        while (*type != ' ')
            type++;
        type++;
    }
    if (is_type(s->name, "vmar_unmap") && args[1] < slot(SLOTS + 1))
        args[1] = slot(SLOTS + 1); /* not what the program itself needs */
    if (failures_percent && chance(failures_percent))
        inject_failure_at(1 + (unsigned)below(8));
    check(s, call(u, s->number, args));
    inject_failure_at(0);
    calls_made++;
    keep_handles(u, count);
}

/* Two handles or one from a call that makes them at slots 0 and 1. */
#define MAKE(name, ...) (ZX(name, __VA_ARGS__), keep_handles(u, 2))

static void make_all(struct sim_user *u)
{
    user_addr_t a = slot(0), b = slot(1);

    MAKE(vmo_create, 4 * PAGE_SIZE, ZX_VMO_RESIZABLE, a);
    MAKE(vmo_create, 2 * PAGE_SIZE, 0, a);
    MAKE(vmo_create_child, handles[handle_count - 1], ZX_VMO_CHILD_SNAPSHOT, 0, PAGE_SIZE, a);
    MAKE(vmar_allocate, handles[2], VMAR_FLAGS_ALL, 0, 16 * PAGE_SIZE, a, slot(2));
    MAKE(event_create, 0, a);
    MAKE(eventpair_create, 0, a, b);
    MAKE(channel_create, 0, a, b);
    MAKE(socket_create, below(2), a, b);
    MAKE(fifo_create, 8, 8, 0, a, b);
    MAKE(port_create, 0, a);
    MAKE(timer_create, 0, 0, a);
    MAKE(job_create, handles[1], 0, a);
    MAKE(process_create, handles[1], slot(3), 4, 0, a, b);
    MAKE(thread_create, handles[0], slot(3), 4, 0, a);
    MAKE(pager_create, 0, a);
    MAKE(clock_create, 0, 0, a);
}

static void session(struct sim_user *u)
{
    make_all(u);
    for (unsigned i = 0; i < SESSION_CALLS && !bad[0]; i++)
        make_call(u);
    ZX(process_exit, 0);
    sim_user_raise(u, HAL_EXC_ILLEGAL); /* not reached: the process has ended */
    __builtin_unreachable();
}

/* --- sessions --- */

static void map_slots(void)
{
    struct vmar_map_args args = {.size = SLOTS * PAGE_SIZE,
                                 .prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .flags = MAPPING_SHARED,
                                 .place = PLACE_EXACT,
                                 .addr = DATA};
    user_addr_t at;

    assert_int_equal(vmo_create(args.size, 0, &args.vmo), OK);
    assert_int_equal(vmar_map(process->aspace->root, &args, &at), OK);
    vmo_put(args.vmo);
}

static void give_devices(void)
{
    struct object *iommu;

    root_resource = give(&resource_root()->object, ZX_DEFAULT_RESOURCE_RIGHTS);
    assert_int_equal(iommu_create(&iommu), OK);
    assert_int_equal(bti_create(iommu, 0, &bti), OK);
    iommu_handle = give(iommu, iommu->ops->rights);
    bti_handle = give(&bti->object, bti->object.ops->rights);
    object_put(iommu);
}

static void begin(void)
{
    struct vmar_object *vmar;

    assert_int_equal(job_create(job_root(), &job), OK);
    assert_int_equal(process_create(job, "fuzz", PROCESS_CALLS_ZIRCON, &process), OK);
    map_slots();
    self = give(&process->object, ZX_DEFAULT_PROCESS_RIGHTS);
    root_job = give(&job->object, ZX_DEFAULT_JOB_RIGHTS);
    process->aspace->root->flags = VMAR_FLAGS_ALL;
    assert_int_equal(vmar_object_create(process, process->aspace->root, &vmar), OK);
    root_vmar = give(&vmar->object, vmar_rights(VMAR_FLAGS_ALL));
    object_put(&vmar->object);
    give_devices();
    memcpy(handles,
           (handle_t[]){self, root_job, root_vmar, root_resource, iommu_handle, bti_handle},
           6 * sizeof(handle_t));
    handle_count = 6;
}

/* What is to happen within ten seconds does. Deadlines may be centuries away. */
static void pass_time(void)
{
    time_ns_t limit = hal_time_now() + 10000000000;

    for (settle(); executor_next_deadline() < limit; settle())
        sim_advance(executor_next_deadline() - hal_time_now());
}

/* Whoever still waits is killed. */
static void end(struct thread *t)
{
    pass_time();
    job_kill(job, -1);
    pass_time();
    inject_failure_at(0);
    assert_int_equal(process->state, PROCESS_DEAD);
    object_put(&t->object);
    object_put(&process->object);
    object_put(&job->object);
    bti_release_quarantine(bti);
    object_put(&bti->object);
    pass_time();
    assert_string_equal(bad, "");
}

/* <stdlib.h> and the personality's structs do not go together. */
char *getenv(const char *name);

static uint64_t environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    uint64_t value = 0;

    if (!text || !*text)
        return otherwise;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

static void fuzz(unsigned nth, unsigned failures)
{
    uint64_t wanted = environment("ZCORE_FUZZ_CALLS", 4000);

    random_state = (environment("ZCORE_FUZZ_SEED", 1) + nth) * 0x9e3779b97f4a7c15ull | 1;
    failures_percent = failures;
    set_text(0, session);
    for (calls_made = 0; calls_made < wanted;) {
        unsigned objects = object_count();

        begin();
        end(start_thread());
        if (object_count() != objects)
            fail_msg("%u objects are left after %llu calls", object_count() - objects,
                     (unsigned long long)calls_made);
    }
}

static void test_calls(void **state)
{
    (void)state;
    fuzz(0, 0);
}

static void test_more_calls(void **state)
{
    (void)state;
    fuzz(1, 0);
}

static void test_no_memory(void **state)
{
    (void)state;
    fuzz(2, 20);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_zircon, teardown_zircon)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_calls), TEST(test_more_calls),
                                       TEST(test_no_memory)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
