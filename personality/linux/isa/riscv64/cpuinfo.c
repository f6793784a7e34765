/*
 * cpuinfo.c (riscv64) - a CPU's lines of /proc/cpuinfo, as Linux has them.
 */
#include "personality/linux/procfs/procfs_internal.h"

/* What AT_HWCAP says (isa/linux_abi.h). */
void isa_show_cpu(struct seq *seq, unsigned cpu, unsigned cpus)
{
    (void)cpus;
    seq_printf(seq, "hart\t\t: %u\nisa\t\t: rv64imafdc\nmmu\t\t: sv39\n", cpu);
}
