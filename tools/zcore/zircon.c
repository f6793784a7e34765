/*
 * zircon.c - Zircon programs, on either machine.
 */
#include "tools/zcore/commands.h"

int command_zircon(const struct options *options)
{
    return options->arch ? zircon_qemu(options) : zircon_libos(options);
}
