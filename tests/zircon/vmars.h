/*
 * vmars.h - address spaces to try VMARs in: those of processes that never run.
 */
#pragma once

#include "tests/zircon/paged.h"
#include "uapi/zircon/syscalls/object.h"

struct space {
    zx_handle_t process, vmar;
};

static inline struct space space_make(void)
{
    struct space s = {0};

    EXPECT_OK(zx_process_create(ztest_job(), "space", 5, 0, &s.process, &s.vmar));
    return s;
}

static inline void space_drop(struct space *s)
{
    EXPECT_OK(zx_handle_close(s->vmar));
    EXPECT_OK(zx_handle_close(s->process));
}

/* Of a byte that is mapped there: ZX_ERR_NO_MEMORY if nothing is. */
static inline zx_status_t space_reads(const struct space *s, zx_vaddr_t addr)
{
    uint8_t byte;
    uint64_t len;

    return zx_process_read_memory(s->process, addr, &byte, 1, &len);
}

static inline uint8_t space_byte(const struct space *s, zx_vaddr_t addr)
{
    uint8_t byte = 0;
    uint64_t len = 0;

    EXPECT_OK(zx_process_read_memory(s->process, addr, &byte, 1, &len));
    EXPECT_EQ(len, 1);
    return byte;
}

static inline zx_info_vmar_t space_info(zx_handle_t vmar)
{
    zx_info_vmar_t info = {0};

    EXPECT_OK(zx_object_get_info(vmar, ZX_INFO_VMAR, &info, sizeof(info), NULL, NULL));
    return info;
}
