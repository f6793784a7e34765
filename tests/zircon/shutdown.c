/*
 * shutdown.c - the end of a machine, by who may: nothing is said after it.
 */
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/system.h"

CASE(SystemCalls, Shutdown)
{
    EXPECT_OK(zx_debug_write("going\n", 6));
    zx_system_powerctl(ztest_root_resource(), ZX_SYSTEM_POWERCTL_SHUTDOWN, NULL);
    FAIL("the machine is still there");
}
