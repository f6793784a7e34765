/*
 * machine_libos.c - what the library OS has of kernel/machine.h.
 */
#include "kernel/machine.h"

#include "base/log.h"
#include "base/status.h"
#include "base/string.h"
#include "drivers/pci_sim.h"
#include "hal/cpu.h"
#include "hal/host.h"
#include "object/console_input.h"
#include "personality/linux/procfs/procfs.h"

enum { HOST_POLLIN = 1 };

void machine_identity(struct credentials *cred, uint32_t *umask)
{
    const struct hal_host_identity *host = hal_host_identity();

    *cred = (struct credentials){.uid = host->uid,
                                 .euid = host->euid,
                                 .suid = host->euid,
                                 .fsuid = host->euid,
                                 .gid = host->gid,
                                 .egid = host->egid,
                                 .sgid = host->egid,
                                 .fsgid = host->egid,
                                 .group_count = host->group_count};
    memcpy(cred->groups, host->groups, sizeof(cred->groups));
    *umask = host->umask;
}

void machine_console_init(const char *key)
{
    (void)key;
}

void machine_console_mark(void)
{
}

/* A log may not wait: a reader that does not keep up with its pipe holds us here, spinning, as
 * a slow serial line would. */
void machine_program_output(const char *text, size_t size)
{
    size_t actual;

    for (unsigned tries = 0; size; tries++) {
        status_t st = hal_host_write(1, text, size, &actual);

        if (st == ERR_SHOULD_WAIT) {
            hal_cpu_relax(tries);
            continue;
        }
        if (st != OK)
            return;
        text += actual;
        size -= actual;
    }
}

static atomic_uint watching; /* `watch` is the host's */

static void typed(struct hal_host_watch *watch)
{
    (void)watch;
    atomic_store(&watching, 0);
    console_input_arrived();
}

static status_t read_input(char *to, size_t size, size_t *actual)
{
    static struct hal_host_watch watch;
    status_t st = hal_host_read(0, to, size, actual);

    if (st != ERR_SHOULD_WAIT)
        return st == OK && !*actual ? ERR_IO : st; /* the end */
    if (atomic_exchange(&watching, 1))
        return st;
    watch = (struct hal_host_watch){.fd = 0, .events = HOST_POLLIN, .ready = typed};
    return hal_host_watch(&watch) == OK ? st : ERR_IO;
}

void machine_program_input_init(void)
{
    static const struct console_input input = {.read = read_input};

    console_input_set(&input);
}

void machine_devices_init(bool simulated_bus)
{
    status_t st = pci_sim_init();

    (void)simulated_bus; /* there is no other */
    if (st != OK)
        log_warn("no simulated PCI bus: %s", status_text(st));
}

static struct hal_host_call_stats call_stats(void)
{
    struct hal_host_call_stats stats;

    hal_host_call_stats(&stats);
    return stats;
}

static uint64_t calls_patched(void)
{
    return call_stats().patched;
}

static uint64_t calls_dispatched(void)
{
    return call_stats().dispatched;
}

static uint64_t calls_first(void)
{
    return call_stats().first;
}

static uint64_t sites_patched(void)
{
    return call_stats().sites;
}

void machine_counters_init(void)
{
    static struct procfs_counter counters[] = {
        {.name = "calls_patched", .read = calls_patched},
        {.name = "calls_dispatched", .read = calls_dispatched},
        {.name = "calls_first", .read = calls_first},
        {.name = "sites_patched", .read = sites_patched},
    };

    for (size_t i = 0; i < countof(counters); i++)
        procfs_counter_register(&counters[i]);
}
