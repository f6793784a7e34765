/*
 * ktrace.c - the kernel's trace: started, filled, read, and only for who has the root resource.
 */
#include "uapi/zircon/ktrace.h"
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/resource.h"

enum { EVENT_CREATE = 25, MAX = 2 << 20 };

static unsigned char bytes[MAX] __attribute__((aligned(8)));
static size_t size; /* of what was read */

static zx_status_t control(uint32_t action, uint32_t options, const void *ptr)
{
    return zx_ktrace_control(ztest_root_resource(), action, options, ptr);
}

static void begin(uint32_t action, uint32_t groups)
{
    EXPECT_OK(control(KTRACE_ACTION_STOP, 0, NULL));
    EXPECT_OK(control(KTRACE_ACTION_REWIND, 0, NULL));
    EXPECT_OK(control(action, groups, NULL));
}

/* All there is; each record has its size, and together they are it. */
static void end(void)
{
    size_t total = 0;

    EXPECT_OK(control(KTRACE_ACTION_STOP, 0, NULL));
    EXPECT_OK(zx_ktrace_read(ztest_root_resource(), NULL, 0, 0, &total));
    EXPECT_OK(zx_ktrace_read(ztest_root_resource(), bytes, 0, MAX, &size));
    EXPECT_EQ(size, total);
    for (size_t at = 0; at < size;) {
        uint32_t tag = *(const uint32_t *)(bytes + at);

        EXPECT_GE(KTRACE_LEN(tag), sizeof(ktrace_header_t));
        at += KTRACE_LEN(tag) ? KTRACE_LEN(tag) : size;
        EXPECT_TRUE(at <= size);
    }
}

/* The next record of that event from `*at` on; NULL: there is none. */
static const void *next(uint32_t tag, size_t *at)
{
    while (*at < size) {
        const uint32_t *found = (const uint32_t *)(bytes + *at);

        *at += KTRACE_LEN(*found) ? KTRACE_LEN(*found) : size;
        if (KTRACE_EVENT(*found) == KTRACE_EVENT(tag) &&
            KTRACE_GROUP(*found) == KTRACE_GROUP(tag))
            return found;
    }
    return NULL;
}

static const char *name_of(uint32_t tag, uint32_t id)
{
    const ktrace_rec_name_t *r;

    for (size_t at = 0; (r = next(tag, &at));)
        if (r->id == id)
            return r->name;
    return "";
}

/* Records of 16 bytes of this call. */
static unsigned count_calls(uint32_t tag, uint32_t number)
{
    const ktrace_header_t *r;
    unsigned count = 0;

    for (size_t at = 0; (r = next(tag, &at));)
        count += r->tid >> 8 == number;
    return count;
}

static void make_event(void)
{
    zx_handle_t event;

    EXPECT_OK(zx_event_create(0, &event));
    EXPECT_OK(zx_handle_close(event));
}

