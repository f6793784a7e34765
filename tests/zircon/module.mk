# Native Zircon test programs by subject: `build/zcore zircon build/user/ISA/NAME [CASE]`.
# tests/zircon/run runs them.
module               := tests/zircon
user-programs-zircon := access cache channel channel_write_etc clock counters errors event exception fifo futex \
                        handle handle_args info_job info_process info_task info_thread info_vmar job job_tree \
                        memory_info pager_args pager_clone pager_commit pager_dirty pager_fail pager_query pager_read pager_writeback policy port privileged \
                        process profile registers restricted socket stream suspend system_event vdso vmo
user-programs-zircon += c11_threads detached_threads native_threads process_start pthreads registers_read sync thread_end threads tls
user-programs-zircon += channel_internal debuglog ecam interrupt ktrace msi pci ports shutdown
# Of the C and the C++ library of native programs.
native-programs      := cxx libc libc_threads memory_mapping version
user-programs-zircon += $(native-programs)
$(foreach i,$(isas),$(eval build/user/$i/cxx build/user/$i/version: build/user/$i/libcxx.a))
$(foreach i,$(isas),$(eval build/user/$i/version: build/user/$i/tests/zircon/version14.o))
build/user/%/tests/zircon/version14.o: private module-cflags := -std=c++14
user-common          := ztest ztest_help paged infocheck
sources-isa-x86_64   := isa/x86_64/machine_registers isa/x86_64/port_io isa/x86_64/restricted isa/x86_64/spin
sources-isa-riscv64  := isa/riscv64/machine_registers isa/riscv64/port_io isa/riscv64/restricted isa/riscv64/spin

# The same as Linux programs with Zircon calls: `build/zcore run --zircon -- build/hybrid/x86_64/NAME`.
# Bound at once: a thread that zx_thread_create made cannot enter the dynamic linker, which wants libc's.
# Not native_threads, whose names no other C library has; not those that want the root resource or the kernel's files.
hybrid-programs := $(patsubst %,build/hybrid/x86_64/%,$(filter-out counters debuglog ecam errors handle_args ktrace msi pci ports privileged restricted shutdown \
    native_threads $(native-programs),$(user-programs-zircon)) hybrid hybrid_rules)
build/hybrid/x86_64/%: tests/zircon/%.c tests/zircon/ztest.c tests/zircon/ztest_help.c \
    tests/zircon/infocheck.c tests/zircon/paged.c tests/zircon/isa/x86_64/machine_registers.c \
    tests/zircon/isa/x86_64/spin.S \
    tests/zircon/runtime_linux.c user/zircon/load.c user/zircon/symbol.c user/zircon/isa/x86_64/thread.S build/sdk/lib/libzircon.so \
    tests/zircon/ztest.h user/vdso/isa/x86_64/number.inc
	@mkdir -p $(@D)
	$(call say,CC hybrid $@)gcc -std=gnu17 -O2 -g -Wall -D_GNU_SOURCE= -I. -Ibuild/gen -pthread $(filter %.c %.S,$^) \
	    -Lbuild/sdk/lib -lzircon -Wl,-z,now,-rpath,'$$ORIGIN/../../sdk/lib' -o $@
programs: $(hybrid-programs) sdk

# Memory. bti and physical want the root resource.
memory-programs      := clone clone_many clone_size vmar vmar_args vmar_map vmar_own vmo_discard vmo_map
user-programs-zircon += bti physical $(memory-programs)
programs: $(patsubst %,build/hybrid/x86_64/%,$(memory-programs))
