/* vdso.c - the kernel's own code for user mode enters the kernel without help of the host. */
#include "base/string.h"
#include "hal/libos/stub.h"
#include "hal/mmu.h"

/*
 * What stands for each call (user/vdso/isa/x86_64/stubs.S), and nowhere else:
 *     syscall
 *     jmp 1f
 *     .fill ROOM, 1, 0xcc
 *  1:
 * A call that is to be made again begins at the two bytes before its return, as if they were a
 * `syscall`: they jump back to the start.
 */
enum { ROOM = 18, SITE_SIZE = SYSCALL_SIZE + 2 + ROOM };

struct site_code {
    struct call_code call;
    uint8_t again[SYSCALL_SIZE];
} __attribute__((packed));
_Static_assert(sizeof(struct site_code) == SITE_SIZE, "it takes the place");

static bool is_site(const uint8_t *bytes)
{
    static const uint8_t start[] = {0x0f, 0x05, 0xeb, ROOM};

    if (memcmp(bytes, start, sizeof(start)) != 0)
        return false;
    for (unsigned i = sizeof(start); i < SITE_SIZE; i++)
        if (bytes[i] != 0xcc)
            return false;
    return true;
}

void hal_user_code(void *code, size_t size)
{
    const struct site_code site = {call_code(SITE_SIZE), {0xeb, (uint8_t)-SITE_SIZE}};
    uint8_t *bytes = code;

    for (size_t at = 0; at + SITE_SIZE <= size; at++)
        if (is_site(bytes + at))
            memcpy(bytes + at, &site, sizeof(site));
}
