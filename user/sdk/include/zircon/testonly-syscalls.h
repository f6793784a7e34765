/*
 * testonly-syscalls.h - the calls zx_syscall_test_*, which are with the others here.
 */
#pragma once

#include "zircon/syscalls.h"
