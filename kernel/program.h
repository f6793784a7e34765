/*
 * program.h - the first program, Linux or Zircon, and the end of the machine with its status.
 */
#pragma once

#include "kernel/record.h"

/* Does not return when the program cannot be started: 127 not found, 126 not executable, 125
 * our own failure, with one line on the console. */
void program_start(const struct boot_record *record);
