/*
 * template.h - the template process: parent of all other host processes.
 *
 * It has a clean address space, the kernel window and nothing else, and one thread, which
 * sleeps until its bell rings: to keep the pool of spare spaces filled, to reap, to end the
 * machine. Every other host process is its child and dies with it.
 *
 * Whoever waits for another host process, for a lock, a carrier, an answer, relies on the
 * template: it hears of each death and ends the machine where the dead may be waited for. So
 * the template itself waits for nobody without looking for deaths meanwhile (template_relax).
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

/* SIGCHLD, SIGALRM. */
void template_signal(int signo);

/* From each round of a spin: in the template, reap, and end the machine if that was asked for.
 */
void template_relax(void);

/* Whoever has set signal_stopping says its last words and then ends the machine; or, if it
 * cannot, the template does so in a while. */
void template_await_end(void);
