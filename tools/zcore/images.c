/*
 * images.c - the kernels that are embedded in this program.
 */
#include "tools/zcore/images.h"

#include <string.h>

#define IMAGE(name)                                                                 \
    extern const char image_##name##_start[], image_##name##_end[];                 \
    static struct image name(void)                                                  \
    {                                                                               \
        return (struct image){image_##name##_start,                                 \
                              (size_t)(image_##name##_end - image_##name##_start)}; \
    }
IMAGE(gdb_script)
IMAGE(libos_kernel)
IMAGE(riscv64_kernel)
IMAGE(riscv64_root)
IMAGE(x86_64_kernel)
IMAGE(x86_64_root)

static struct arch arches[] = {
    {
        .name = "riscv64",
        .emulator = "qemu-system-riscv64",
        .arguments = (const char *const[]){"-M", "virt", "-bios", "default", NULL},
    },
    {
        .name = "x86_64",
        .emulator = "qemu-system-x86_64",
        .arguments = (const char *const[]){"-M", "q35", "-cpu", "max", "-device",
                                           "isa-debugcon,iobase=0xe9,chardev=status", "-device",
                                           "isa-debug-exit,iobase=0xf4,iosize=0x04", NULL},
        .debug_port = true,
    },
};

struct image image_gdb_script(void)
{
    return gdb_script();
}

struct image image_libos(void)
{
    return libos_kernel();
}

const struct arch *arch_find(const char *name)
{
    arches[0].kernel = riscv64_kernel();
    arches[0].root = riscv64_root();
    arches[1].kernel = x86_64_kernel();
    arches[1].root = x86_64_root();
    for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
        if (!strcmp(arches[i].name, name))
            return &arches[i];
    return NULL;
}
