/*
 * sysconfig.h - the parts of the partition "sysconfig", each a store of keys and values.
 */
#pragma once

#define ZX_SYSCONFIG_KVSTORE_SIZE        32768
#define ZX_SYSCONFIG_VERSION_A_OFFSET    (0 * ZX_SYSCONFIG_KVSTORE_SIZE)
#define ZX_SYSCONFIG_VERSION_B_OFFSET    (1 * ZX_SYSCONFIG_KVSTORE_SIZE)
#define ZX_SYSCONFIG_BOOT_DEFAULT_OFFSET (2 * ZX_SYSCONFIG_KVSTORE_SIZE)
#define ZX_SYSCONFIG_BOOT_ONESHOT_OFFSET (3 * ZX_SYSCONFIG_KVSTORE_SIZE)
