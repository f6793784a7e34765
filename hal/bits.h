/*
 * bits.h - words of bits that several CPUs change, under no lock; see hal/ref.h for counts.
 * Each gives what the word was before, and orders both ways what is around it.
 */
#pragma once

#include "hal/cpu.h"

static inline unsigned bits_exchange(atomic_uint *word, unsigned bits)
{
    unsigned old;

    if (!hal_one_cpu)
        return atomic_exchange_explicit(word, bits, memory_order_seq_cst);
    old = atomic_load_explicit(word, memory_order_relaxed);
    atomic_signal_fence(memory_order_acq_rel);
    atomic_store_explicit(word, bits, memory_order_relaxed);
    atomic_signal_fence(memory_order_acq_rel);
    return old;
}

static inline unsigned bits_set(atomic_uint *word, unsigned bits)
{
    return hal_one_cpu
               ? bits_exchange(word, atomic_load_explicit(word, memory_order_relaxed) | bits)
               : atomic_fetch_or_explicit(word, bits, memory_order_seq_cst);
}

static inline unsigned bits_clear(atomic_uint *word, unsigned bits)
{
    return hal_one_cpu
               ? bits_exchange(word, atomic_load_explicit(word, memory_order_relaxed) & ~bits)
               : atomic_fetch_and_explicit(word, ~bits, memory_order_seq_cst);
}
