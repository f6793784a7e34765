/*
 * power.h - setting up hal_power_off from the machine's description.
 */
#pragma once

struct machine;

void power_init(const struct machine *machine);
