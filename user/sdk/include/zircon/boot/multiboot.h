/*
 * multiboot.h - the Multiboot specification, version 1: what an image says and what it is told.
 */
#pragma once

#define MULTIBOOT_HEADER_MAGIC     0x1badb002
#define MULTIBOOT_HEADER_FLAGS     0x00010002 /* a memory map; addresses in the header */
#define MULTIBOOT_BOOTLOADER_MAGIC 0x2badb002

/* multiboot_info_t.flags */
#define MB_INFO_MEM_SIZE    0x001
#define MB_INFO_BOOT_DEV    0x002
#define MB_INFO_CMD_LINE    0x004
#define MB_INFO_MODS        0x008
#define MB_INFO_SYMS        0x010
#define MB_INFO_SHDR        0x020
#define MB_INFO_MMAP        0x040
#define MB_INFO_DRIVES      0x080
#define MB_INFO_CONFIG      0x100
#define MB_INFO_BOOT_LOADER 0x200
#define MB_INFO_APM_TABLE   0x400
#define MB_INFO_VBE         0x800

/* memory_map_t.type */
#define MB_MMAP_TYPE_AVAILABLE    0x01
#define MB_MMAP_TYPE_RESERVED     0x02
#define MB_MMAP_TYPE_ACPI_RECLAIM 0x03
#define MB_MMAP_TYPE_ACPI_NVS     0x04

#ifndef __ASSEMBLER__
#include <stdint.h>

typedef struct multiboot_header {
    uint32_t magic, flags, checksum;
    uint32_t header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr;
} multiboot_header_t;

typedef struct aout_symbol_table {
    uint32_t tabsize, strsize, addr, reserved;
} aout_symbol_table_t;

typedef struct elf_section_header_table {
    uint32_t num, size, addr, shndx;
} elf_section_header_table_t;

typedef struct multiboot_info {
    uint32_t flags;
    uint32_t mem_lower, mem_upper;
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t mods_count, mods_addr;
    union {
        aout_symbol_table_t aout_sym;
        elf_section_header_table_t elf_sec;
    } u;
    uint32_t mmap_length, mmap_addr;
    uint32_t drives_length, drives_addr;
    uint32_t config_table;
    uint32_t boot_loader_name;
    uint32_t apm_table;
} multiboot_info_t;

typedef struct module {
    uint32_t mod_start, mod_end;
    uint32_t string;
    uint32_t reserved;
} module_t;

/* The next one is `size` bytes behind the field of that name. */
typedef struct memory_map {
    uint32_t size;
    uint32_t base_addr_low, base_addr_high;
    uint32_t length_low, length_high;
    uint32_t type;
} memory_map_t;
#endif
