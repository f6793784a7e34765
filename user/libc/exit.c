/*
 * exit.c - how a program ends.
 */
#include <libc.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/libc/libc_internal.h"
#include "user/zircon/thread.h"
#include "zircon/syscalls.h"

typedef void function(void);
extern weak hidden function *const __fini_array_start[], *const __fini_array_end[];

static void nothing(void)
{
}
weak_alias(nothing, __funcs_on_exit);
weak_alias(nothing, __stdio_exit);
extern hidden function __stdio_exit;

_Noreturn void exit(int code)
{
    runtime_thread_destroy_locals();
    __funcs_on_exit();
    for (function *const *f = __fini_array_end; f > __fini_array_start; f--)
        f[-1]();
    __stdio_exit();
    _Exit(code);
}

_Noreturn void _Exit(int code)
{
    libc_write_rest();
    zx_process_exit(code);
}

_Noreturn void _exit(int code)
{
    _Exit(code);
}

_Noreturn void abort(void)
{
    libc_write_rest();
    __builtin_trap();
}
