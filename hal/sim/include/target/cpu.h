/*
 * cpu.h (sim) - the CPU that the one host thread plays at the moment.
 */
#pragma once

/* Also a place where the schedule may turn to another CPU; see hal/sim/sim.h. */
struct hal_cpu *hal_cpu_local(void);
