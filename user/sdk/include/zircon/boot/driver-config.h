/*
 * driver-config.h - ZBI items of type KERNEL_DRIVER: kinds (the header's `extra`) and contents.
 */
#pragma once

#include <stdint.h>

#define KDRV_ARM_PSCI               0x49435350 /* PSCI */
#define KDRV_ARM_GIC_V2             0x32434947 /* GIC2 */
#define KDRV_ARM_GIC_V3             0x33434947 /* GIC3 */
#define KDRV_ARM_GENERIC_TIMER      0x4d495441 /* ATIM */
#define KDRV_PL011_UART             0x55304c50 /* PL0U */
#define KDRV_AMLOGIC_UART           0x554c4d41 /* AMLU */
#define KDRV_AMLOGIC_HDCP           0x484c4d41 /* AMLH */
#define KDRV_DW8250_UART            0x44573855
#define KDRV_AMLOGIC_RNG            0x484c4d52
#define KDRV_GENERIC_32BIT_WATCHDOG 0x32334457 /* WD32 */
#define KDRV_I8250_PIO_UART         0x30353238 /* 8250 */
#define KDRV_I8250_MMIO_UART        0x4d353238 /* 825M */
#define KDRV_AS370_POWER            0x50303733

/* UARTs in memory. */
typedef struct {
    uint64_t mmio_phys;
    uint32_t irq, reserved;
} dcfg_simple_t;

/* I8250_PIO_UART */
typedef struct {
    uint16_t base, reserved;
    uint32_t irq;
} dcfg_simple_pio_t;

typedef struct {
    uint8_t use_hvc;
    uint8_t reserved[7];
    uint64_t shutdown_args[3], reboot_args[3];
    uint64_t reboot_bootloader_args[3], reboot_recovery_args[3];
} dcfg_arm_psci_driver_t;

typedef struct {
    uint64_t mmio_phys, msi_frame_phys;
    uint64_t gicd_offset, gicc_offset, gich_offset, gicv_offset;
    uint32_t ipi_base;
    uint8_t optional, use_msi;
    uint16_t reserved;
} dcfg_arm_gicv2_driver_t;

typedef struct {
    uint64_t mmio_phys;
    uint64_t gicd_offset, gicr_offset, gicr_stride;
    uint64_t reserved0;
    uint32_t ipi_base;
    uint8_t optional;
    uint8_t reserved1[3];
} dcfg_arm_gicv3_driver_t;

typedef struct {
    uint32_t irq_phys, irq_virt, irq_sphys;
    uint32_t freq_override;
} dcfg_arm_generic_timer_driver_t;

typedef struct {
    uint64_t preset_phys, hiu_phys, hdmitx_phys;
} dcfg_amlogic_hdcp_driver_t;

typedef struct {
    uint64_t rng_data_phys, rng_status_phys;
    uint64_t rng_refresh_interval_usec;
} dcfg_amlogic_rng_driver_t;

/* A register is read, bits are cleared, bits are set, and it is written. */
typedef struct {
    uint64_t addr; /* 0: there is no such action */
    uint32_t clr_mask, set_mask;
} dcfg_generic_32bit_watchdog_action_t;

#define KDRV_GENERIC_32BIT_WATCHDOG_FLAG_ENABLED ((uint32_t)1) /* by the boot loader */
#define KDRV_GENERIC_32BIT_WATCHDOG_MIN_PERIOD   ((int64_t)1000000)

typedef struct {
    dcfg_generic_32bit_watchdog_action_t pet_action, enable_action, disable_action;
    int64_t watchdog_period_nsec;
    uint32_t flags, reserved;
} dcfg_generic_32bit_watchdog_t;
