/*
 * version14.h - what is compiled as C++14, for version.cc.
 */
#pragma once

#include <string>

std::string version_assigned();
std::string version_returned();
