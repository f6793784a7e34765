/*
 * machine_bare.c - what bare metal has of kernel/machine.h.
 */
#include "kernel/machine.h"

#include "base/format.h"
#include "base/log.h"
#include "base/status.h"
#include "drivers/pci_ecam.h"
#include "drivers/pci_sim.h"
#include "hal/console.h"
#include "object/console_input.h"
#include "uapi/zcore/boot.h"

void machine_identity(struct credentials *cred, uint32_t *umask)
{
    *cred = (struct credentials){0};
    *umask = 022;
}

static char message_begin[64];

void machine_console_init(const char *key)
{
    if (key)
        format(message_begin, sizeof(message_begin), "%s%.32s;", ZCORE_MESSAGE_BEGIN, key);
}

void machine_console_mark(void)
{
    static bool written;

    if (written)
        return;
    written = true;
    hal_console_write_tty(ZCORE_BOOT_MARK, sizeof(ZCORE_BOOT_MARK) - 1);
    if (message_begin[0])
        hal_console_set_frame(message_begin, ZCORE_MESSAGE_END);
}

void machine_program_output(const char *text, size_t size)
{
    hal_console_write_tty(text, size);
}

static void typed(void *arg)
{
    (void)arg;
    console_input_arrived();
}

/* Who reads here has no terminal, which would read there too. */
static status_t read_console(char *to, size_t size, size_t *actual)
{
    static bool watched; /* guarded by who calls, with its lock */

    if (!watched)
        hal_console_set_handler(typed, NULL);
    watched = true;
    *actual = hal_console_read(to, size);
    return *actual ? OK : ERR_SHOULD_WAIT;
}

void machine_program_input_init(void)
{
    static const struct console_input input = {.read = read_console};

    console_input_set(&input);
}

void machine_devices_init(bool simulated_bus)
{
    status_t st = OK;

    if (simulated_bus)
        st = pci_sim_init();
    else
        pci_ecam_init();
    if (st != OK)
        log_warn("no simulated PCI bus: %s", status_text(st));
}

void machine_counters_init(void)
{
}
