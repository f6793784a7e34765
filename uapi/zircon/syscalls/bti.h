/*
 * bti.h - IOMMUs and memory for devices (zircon/syscalls/iommu.h, types.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* zx_iommu_create. */
#define ZX_IOMMU_TYPE_DUMMY   0u
#define ZX_IOMMU_TYPE_INTEL   1u
#define ZX_IOMMU_MAX_DESC_LEN 4096u

typedef struct zx_iommu_desc_dummy {
    uint8_t reserved;
} zx_iommu_desc_dummy_t;

/* zx_bti_pin. */
#define ZX_BTI_PERM_READ    (1u << 0)
#define ZX_BTI_PERM_WRITE   (1u << 1)
#define ZX_BTI_PERM_EXECUTE (1u << 2)
#define ZX_BTI_COMPRESS     (1u << 3)
#define ZX_BTI_CONTIGUOUS   (1u << 4)

typedef struct zx_info_bti {
    uint64_t minimum_contiguity, aspace_size; /* bytes */
} zx_info_bti_t;
