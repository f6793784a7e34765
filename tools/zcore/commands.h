/*
 * commands.h - what the front door does. Each returns the exit status.
 */
#pragma once

#include "tools/zcore/options.h"

int command_run(const struct options *options);
int command_qemu(const struct options *options);
int command_zircon(const struct options *options);

/* It has options of its own; argv[0] is its name. */
int command_image(int argc, char **argv);

/* The two forms of command_zircon. */
int zircon_libos(const struct options *options);
int zircon_qemu(const struct options *options);
