/* What third-party code finds as <stdlib.h> in the kernel: nothing, but it asks. */
#pragma once
