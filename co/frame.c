/*
 * frame.c - frames outside of slots: where no CPU keeps one.
 */
#include "co/frame.h"

#include "mm/slab.h"

struct frame_kept frames_kept[HAL_MAX_CPUS];

static struct slab_cache frame_cache = {.name = "frame", .size = FRAME_USUAL};

void *frame_alloc_slow(size_t size)
{
    return size <= FRAME_USUAL ? slab_alloc(&frame_cache) : kmalloc(size);
}

void frame_free_slow(void *frame, size_t size)
{
    if (size <= FRAME_USUAL)
        slab_free(&frame_cache, frame);
    else
        kfree(frame);
}

uint64_t frame_live_count(void)
{
    return slab_cache_live(&frame_cache);
}

uint64_t frame_used_count(void)
{
    uint64_t live = frame_live_count(), kept = 0;

    for (unsigned cpu = 0; cpu < HAL_MAX_CPUS; cpu++)
        kept += __atomic_load_n(&frames_kept[cpu].frame, __ATOMIC_RELAXED) != NULL;
    return live > kept ? live - kept : 0; /* other CPUs may have come between */
}

void frame_drain(void)
{
    for (unsigned cpu = 0; cpu < HAL_MAX_CPUS; cpu++) {
        slab_free(&frame_cache, frames_kept[cpu].frame);
        frames_kept[cpu].frame = NULL;
    }
}
