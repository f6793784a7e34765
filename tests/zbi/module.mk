# Programs of the boot images that tests/zircon/zbi makes.
module               := tests/zbi
user-programs-zircon := first suites
user-common          := ../../user/zircon/relocate ../../user/zircon/symbol ../../user/zircon/runtime \
                        ../../user/zircon/memory ../../user/zircon/load $(runtime-threads:%=../../user/zircon/%)
sources-isa-x86_64   := ../../user/zircon/isa/x86_64/start ../../user/zircon/isa/x86_64/relocation \
                        ../../user/zircon/isa/x86_64/stack ../../user/zircon/isa/x86_64/thread ../../user/zircon/isa/x86_64/tls_place
sources-isa-riscv64  := ../../user/zircon/isa/riscv64/start ../../user/zircon/isa/riscv64/relocation \
                        ../../user/zircon/isa/riscv64/stack ../../user/zircon/isa/riscv64/thread ../../user/zircon/isa/riscv64/tls_place

$(foreach i,$(isas),$(foreach p,$(user-programs-zircon),$(eval build/user/$i/$p: build/user/$i/vdso.so)))
