# Native Zircon test programs by subject: `build/zcore zircon build/user/ISA/NAME [CASE]`.
# tests/zircon/run runs them.
module               := tests/zircon
user-programs-zircon := access clock event exception fifo futex info_job info_process info_task \
                        info_thread info_vmar job memory_info policy privileged process \
                        profile registers socket stream suspend
user-common          := ztest ztest_help infocheck ../../user/zircon/relocate ../../user/zircon/runtime \
                        ../../user/zircon/memory ../../user/zircon/load
sources-isa-x86_64   := ../../user/zircon/isa/x86_64/start ../../user/zircon/isa/x86_64/relocation \
                        isa/x86_64/machine_registers
sources-isa-riscv64  := ../../user/zircon/isa/riscv64/start ../../user/zircon/isa/riscv64/relocation \
                        isa/riscv64/machine_registers
user-common          += ../../user/zircon/symbol
sources-isa-x86_64   += ../../user/zircon/isa/x86_64/thread
sources-isa-riscv64  += ../../user/zircon/isa/riscv64/thread

# Their calls are imports from the vDSO, bound when they start.
$(foreach i,$(isas),$(foreach p,$(user-programs-zircon),\
    $(eval build/user/$i/$p: build/user/$i/vdso.so)))
