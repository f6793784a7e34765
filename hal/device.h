/*
 * device.h - memory of devices, on machines that have any (bare metal).
 */
#pragma once

#include "base/types.h"

/* Does anything answer a read of the word at this physical address, which is in the linear map
 * and no memory? The read is made: where it would have effects, do not ask. */
bool hal_device_answers(paddr_t pa);
