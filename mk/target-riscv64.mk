# Bare metal riscv64. The kernel holds no floating point; the files that save it for user mode
# say `.option arch, +d` themselves.
isa-riscv64     := riscv64
cc-riscv64      := riscv64-linux-gnu-gcc
ld-riscv64      := riscv64-linux-gnu-ld
hal-riscv64     := hal/bare/riscv64
script-riscv64  := hal/bare/riscv64/kernel.ld
machine-riscv64 := $(machine-freestanding) -fno-pic -fno-pie -mcmodel=medany \
                   -march=rv64imac_zicsr_zifencei -mabi=lp64
ldflags-riscv64 := -static -no-pie -z max-page-size=4096
# Clang 14 counts zicsr and zifencei to the base and knows neither name.
clang-riscv64   := --target=riscv64-linux-gnu -march=rv64imac
