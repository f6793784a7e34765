# The dynamic linker of native programs: lib/ld.so.1 of their images.
module               := user/ld
user-programs-zircon := ld
user-common          := ../zircon/relocate ../zircon/symbol ../zircon/memory ../zircon/load \
                        message loader module
sources-isa-x86_64   := ../zircon/isa/x86_64/start ../zircon/isa/x86_64/relocation
sources-isa-riscv64  := ../zircon/isa/riscv64/start ../zircon/isa/riscv64/relocation

build/user/x86_64/ld: build/user/x86_64/vdso.so
build/user/riscv64/ld: build/user/riscv64/vdso.so
