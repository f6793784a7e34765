# The library OS: one freestanding image at 1 TiB, run inside processes of a Linux host.
# Position independent code reaches its own data from any address, so no large model is needed.
isa-libos     := x86_64
cc-libos      := gcc
ld-libos      := ld
hal-libos     := hal/libos
script-libos  := hal/libos/kernel.ld
machine-libos := $(machine-freestanding) -fpie -fvisibility=hidden \
                 -mgeneral-regs-only -mno-red-zone -mfsgsbase -fcf-protection=none
# The linker would turn loads from the GOT into 32-bit immediates, which our addresses are not.
only-gcc-libos := $(moves-for-structs)
ldflags-libos := -static --no-dynamic-linker -no-pie --no-relax
clang-libos   := --target=x86_64-linux-gnu
