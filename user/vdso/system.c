/*
 * system.c - what the vDSO knows of the machine: constants that the kernel wrote into its data.
 */
#include "uapi/zircon/syscalls/system.h"
#include "uapi/zcore/vdso.h"
#include "user/vdso/export.h"

/* Its place is in zircon.ld. */
extern const struct vdso_constants vdso_constants __attribute__((visibility("hidden")));

zx_ticks_t _zx_ticks_per_second(void)
{
    return vdso_constants.ticks_per_second;
}
EXPORT(ticks_per_second);

uint32_t _zx_system_get_page_size(void)
{
    return 4096;
}
EXPORT(system_get_page_size);

uint32_t _zx_system_get_num_cpus(void)
{
    return vdso_constants.num_cpus;
}
EXPORT(system_get_num_cpus);

uint32_t _zx_system_get_dcache_line_size(void)
{
    return vdso_constants.dcache_line_size;
}
EXPORT(system_get_dcache_line_size);

uint64_t _zx_system_get_physmem(void)
{
    return vdso_constants.physmem;
}
EXPORT(system_get_physmem);

zx_string_view_t _zx_system_get_version_string(void)
{
    return (zx_string_view_t){vdso_constants.version, vdso_constants.version_size};
}
EXPORT(system_get_version_string);

zx_status_t _zx_system_get_features(uint32_t kind, uint32_t *features)
{
    switch (kind) {
    case ZX_FEATURE_KIND_CPU:
        *features = vdso_constants.features_cpu;
        return ZX_OK;
    case ZX_FEATURE_KIND_HW_BREAKPOINT_COUNT:
        *features = vdso_constants.hw_breakpoint_count;
        return ZX_OK;
    case ZX_FEATURE_KIND_HW_WATCHPOINT_COUNT:
        *features = vdso_constants.hw_watchpoint_count;
        return ZX_OK;
    default:
        return ZX_ERR_NOT_SUPPORTED;
    }
}
EXPORT(system_get_features);
