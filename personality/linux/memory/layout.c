/*
 * layout.c - where the parts of a program go in its address space, at random.
 */
#include "personality/linux/memory/layout.h"

#include "hal/boot.h"
#include "hal/mmu.h"
#include "personality/linux/process/process.h"

/* The room kept for the stack and its random distance from the top. */
enum { STACK_GAP = 128 << 20 };

/* 0 .. 2^bits - 1 pages, in bytes; 0 for a caller who wants it so (personality(2)). */
static uint64_t random_pages(unsigned bits)
{
    struct linux_thread *lt = linux_caller();
    uint64_t value;

    if (lt && lt->process->persona & ADDR_NO_RANDOMIZE)
        return 0;
    hal_entropy(&value, sizeof(value));
    return (value & ((1ull << bits) - 1)) << PAGE_SHIFT;
}

user_addr_t layout_mmap_limit(void)
{
    return HAL_USER_END - STACK_GAP;
}

/* The lower half of the gap; stack and distance take less than the other. */
user_addr_t layout_vdso_base(void)
{
    return layout_mmap_limit() + random_pages(14);
}

user_addr_t layout_pie_base(void)
{
    return ROUND_DOWN(HAL_USER_END / 3 * 2, PAGE_SIZE) + random_pages(16);
}

user_addr_t layout_brk_base(user_addr_t image_end)
{
    return image_end + PAGE_SIZE + random_pages(12);
}

user_addr_t layout_stack_top(void)
{
    return ROUND_DOWN(HAL_USER_END - PAGE_SIZE, PAGE_SIZE) - random_pages(12);
}
