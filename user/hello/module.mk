module               := user/hello
user-programs-zircon := hello
user-common          := ../zircon/relocate ../zircon/symbol ../zircon/runtime ../zircon/memory ../zircon/load $(runtime-threads:%=../zircon/%)
sources-isa-x86_64   := ../zircon/isa/x86_64/start ../zircon/isa/x86_64/thread ../zircon/isa/x86_64/relocation ../zircon/isa/x86_64/tls_place
sources-isa-riscv64  := ../zircon/isa/riscv64/start ../zircon/isa/riscv64/thread ../zircon/isa/riscv64/relocation ../zircon/isa/riscv64/tls_place

# Its calls are imports from the vDSO, bound when it starts.
build/user/x86_64/hello: build/user/x86_64/vdso.so
build/user/riscv64/hello: build/user/riscv64/vdso.so
