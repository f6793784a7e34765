/*
 * stub.h - memory for system call stubs beside the text they serve (hal/libos/patch.h).
 *
 * An address space has a few areas of HAL_STUB_AREA bytes, zero at first; only pages that hold
 * stubs have memory. What is taken is known by its bytes: a piece of code begins and ends with
 * a byte that is not zero, and has no STUB_GAP zeroes in a row. Text that is in the view of a
 * file has an area of its own, shared with the text. Who patches owns them all.
 */
#pragma once

#include "hal/irq.h"
#include "hal/mmu.h"

enum {
    SYSCALL_SIZE = 2,
    JUMP_SIZE = 5,
    STUB_GAP = 11,
    LEAD_MAX = 24,   /* bytes displaced before a call */
    COMPARE_MAX = 6, /* and behind one */
};

/* Instructions of the guest that follow one another. */
struct displaced {
    uint8_t bytes[LEAD_MAX];
    unsigned size;      /* 0: none */
    unsigned first;     /* bytes of the first one */
    uint32_t distances; /* bit i: a distance from where they stand begins at byte i */
};

/* Enters the kernel as a `syscall` does: rcx is where it returns to. */
struct call_code {
    uint8_t lea_rcx[3];
    int32_t distance; /* from the next instruction */
    uint8_t movabs_r11[2];
    uint64_t entry;
    uint8_t jmp_r11[3];
} __attribute__((packed));

/* `behind`: where the call returns to, from the code's first byte on; within 2 GiB. */
struct call_code call_code(int64_t behind);

/* Bytes of user memory. False: not all there. */
bool user_read(struct hal_pt *pt, user_addr_t va, void *to, size_t size);

/* The frame behind `va` through the linear map; NULL: none. */
uint8_t *user_bytes(struct hal_pt *pt, user_addr_t va);

/* How many pages these bytes touch. */
static inline unsigned pages_of(user_addr_t va, uint64_t size)
{
    return (unsigned)(((va & PAGE_MASK) + size + PAGE_MASK) >> PAGE_SHIFT);
}

/* The byte at `va`; pages[0] holds `first`. */
uint8_t *page_byte(void *const pages[], user_addr_t first, user_addr_t va);

/* Does `va` lie in memory for stubs of the text at `site`? */
bool stub_holds(struct hal_pt *pt, user_addr_t site, user_addr_t va);

/* Does `va` lie in memory for stubs of any text? */
bool stub_is_at(struct hal_pt *pt, user_addr_t va);

/* The first bytes of a site in the lead form: a jump to the stub. False: there is no room. */
bool stub_for_lead(struct hal_pt *pt, user_addr_t site, const struct displaced *lead,
                   uint8_t jump[JUMP_SIZE]);

/* The same in the compare form: both jumps. */
bool stub_for_compare(struct hal_pt *pt, user_addr_t site, const struct displaced *compare,
                      uint8_t jumps[SYSCALL_SIZE + JUMP_SIZE]);
