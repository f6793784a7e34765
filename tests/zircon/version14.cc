/*
 * version14.cc - a text of the vDSO's to std::string, in C++14.
 */
#include "tests/zircon/version14.h"

#include <zircon/syscalls.h>

static_assert(__cplusplus == 201402L, "this is C++14");

std::string version_assigned()
{
    std::string text = zx_system_get_version_string();

    return text;
}

std::string version_returned()
{
    return zx_system_get_version_string();
}
