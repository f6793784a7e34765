module               := user/hello
user-programs-zircon := hello
user-common          := ../zircon/relocate ../zircon/symbol ../zircon/runtime ../zircon/memory ../zircon/load
sources-isa-x86_64   := ../zircon/isa/x86_64/start ../zircon/isa/x86_64/thread ../zircon/isa/x86_64/relocation
sources-isa-riscv64  := ../zircon/isa/riscv64/start ../zircon/isa/riscv64/thread ../zircon/isa/riscv64/relocation

# Its calls are imports from the vDSO, bound when it starts.
build/user/x86_64/hello: build/user/x86_64/vdso.so
build/user/riscv64/hello: build/user/riscv64/vdso.so
