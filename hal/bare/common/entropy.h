/*
 * entropy.h - the pool behind hal_entropy: a ChaCha20 generator whose key is replaced after
 * each use, fed by whatever the machine can offer.
 *
 * Output is as unpredictable as the best thing ever fed. A target feeds what it has at boot: a
 * seed from firmware or an instruction of the CPU, and clocks, which are no substitute for one.
 */
#pragma once

/* The target's: feed what changes from call to call (cycle counter, CPU instruction). Called at
 * the beginning of each hal_entropy. */
void entropy_refresh(void);