CASE(Ktrace, IsForWhoHasTheRootResource)
{
    zx_handle_t mmio, none = ZX_HANDLE_INVALID;
    size_t actual;

    ASSERT_OK(zx_resource_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, 1ull << 38, PAGE,
                                 "mmio", 4, &mmio));
    EXPECT_EQ(zx_ktrace_read(none, bytes, 0, 1, &actual), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_ktrace_read(mmio, bytes, 0, 1, &actual), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_ktrace_read(ztest_job(), bytes, 0, 1, &actual), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_ktrace_control(none, 99, 0, NULL), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_ktrace_control(mmio, 99, 0, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_ktrace_write(none, 0x800, 0, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_ktrace_write(mmio, 0x800, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_mtrace_control(none, 99, 0, 0, NULL, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_mtrace_control(mmio, 99, 0, 0, NULL, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(mmio));
}

CASE(Ktrace, Arguments)
{
    size_t actual;

    EXPECT_EQ(control(0, 0, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(control(6, 0, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(control(KTRACE_ACTION_NEW_PROBE, 0, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_ktrace_write(ztest_root_resource(), 0x800, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(control(KTRACE_ACTION_REWIND, 0, NULL));
    EXPECT_EQ(zx_ktrace_read(ztest_root_resource(), (void *)8, 0, 64, &actual),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_ktrace_read(ztest_root_resource(), bytes, 0, 64, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_ktrace_read(ztest_root_resource(), bytes, UINT32_MAX, 64, &actual));
    EXPECT_EQ(actual, 0);
    EXPECT_EQ(zx_mtrace_control(ztest_root_resource(), 1, 0, 0, NULL, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_mtrace_control(ztest_root_resource(), MTRACE_KIND_PERFMON, 0, 0, NULL, 0),
              ZX_ERR_NOT_SUPPORTED);
}

CASE(Ktrace, BeginsWithWhatBelongsToIt)
{
    const ktrace_rec_32b_t *r = (const ktrace_rec_32b_t *)bytes;
    char name[ZX_MAX_NAME_LEN];

    begin(KTRACE_ACTION_START, 0);
    end();
    ASSERT_GT(size, 2 * sizeof(*r));
    EXPECT_EQ(r[0].tag, TAG_VERSION);
    EXPECT_EQ(r[0].a, KTRACE_VERSION);
    EXPECT_EQ(r[1].tag, TAG_TICKS_PER_MS);
    EXPECT_EQ(r[1].a | (uint64_t)r[1].b << 32, zx_ticks_per_second() / 1000);
    EXPECT_EQ(strcmp(name_of(TAG_SYSCALL_NAME, EVENT_CREATE), "event_create"), 0);
    EXPECT_OK(zx_object_get_property(ztest_process(), ZX_PROP_NAME, name, sizeof(name)));
    EXPECT_EQ(strcmp(name_of(TAG_PROC_NAME, (uint32_t)ztest_koid(ztest_process())), name), 0);
    EXPECT_OK(zx_object_get_property(startup_handle(PA_THREAD_SELF), ZX_PROP_NAME, name,
                                     sizeof(name)));
    EXPECT_EQ(
        strcmp(name_of(TAG_THREAD_NAME, (uint32_t)ztest_koid(startup_handle(PA_THREAD_SELF))),
               name),
        0);
}

CASE(Ktrace, Calls)
{
    begin(KTRACE_ACTION_START, KTRACE_GRP_SYSCALL);
    for (int i = 0; i < 10; i++)
        make_event();
    end();
    EXPECT_EQ(count_calls(TAG_SYSCALL_ENTER, EVENT_CREATE), 10);
    EXPECT_EQ(count_calls(TAG_SYSCALL_EXIT, EVENT_CREATE), 10);
    make_event(); /* it is off */
    end();
    EXPECT_EQ(count_calls(TAG_SYSCALL_ENTER, EVENT_CREATE), 10);
}

static void nothing(void *arg)
{
    (void)arg;
}

/* Who starts is switched to. */
CASE(Ktrace, OnlyTheGroupsThatWereAskedFor)
{
    const ktrace_rec_32b_t *r;
    struct ztest_thread t;
    unsigned switches = 0;
    uint32_t koid;

    begin(KTRACE_ACTION_START, KTRACE_GRP_SCHEDULER);
    make_event();
    ASSERT_OK(ztest_thread_start(&t, nothing, NULL));
    koid = (uint32_t)ztest_koid(t.handle);
    ztest_thread_join(&t);
    end();
    for (size_t at = 0; (r = next(TAG_CONTEXT_SWITCH, &at));)
        switches += r->a == koid && r->b < zx_system_get_num_cpus();
    EXPECT_GT(switches, 0);
    EXPECT_EQ(count_calls(TAG_SYSCALL_ENTER, EVENT_CREATE), 0);
}

CASE(Ktrace, NamesWhoComesLater)
{
    struct ztest_thread t;
    uint32_t koid;

    begin(KTRACE_ACTION_START, KTRACE_GRP_META);
    ASSERT_OK(ztest_thread_start(&t, nothing, NULL));
    koid = (uint32_t)ztest_koid(t.handle);
    ztest_thread_join(&t);
    end();
    EXPECT_EQ(strcmp(name_of(TAG_THREAD_NAME, koid), "ztest"), 0);
}

CASE(Ktrace, Probes)
{
    zx_status_t number = control(KTRACE_ACTION_NEW_PROBE, 0, "ours");
    const ktrace_rec_32b_t *r;
    size_t at = 0;

    ASSERT_GT(number, 0);
    EXPECT_EQ(control(KTRACE_ACTION_NEW_PROBE, 0, "ours"), number);
    EXPECT_NE(control(KTRACE_ACTION_NEW_PROBE, 0, "other"), number);
    begin(KTRACE_ACTION_START, KTRACE_GRP_PROBE);
    EXPECT_OK(zx_ktrace_write(ztest_root_resource(), (uint32_t)number, 11, 22));
    end();
    EXPECT_EQ(strcmp(name_of(TAG_PROBE_NAME, (uint32_t)number), "ours"), 0);
    r = next(TAG_PROBE_24((uint32_t)number), &at);
    ASSERT_TRUE(r != NULL);
    EXPECT_EQ(r->a, 11);
    EXPECT_EQ(r->b, 22);
    EXPECT_EQ(r->tid, (uint32_t)ztest_koid(startup_handle(PA_THREAD_SELF)));
    EXPECT_EQ(zx_ktrace_write(ztest_root_resource(), (uint32_t)number, 11, 22),
              ZX_ERR_UNAVAILABLE); /* it is off */
}

enum { MANY = MAX / 24 }; /* more than there is room for */

CASE(Ktrace, EndsWhenItIsFull)
{
    const ktrace_rec_32b_t *r;
    uint32_t count = 0;
    size_t at = 0;

    begin(KTRACE_ACTION_START, KTRACE_GRP_PROBE);
    while (count < MANY && zx_ktrace_write(ztest_root_resource(), 1, count, 0) == ZX_OK)
        count++;
    EXPECT_LT(count, MANY);
    EXPECT_EQ(zx_ktrace_write(ztest_root_resource(), 1, 0, 0), ZX_ERR_UNAVAILABLE);
    end();
    for (uint32_t i = 0; i < count; i++) {
        r = next(TAG_PROBE_24(1), &at);
        ASSERT_TRUE(r != NULL);
        EXPECT_EQ(r->a, i);
    }
}

CASE(Ktrace, CircularKeepsTheNewest)
{
    const ktrace_rec_32b_t *r;
    uint32_t first = MANY, last = 0;

    begin(KTRACE_ACTION_START_CIRCULAR, KTRACE_GRP_PROBE);
    for (uint32_t i = 0; i < MANY; i++)
        EXPECT_OK(zx_ktrace_write(ztest_root_resource(), 1, i, 0));
    end();
    for (size_t at = 0; (r = next(TAG_PROBE_24(1), &at)); last = r->a) {
        if (first == MANY)
            first = r->a;
        else
            EXPECT_EQ(r->a, last + 1);
    }
    EXPECT_GT(first, 0);
    EXPECT_EQ(last, MANY - 1);
    EXPECT_EQ(((const ktrace_rec_32b_t *)bytes)->tag, TAG_VERSION);
    EXPECT_EQ(control(KTRACE_ACTION_START, 0, NULL), ZX_ERR_BAD_STATE);
    begin(KTRACE_ACTION_START, 0);
    end();
}
