/*
 * infocheck.c - what holds for every topic of zx_object_get_info.
 */
#include "tests/zircon/infocheck.h"

enum { ROOM = 16384 };

static _Alignas(8) unsigned char buffer[ROOM];

zx_handle_t self_thread(void)
{
    return startup_handle(PA_THREAD_SELF);
}

zx_status_t topic_read(const struct topic *t, zx_handle_t handle, uint64_t records,
                       uint64_t *actual, uint64_t *avail)
{
    return zx_object_get_info(handle, t->number, buffer, records * t->size, actual, avail);
}

/* As many as there is room for. */
static uint64_t all(const struct topic *t)
{
    return ROOM / t->size;
}

void check_ok(const struct topic *t)
{
    uint64_t actual = 77, avail = 77;

    EXPECT_OK(topic_read(t, t->handle(), all(t), &actual, &avail));
    EXPECT_EQ(actual, avail);
    EXPECT_LT(actual, 77);
}

void check_invalid_handle(const struct topic *t)
{
    uint64_t actual, avail;

    EXPECT_EQ(topic_read(t, ZX_HANDLE_INVALID, 1, &actual, &avail), ZX_ERR_BAD_HANDLE);
}

void check_null_avail(const struct topic *t)
{
    uint64_t actual = 77;

    EXPECT_OK(topic_read(t, t->handle(), 1, &actual, NULL));
    EXPECT_LE(actual, 1);
}

void check_null_actual(const struct topic *t)
{
    uint64_t avail = 0;

    EXPECT_OK(topic_read(t, t->handle(), 1, NULL, &avail));
    EXPECT_GT(avail, 0);
}

void check_null_both(const struct topic *t)
{
    EXPECT_OK(topic_read(t, t->handle(), 1, NULL, NULL));
}

void check_bad_buffer(const struct topic *t)
{
    uint64_t actual, avail;

    EXPECT_EQ(zx_object_get_info(t->handle(), t->number, (void *)1, t->size, &actual, &avail),
              ZX_ERR_INVALID_ARGS);
}

void check_bad_actual(const struct topic *t)
{
    uint64_t avail;

    EXPECT_EQ(topic_read(t, t->handle(), 1, (uint64_t *)1, &avail), ZX_ERR_INVALID_ARGS);
}

void check_bad_avail(const struct topic *t)
{
    uint64_t actual;

    EXPECT_EQ(topic_read(t, t->handle(), 1, &actual, (uint64_t *)1), ZX_ERR_INVALID_ARGS);
}

void check_zero_fails(const struct topic *t)
{
    uint64_t actual = 77, avail = 0;

    EXPECT_EQ(topic_read(t, t->handle(), 0, &actual, &avail), ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT_EQ(actual, 0);
    EXPECT_EQ(avail, 1);
    EXPECT_EQ(zx_object_get_info(t->handle(), t->number, buffer, t->size - 1, NULL, NULL),
              ZX_ERR_BUFFER_TOO_SMALL);
}

void check_zero_ok(const struct topic *t)
{
    uint64_t actual = 77, avail = 0;

    EXPECT_OK(topic_read(t, t->handle(), 0, &actual, &avail));
    EXPECT_EQ(actual, 0);
    EXPECT_GT(avail, 0);
    avail = 0;
    EXPECT_OK(zx_object_get_info(t->handle(), t->number, NULL, 0, NULL, &avail));
    EXPECT_GT(avail, 0);
}

void check_small_ok(const struct topic *t)
{
    uint64_t actual = 77, avail = 0;

    EXPECT_OK(topic_read(t, t->handle(), 1, &actual, &avail));
    EXPECT_EQ(actual, 1);
    EXPECT_GT(avail, 1);
}

/* Room for one record, and nothing mapped behind it. */
void check_half_mapped(const struct topic *t)
{
    zx_handle_t region, vmo;
    zx_vaddr_t base, mapped;
    uint64_t actual, avail;

    ASSERT_OK(zx_vmar_allocate(
        ztest_root_vmar(), ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_SPECIFIC, 0,
        2 * 4096, &region, &base));
    ASSERT_OK(zx_vmo_create(4096, 0, &vmo));
    ASSERT_OK(zx_vmar_map(region, ZX_VM_SPECIFIC | ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo,
                          0, 4096, &mapped));
    EXPECT_EQ(zx_object_get_info(t->handle(), t->number, (void *)(base + 4096 - t->size),
                                 4ull * t->size, &actual, &avail),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_vmar_destroy(region));
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(vmo));
}

void check_needs(const struct topic *t)
{
    zx_handle_t weak = ztest_without(t->handle(), t->need);

    EXPECT_EQ(topic_read(t, weak, 1, NULL, NULL), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
}

static void check_wrong(const struct topic *t, zx_handle_t handle)
{
    EXPECT_EQ(topic_read(t, handle, 1, NULL, NULL), ZX_ERR_WRONG_TYPE);
}

void check_wrong_job(const struct topic *t)
{
    check_wrong(t, ztest_job());
}

void check_wrong_process(const struct topic *t)
{
    check_wrong(t, ztest_process());
}

void check_wrong_thread(const struct topic *t)
{
    check_wrong(t, self_thread());
}
