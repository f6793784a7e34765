/*
 * memory_event.h - events that tell how short memory is. Exactly one is signaled.
 */
#pragma once

#include "object/object.h"

enum memory_level { MEMORY_OUT, MEMORY_CRITICAL, MEMORY_WARNING, MEMORY_NORMAL, MEMORY_LEVELS };

/* Once, at boot. */
void memory_event_init(void);

/* That level's event, a reference, after the level of now was looked at. */
struct object *memory_event(enum memory_level level);
