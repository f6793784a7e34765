/*
 * space.h - host processes as address spaces.
 *
 * A space is a host process cloned from the template: its first thread is the warden, which
 * never carries a CPU and clones carriers on demand. A space is held by its hal_pt and by each
 * CPU whose carrier is one of its own (`refs`); who drops the last reference puts it back into
 * the pool, user half and all: the next owner starts by dropping that. So does one that takes
 * over what its CPU is left in.
 *
 * Which host mappings are brought in line with the tables, when and by whom:
 *   nobody runs the space         listed as stale, applied on the way to user mode
 *   this CPU runs it, and no other  the same
 *   another CPU runs it           at once: by this CPU, from a carrier of that process, to
 * which it is handed over if it is not there already. The host's own shoot-down does the rest.
 * A CPU joins a space under pt->lock, so either the one who changes the table sees it, or it
 * sees what is stale.
 *
 * Locks: pt.lock -> spaces_lock -> space.lock, all of the HAL only.
 */
#pragma once

#include "hal/mmu.h"

struct carrier;
struct cpu;

/* Room for one more address space. False: too many. */
bool space_reserve(void);
void space_unreserve(void);

/* Make `cpu`, the caller's, run in the space of `pt`. False: it has died, or there is none. */
bool space_enter(struct cpu *cpu, struct hal_pt *pt);

/* Back to the home carrier, if what this CPU lingers in has no owner any more. */
void space_leave_orphan(struct cpu *cpu);

/* With pt->lock held, after a change of what the host may have mapped: apply what cannot wait.
 */
void space_apply_stale(struct hal_pt *pt);

/* The owner is gone. */
void space_detach(struct hal_pt *pt);

/* Serve deaths noted by the template: hal_upcalls->space_died. */
void space_serve_deaths(void);

/* For the template: */

/* Whether the pool wants another, and one more. */
bool space_wanted(void);
bool space_create(void);
/* A child has ended; false: it was no space. Takes no lock, since the dead may have held it: if
 * so, or if a CPU was there, that is a panic. */
bool space_reap(int pid);
/* Those reaped leave the pool, or are noted as the deaths of their owners. */
void space_bury(void);
/* SIGKILL to every one. */
void space_kill_all(void);
