/* memory.c - guest memory as pages of the host: taken when first used, given back when free. */
#include "hal/libos/boot.h"
#include "hal/libos/linux.h"
#include "hal/mmu.h"

enum { FALLOC_KEEP_SIZE = 1, FALLOC_PUNCH_HOLE = 2 };

#define RUN (2ul << 20) /* at a time, so that a kick need not wait long */

/* A write that the host has no page for would be SIGBUS; asked for in advance it is an error. A
 * host without that request (Linux before 5.14) is believed to have enough. */
bool hal_memory_take(paddr_t pa, uint64_t size)
{
    long error;

    for (uint64_t done = 0; done < size; done += RUN) {
        uint64_t run = MIN(size - done, RUN);

        do
            error = host_call(LINUX_MADVISE, hal_phys_to_virt(pa + done), run,
                              LINUX_MADV_POPULATE_WRITE);
        while (error == -LINUX_EINTR || error == -LINUX_EAGAIN);
        if (error && error != -LINUX_EINVAL)
            return false;
    }
    return true;
}

void hal_memory_give(paddr_t pa, uint64_t size)
{
    while (host_call(LINUX_FALLOCATE, libos_boot->memory_fd,
                     FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, pa, size) == -LINUX_EINTR)
        ;
}
