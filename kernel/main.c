/*
 * main.c - brings the system up: the only file that knows everything. Order and nothing else.
 */
#include "base/assert.h"
#include "base/format.h"
#include "base/log.h"
#include "base/string.h"
#include "co/executor.h"
#include "co/switch_bench.h"
#include "fs/chardev.h"
#include "fs/dentry.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "hal/contract_test.h"
#include "hal/irq.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "kernel/program.h"
#include "kernel/record.h"
#include "kernel/root.h"
#include "mm/page.h"
#include "object/debuglog.h"
#include "object/futex.h"
#include "object/job.h"
#include "object/reaper.h"
#include "object/thread.h"
#include "personality/linux/load.h"
#include "personality/linux/personality.h"
#include "personality/zircon/zircon.h"

static const struct hal_upcalls upcalls = {
    .timer = executor_timer_upcall,
    .page_alloc = page_alloc_frame,
    .page_free = page_free_frame,
    .syscall = thread_syscall,
    .text_write = aspace_text_write,
    .stub_area = aspace_stub_area,
    .text_stubs = aspace_text_stubs,
    .is_stub = aspace_is_stub,
    .page_in = aspace_page_in,
    .space_died = reaper_space_died,
};

/* To the console, and to the programs that read the debug log. */
static void show_line(enum log_level level, const char *line, size_t size)
{
    char text[300]; /* longer than any line */

    debuglog_kernel_line(level, line, size);
    hal_console_write(text,
                      (size_t)format(text, sizeof(text), "zcore: %.*s\n", (int)size, line));
}

static void core_init(void)
{
    hal_one_cpu = hal_cpu_count() == 1;
    hal_upcalls_register(&upcalls);
    panic_init();
    log_init(show_line, LOG_WARN);
    page_init();
    vmo_init();
    executor_init();
    job_init();
    futex_init();
    vfs_init();
    chardev_init();
    reaper_init();
}

static void personalities_init(const struct boot_record *record)
{
    bool strace = record_number(record, "strace", 0) != 0;

    linux_personality_init(strace);
    load_init();
    zircon_init(strace);
    machine_counters_init();
    debuglog_set_console(machine_program_output);
    machine_program_input_init();
    machine_devices_init(record_number(record, "simulated-pci", 0) != 0);
}

/* Runs what the record says, or ends the machine with why not. */
static void boot(const struct boot_record *record)
{
    const char *mode = record_option(record, "mode");

    machine_console_init(record_option(record, "messages"));
    log_init(show_line, (enum log_level)record_number(record, "log", LOG_WARN));
    if (mode && !strcmp(mode, "selftest"))
        hal_power_off(hal_contract_test() ? 1 : 0);
    if (mode && !strcmp(mode, "switches")) {
        switch_bench();
        hal_power_off(0);
    }
    personalities_init(record);
    program_start(record);
}

_Noreturn void kernel_main(void)
{
    static struct boot_record record;
    const char *text;
    size_t size;
    status_t st;

    core_init();
    st = root_record(&text, &size);
    if (st == OK)
        st = record_parse(text, size, &record);
    if (st != OK)
        panic("boot record: %s", status_text(st));
    boot(&record);
    hal_cpu_start_others(executor_run);
    executor_run();
}
