/*
 * backtrace.c - return addresses by frame pointers, which every function of the kernel keeps.
 */
#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/boot.h"

/* What a frame pointer points behind. */
struct frame_record {
    vaddr_t caller_fp, caller_pc;
};

/* In this CPU's stacks, and not in the hole below them. */
static bool readable(vaddr_t fp)
{
    vaddr_t area = cpu_area(hal_cpu_id());

    return IS_ALIGNED(fp, sizeof(vaddr_t)) &&
           fp >= area + CPU_AREA_GUARD + sizeof(struct frame_record) &&
           fp <= area + CPU_AREA_SIZE;
}

/*
 * A function that calls none keeps its caller's frame pointer where others keep the return
 * address; it can only be the innermost one, where a fault met it, and is passed by. A broken
 * chain that goes in circles ends with `max`.
 */
size_t hal_backtrace(uintptr_t *out, size_t max)
{
    vaddr_t fp = (vaddr_t)__builtin_frame_address(0);
    size_t n = 0;

    __asm__ volatile("" ::: "ra"); /* we are not such a function ourselves */
    for (size_t step = 0; step < max && readable(fp); step++) {
        const struct frame_record *record = (const struct frame_record *)fp - 1;

        if (readable(record->caller_pc)) {
            fp = record->caller_pc;
            continue;
        }
        if (!record->caller_pc)
            break;
        out[n++] = record->caller_pc;
        fp = record->caller_fp;
    }
    return n;
}
