/*
 * scheduler.h - priorities.
 */
#pragma once

#include "uapi/zircon/syscalls/profile.h"
