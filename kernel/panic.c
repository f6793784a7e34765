/*
 * panic.c - the last words of the kernel, on any machine.
 */
#include "kernel/panic.h"

#include "base/assert.h"
#include "base/format.h"
#include "co/task.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "hal/cpu.h"

enum { PANIC_STATUS = 125 };

static void say(const char *text, size_t size)
{
    hal_console_write(text, size);
}

/* The first CPU tells the story. Another that panics meanwhile waits to be stopped; a panic
 * inside the panic ends at once. */
static void claim(void)
{
    static atomic_uint owner; /* CPU + 1; 0: nobody yet */
    unsigned me = hal_cpu_id() + 1, seen = 0;

    if (atomic_compare_exchange_strong(&owner, &seen, me))
        return;
    if (seen == me)
        hal_power_off(PANIC_STATUS);
    for (unsigned tries = 0;; tries++)
        hal_cpu_relax(tries);
}

static _Noreturn void panic_hook_halt(const char *reason)
{
    uintptr_t pc[32];
    size_t depth;
    char line[256];

    claim();
    hal_stop_others();
    say(line, (size_t)format(line, sizeof(line), "zcore: panic on cpu %u: %.200s\n",
                             hal_cpu_id(), reason));
    depth = hal_backtrace(pc, countof(pc));
    for (size_t i = 0; i < depth; i++)
        say(line, (size_t)format(line, sizeof(line), "    %#lx\n", (unsigned long)pc[i]));
    task_dump_all();
    hal_power_off(PANIC_STATUS);
}

static void panic_hook(const char *reason)
{
    panic_hook_halt(reason);
}

void panic_init(void)
{
    panic_set_hook(panic_hook);
}
