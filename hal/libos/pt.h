/*
 * pt.h - page tables against the host's mappings.
 *
 * Who changes the host's mappings, and when: see hal/libos/space.h.
 */
#pragma once

#include "hal/mmu.h"

/* Bring the host mappings of this host process in line with `pt`, whose space it is. */
void pt_apply(struct hal_pt *pt);

/* A host fault at `va`: if the table allows the access, install the page and its neighbours.
 * False: the fault is the guest's. */
bool pt_resolve(struct hal_pt *pt, user_addr_t va, unsigned access);

/* With pt->lock held, in the process of pt's space: apply what is stale now. */
void pt_apply_locked(struct hal_pt *pt);
