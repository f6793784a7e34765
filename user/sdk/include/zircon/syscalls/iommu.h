/*
 * iommu.h - what zx_iommu_create is given.
 */
#pragma once

#include "uapi/zircon/syscalls/bti.h"
