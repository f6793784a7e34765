/*
 * boot.h - what the boot loader hands over: a ZBI (zircon/boot/image.h), a header and items one
 * after another, each with a header and padded to 8 bytes; and BOOTFS (zircon/boot/bootfs.h),
 * the files inside, which begins with a directory.
 */
#pragma once

#include <stdint.h>

typedef struct zbi_header {
    uint32_t type;
    uint32_t length; /* bytes behind the header, without padding */
    uint32_t extra;
    uint32_t flags;
    uint32_t reserved0, reserved1;
    uint32_t magic;
    uint32_t crc32; /* of header, this being 0, and payload; or ZBI_ITEM_NO_CRC32 */
} zbi_header_t;

#define ZBI_ALIGNMENT       8u
#define ZBI_ITEM_MAGIC      0xb5781729u
#define ZBI_ITEM_NO_CRC32   0x4a87e8d6u
#define ZBI_CONTAINER_MAGIC 0x868cf7e6u /* extra of the container */

#define ZBI_TYPE_CONTAINER      0x544f4f42u /* BOOT */
#define ZBI_TYPE_CMDLINE        0x4c444d43u /* CMDL: text */
#define ZBI_TYPE_DISCARD        0x50494b53u /* SKIP */
#define ZBI_TYPE_STORAGE_BOOTFS 0x42534642u /* BFSB; extra: bytes when it is not compressed */

#define ZBI_FLAG_STORAGE_COMPRESSED 0x00000001u
#define ZBI_FLAG_VERSION            0x00010000u /* always set */
#define ZBI_FLAG_CRC32              0x00020000u

typedef struct zbi_bootfs_header {
    uint32_t magic;
    uint32_t dirsize; /* bytes of all entries */
    uint32_t reserved0, reserved1;
} zbi_bootfs_header_t;

/* The name follows, without a leading slash and with its NUL; entries begin at multiples of 4.
 */
typedef struct zbi_bootfs_dirent {
    uint32_t name_len; /* bytes, NUL included */
    uint32_t data_len;
    uint32_t data_off; /* from the header; a multiple of ZBI_BOOTFS_PAGE_SIZE */
} zbi_bootfs_dirent_t;

#define ZBI_BOOTFS_MAGIC        0xa56d3ff9u
#define ZBI_BOOTFS_PAGE_SIZE    4096u
#define ZBI_BOOTFS_MAX_NAME_LEN 256u
#define ZBI_BOOTFS_DIRENT_SIZE(name_len) \
    ((sizeof(zbi_bootfs_dirent_t) + (name_len) + 3) & ~(uint64_t)3)
