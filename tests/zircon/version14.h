/*
 * version14.h - what is compiled as C++14, for version.cc.
 */
#pragma once

#include <string>

/* The version's text: by the constructor of a variable, and of what a function returns. */
std::string version_assigned();
std::string version_returned();
