/*
 * shim.c - a Linux program's Zircon calls are those of the vDSO that the kernel has mapped and
 * announced. Where there is none the table stays as it is: not supported.
 */
#include <string.h>

#include "uapi/zcore/hybrid.h"
#include "user/zircon/symbol.h"

/* getauxval(3), whose header brings other definitions of ELF's parts. */
unsigned long getauxval(unsigned long type);

/* shim.S: an address for each name; the names one after another. */
extern uint64_t shim_table[], shim_table_end[];
extern const char shim_names[];

/* Before other constructors, which may make calls. */
__attribute__((constructor(101))) static void fill(void)
{
    uint64_t vdso = getauxval(AT_ZCORE_ZIRCON_VDSO);
    const char *name = shim_names;
    struct dynamic image;

    if (!vdso)
        return;
    dynamic_of_image(vdso, &image);
    for (uint64_t *entry = shim_table; entry < shim_table_end; entry++) {
        uint64_t addr = symbol_find(vdso, &image, name);

        if (addr)
            *entry = addr;
        name += strlen(name) + 1;
    }
}
