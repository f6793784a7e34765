/*
 * switch_bench.h - what switches between coroutines cost on this machine.
 */
#pragma once

/* On the boot CPU, in place of its executor, before other tasks are there. Prints a line a
 * case, "executor 2p/16K 100 ps": so many members hand on a token, each reading so much memory
 * of its own. `executor`: tasks that wake each other; `coroutine`: frames that are resumed
 * directly. What reading one member's memory takes is subtracted. */
void switch_bench(void);
