/*
 * uml_xstate.c - lets user-mode-linux run where the processor has more extended state than it
 * knows of: preloaded into linux.uml, it completes what that sets.
 *
 * PTRACE_SETREGSET takes NT_X86_XSTATE only whole (ptrace(2)). linux.uml keeps 2,696 bytes of
 * it, the legacy area up to AVX-512 and the protection keys; with AMX's tiles the host has some
 * 11 KiB, and answers EFAULT. What is behind those bytes stays as the tracee has it.
 */
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long ptrace_fn(int request, pid_t pid, void *addr, void *data);

static long set_xstate(ptrace_fn *next, pid_t pid, void *addr, const struct iovec *part)
{
    static _Alignas(64) char bytes[64 << 10]; /* linux.uml traces from one thread */
    struct iovec whole = {.iov_base = bytes, .iov_len = sizeof(bytes)};

    if (next(PTRACE_GETREGSET, pid, addr, &whole) < 0)
        return -1;
    memcpy(bytes, part->iov_base,
           part->iov_len < whole.iov_len ? part->iov_len : whole.iov_len);
    return next(PTRACE_SETREGSET, pid, addr, &whole);
}

/* glibc's, as linux.uml calls it. */
long ptrace(enum __ptrace_request request, ...)
{
    static ptrace_fn *next;
    va_list args;
    pid_t pid;
    void *addr, *data;

    va_start(args, request);
    pid = va_arg(args, pid_t);
    addr = va_arg(args, void *);
    data = va_arg(args, void *);
    va_end(args);
    if (!next)
        next = (ptrace_fn *)dlsym(RTLD_NEXT, "ptrace");
    if (request == PTRACE_SETREGSET && (long)addr == NT_X86_XSTATE)
        return set_xstate(next, pid, addr, data);
    return next((int)request, pid, addr, data);
}
