/*
 * host.c - whether this host lets a library OS run; docs/host.md has the list.
 */
#include "tools/zcore/host.h"

#include <err.h>
#include <stdbool.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "hal/libos/layout.h"
#include "tools/zcore/status.h"

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59 /* <linux/prctl.h> of Linux 5.11 */
#endif

enum { HWCAP2_FSGSBASE = 2, LEAST_FILES = 64 };

/* Of the launcher itself, beside the window and the memory. */
#define OWN_SPACE (64ull << 20)

/* Whether the limit, raised as far as we may, reaches `need`. */
static bool limit_allows(int resource, uint64_t need)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit))
        return true;
    if (limit.rlim_cur < need && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(resource, &limit);
    }
    return limit.rlim_cur >= need; /* RLIM_INFINITY is the largest number */
}

void host_check(uint64_t memory)
{
    uint64_t largest = memory > LIBOS_KERNEL_SIZE ? memory : LIBOS_KERNEL_SIZE;

    if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE))
        errx(STATUS_FAILED, "this host's processor or kernel lacks FSGSBASE");
    if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0) &&
        prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
        err(STATUS_FAILED, "this host has neither Syscall User Dispatch (Linux 5.11) nor "
                           "seccomp filters, or forbids them");
    if (!limit_allows(RLIMIT_NOFILE, LEAST_FILES))
        errx(STATUS_FAILED, "fewer than %d open files are allowed (ulimit -n)", LEAST_FILES);
    if (!limit_allows(RLIMIT_FSIZE, largest))
        errx(STATUS_FAILED, "files of %llu MiB are not allowed (ulimit -f)",
             (unsigned long long)largest >> 20);
    if (!limit_allows(RLIMIT_AS, memory + LIBOS_KERNEL_SIZE + OWN_SPACE))
        errx(STATUS_FAILED, "%llu MiB of address space are not allowed (ulimit -v)",
             (unsigned long long)(memory + LIBOS_KERNEL_SIZE + OWN_SPACE) >> 20);
}
