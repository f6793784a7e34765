module         := personality/zircon
sources        := call handle_calls object_calls policy child_calls resource_calls interrupt_calls msi_calls pci_calls \
                  system_calls profile_calls info_calls info_lists info_memory wait_calls \
                  port_calls message_in message_out channel_calls exchange_calls fifo_calls \
                  socket_calls stream_calls futex_calls \
                  task_calls vmo_calls vmo_io vmo_op_calls vmar_calls vmar_op_calls pager_calls bti_calls \
                  time_calls clock_calls log_calls ktrace_calls \
                  personality vdso load start hybrid fd_calls table exception_calls \
                  thread_state_calls restricted_calls memory_calls task_info test_calls \
                  vdso_variant kernel_files userboot strace/names strace/show strace/signatures_all strace/zircon_strace
sources-libos  := power_machine
sources-bare   := power_machine
sources-sim    := power_sim
sources-isa-x86_64  := isa/x86_64/vdso_image isa/x86_64/userboot_image isa/x86_64/thread_state isa/x86_64/restricted
sources-isa-riscv64 := isa/riscv64/vdso_image isa/riscv64/userboot_image isa/riscv64/thread_state isa/riscv64/restricted
generated      := personality/zircon/calls.h personality/zircon/table.c personality/zircon/strace/names.h \
                  personality/zircon/strace/names.c personality/zircon/strace/signatures_all.c personality/zircon/fuzz_shapes.inc
tests          := zircon_test fuzz_test task_test start_test transfer_test kill_test stream_test restricted_test

build/gen/personality/zircon/calls.h: personality/zircon/syscalls.tbl tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< header > $@
build/gen/personality/zircon/table.c: personality/zircon/syscalls.tbl tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< dispatch > $@

zircon-traced := personality/zircon/syscalls.tbl personality/zircon/strace/names.tbl $(wildcard uapi/zircon/*.h uapi/zircon/syscalls/*.h) tools/gen-syscalls
build/gen/personality/zircon/strace/signatures_all.c: $(zircon-traced)
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< signatures > $@
build/gen/personality/zircon/strace/names.h: $(zircon-traced)
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< names-header > $@
build/gen/personality/zircon/strace/names.c: $(zircon-traced)
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< names > $@

# Number, name and types of arguments of each call.
build/gen/personality/zircon/fuzz_shapes.inc: personality/zircon/syscalls.tbl
	@mkdir -p $(@D)
	$(call say,GEN $@)awk '/^[a-z]/ && $$2 != "-" { printf "{%s, \"%s\", \"", $$2, $$1; \
	    for (i = 4; i <= NF && $$i != ";" && $$i != "->"; i++) { sub(/^[^:]*:/, "", $$i); \
	    sub(/^(flags|enum)<.*/, "x32", $$i); sub(/<bytes>/, "<void>", $$i); printf "%s ", $$i } \
	    print "\"}," }' $< > $@

# Embedded by .incbin, which leaves no trace in a dependency file.
define vdso-image-rule
build/$1/personality/zircon/isa/$(isa-$1)/vdso_image.o: build/user/$(isa-$1)/vdso.so
build/$1/personality/zircon/isa/$(isa-$1)/userboot_image.o: build/user/$(isa-$1)/userboot

endef
$(eval $(foreach t,$(targets),$(call vdso-image-rule,$t)))
