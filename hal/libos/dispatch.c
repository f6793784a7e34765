/*
 * dispatch.c - by Syscall User Dispatch of the host; where that is missing or forbidden, by a
 * seccomp filter, which looks from where the call comes and which all host processes inherit. A
 * filter costs each call of the host some time.
 */
#include "hal/libos/dispatch.h"

#include "hal/libos/boot.h"
#include "hal/libos/layout.h"
#include "hal/libos/linux.h"

enum { PR_SET_NO_NEW_PRIVS = 38, PR_SET_SYSCALL_USER_DISPATCH = 59, PR_SYS_DISPATCH_ON = 1 };
enum { SECCOMP_SET_MODE_FILTER = 1, SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4 };

/* seccomp(2): where the high half of the instruction pointer is in what a filter sees. */
enum { SEEN_POINTER_HIGH = 12 };
enum { FILTER_LOAD = 0x20, FILTER_IF_AT_LEAST = 0x35, FILTER_RETURN = 0x06 };
enum { FILTER_TRAP = 0x00030000, FILTER_ALLOW = 0x7fff0000 };

struct linux_filter {
    uint16_t code;
    uint8_t if_true, if_false; /* instructions to skip */
    uint32_t operand;
};

struct linux_filter_program {
    uint16_t count;
    const struct linux_filter *filter;
};

static bool by_filter; /* set before there is another process */

static long arm(void)
{
    return host_call(LINUX_PRCTL, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON,
                     LIBOS_WINDOW_BASE, LIBOS_WINDOW_SIZE, 0);
}

static long install_filter(void)
{
    static const struct linux_filter filter[] = {
        {FILTER_LOAD, 0, 0, SEEN_POINTER_HIGH},
        {FILTER_IF_AT_LEAST, 0, 1, LIBOS_WINDOW_BASE >> 32},
        {FILTER_IF_AT_LEAST, 0, 1, LIBOS_WINDOW_END >> 32},
        {FILTER_RETURN, 0, 0, FILTER_TRAP},
        {FILTER_RETURN, 0, 0, FILTER_ALLOW},
    };
    const struct linux_filter_program program = {countof(filter), filter};

    host_call(LINUX_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return host_call(LINUX_SECCOMP, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                     &program);
}

void dispatch_setup(void)
{
    long error = arm();

    by_filter = error != 0;
    if (by_filter)
        error = install_filter();
    if (error)
        boot_fail("the host has neither Syscall User Dispatch nor seccomp filters", error);
}

void dispatch_arm(void)
{
    if (!by_filter && arm() != 0)
        boot_fail("the host's Syscall User Dispatch is gone", 0);
}
