/*
 * info_vmar.c - zx_object_get_info of VMARs; and of handles in general.
 */
#include "tests/zircon/infocheck.h"

static const struct topic basic = {ZX_INFO_HANDLE_BASIC, sizeof(zx_info_handle_basic_t),
                                   ztest_root_vmar, ZX_RIGHT_INSPECT};
static const struct topic vmar = {ZX_INFO_VMAR, sizeof(zx_info_vmar_t), ztest_root_vmar,
                                  ZX_RIGHT_INSPECT};

CASE(VmarGetInfoTest, InfoHandleBasicBadActualgIsInvalidArg)
{
    check_bad_actual(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicBadAvailIsInvalidArg)
{
    check_bad_avail(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicInvalidBufferPointerFails)
{
    check_bad_buffer(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicInvalidHandleFails)
{
    check_invalid_handle(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicNullActualAndAvailSucceeds)
{
    check_null_both(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicNullActualSucceeds)
{
    check_null_actual(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicNullAvailSucceeds)
{
    check_null_avail(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicOnSelfSuceeds)
{
    check_ok(&basic);
}

CASE(VmarGetInfoTest, InfoHandleBasicZeroSizedBufferFails)
{
    check_zero_fails(&basic);
}

CASE(VmarGetInfoTest, InfoVmarBadActualgIsInvalidArg)
{
    check_bad_actual(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarBadAvailIsInvalidArg)
{
    check_bad_avail(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarInvalidBufferPointerFails)
{
    check_bad_buffer(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarInvalidHandleFails)
{
    check_invalid_handle(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarJobHandleIsBadHandle)
{
    check_wrong_job(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarNullActualAndAvailSucceeds)
{
    check_null_both(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarNullActualSucceeds)
{
    check_null_actual(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarNullAvailSucceeds)
{
    check_null_avail(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarOnSelfFails)
{
    check_ok(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarProcessHandleIsBadHandle)
{
    check_wrong_process(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarThreadHandleIsBadHandle)
{
    check_wrong_thread(&vmar);
}

CASE(VmarGetInfoTest, InfoVmarZeroSizedBufferFails)
{
    check_zero_fails(&vmar);
}

CASE(ObjectGetInfoTest, OpenValidHandleSuceeds)
{
    zx_handle_t event;

    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_OK(zx_object_get_info(event, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL));
    EXPECT_OK(zx_handle_close(event));
}

CASE(ObjectGetInfoTest, ClosedValidHandleFails)
{
    zx_handle_t event;

    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_OK(zx_handle_close(event));
    EXPECT_EQ(zx_object_get_info(event, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL),
              ZX_ERR_BAD_HANDLE);
}

CASE(ObjectGetInfoTest, InvalidHandleFails)
{
    EXPECT_EQ(zx_object_get_info(ZX_HANDLE_INVALID, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL),
              ZX_ERR_BAD_HANDLE);
}

static uint32_t handle_count(zx_handle_t handle)
{
    uint32_t count = 0;

    EXPECT_OK(
        zx_object_get_info(handle, ZX_INFO_HANDLE_COUNT, &count, sizeof(count), NULL, NULL));
    return count;
}

CASE(ObjectGetInfoTest, HandleCountCorrectness)
{
    zx_handle_t event, copy;

    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_EQ(handle_count(event), 1);
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
    EXPECT_EQ(handle_count(event), 2);
    EXPECT_OK(zx_handle_close(copy));
    EXPECT_EQ(handle_count(event), 1);
    EXPECT_OK(zx_handle_close(event));
}
