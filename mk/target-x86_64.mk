# Bare metal x86_64: the higher half.
isa-x86_64     := x86_64
cc-x86_64      := gcc
ld-x86_64      := ld
hal-x86_64     := hal/bare/x86_64
script-x86_64  := hal/bare/x86_64/kernel.ld
machine-x86_64 := $(machine-freestanding) -fno-pic -fno-pie -mcmodel=kernel \
                  -mgeneral-regs-only -mno-red-zone -fcf-protection=none
only-gcc-x86_64 := $(moves-for-structs)
ldflags-x86_64 := -static -no-pie -z max-page-size=4096
clang-x86_64   := --target=x86_64-linux-gnu
