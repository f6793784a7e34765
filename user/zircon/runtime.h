/*
 * runtime.h - what a native program has besides the vDSO's calls: its start-up handles and
 * a way to print. The rest is the C library's.
 */
#pragma once

#include <stddef.h>
#include <string.h>

#include "uapi/zircon/processargs.h"
#include "zircon/syscalls.h"

/* The program; what it returns is the process's return code. argv ends with NULL. */
int main(int argc, char **argv);

/* A handle from the start-up message, owned by the runtime: the first whose PA_HND_TYPE this
 * is, or, if `info` has an argument too, the one that is just this. 0: none. */
zx_handle_t startup_handle(uint32_t info);

/* Where zx_thread_start enters, with a function that does not return and its argument. */
extern const char runtime_thread_entry[];

/* A line to the debug log that the program was given, or else to the console. */
void print(const char *text);
/* The same with a number in the place of its one '%'. */
void print_number(const char *text, int64_t number);
