/* What third-party code finds as <string.h> in the kernel. */
#pragma once
#include "base/string.h"
