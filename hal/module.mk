module          := hal
sources         := spinlock contract_test contract_mmu contract_time contract_thread contract_fp \
                   contract_cpus
sources-libos   := isa/x86_64/contract_user no_ports
sources-sim     := no_ports
sources-x86_64  := isa/x86_64/contract_user
sources-riscv64 := isa/riscv64/contract_user no_ports
