/*
 * template.h - the template process: parent of all other host processes.
 *
 * It has a clean address space, the kernel window and nothing else, and one thread, which
 * sleeps until its bell rings: to keep the pool of spare spaces filled, to reap, to end the
 * machine. Every other host process is its child and dies with it.
 */
#pragma once

#include "base/types.h"

struct carrier;

/* Make the template look: spares may be wanted. Any context, any process. */
void template_ring(void);

/* End the machine. */
_Noreturn void template_end_machine(int status);

/* The template's own thread. `home` is the home process's first carrier, to be started. */
_Noreturn void template_main(struct carrier *home);

/* First thing in a child of the template: die with it; its name, for people. */
void template_child(const char *name);

/* SIGCHLD. */
void template_child_signal(int signo);
