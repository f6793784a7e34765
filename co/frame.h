/*
 * frame.h - room for the frame of a coroutine that its owner has no slot for.
 *
 * Most of them end without having waited. So each CPU keeps a frame of the usual size for the
 * next one, and only who waits takes it along.
 */
#pragma once

#include "hal/cpu.h"

enum { FRAME_USUAL = 592 };

extern struct frame_kept {
    _Alignas(64) void *frame; /* of the usual size; NULL: none */
} frames_kept[HAL_MAX_CPUS];  /* each is its own CPU's */

/* What this CPU kept; it keeps `frame` instead. */
static inline void *frame_exchange(void *frame)
{
    struct frame_kept *here;
    void *kept;

    hal_preempt_disable();
    here = &frames_kept[hal_cpu_id()];
    kept = here->frame;
    here->frame = frame;
    hal_preempt_enable();
    return kept;
}

void *frame_alloc_slow(size_t size) MUST_USE;
void frame_free_slow(void *frame, size_t size);

/* Contents undefined; NULL: out of memory. Given back on any CPU, with the same size. */
static inline void *frame_alloc(size_t size)
{
    void *frame = size <= FRAME_USUAL ? frame_exchange(NULL) : NULL;

    return frame ? frame : frame_alloc_slow(size);
}

static inline void frame_free(void *frame, size_t size)
{
    if (size <= FRAME_USUAL)
        frame = frame_exchange(frame);
    if (frame)
        frame_free_slow(frame, size);
}

/* Frames of the usual size: live objects of slabs, and those of them that coroutines use, so
 * not kept by a CPU. */
uint64_t frame_live_count(void);
uint64_t frame_used_count(void);

/* Frees what CPUs keep. No task runs. */
void frame_drain(void);
