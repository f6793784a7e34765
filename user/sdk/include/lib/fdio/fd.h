/*
 * fd.h - descriptors made of handles, and back.
 */
#pragma once

#include "lib/fdio/io.h"
