/*
 * slab_internal.h - what kmalloc asks of the slabs.
 */
#pragma once

#include "mm/slab.h"

/* The cache that `object` came from; NULL: it is a block of pages. */
struct slab_cache *slab_cache_of(const void *object);
