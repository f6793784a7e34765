/*
 * types.h - the types of the calls, under an older name.
 */
#pragma once

#include "uapi/zircon/types.h"
