# The vDSO of Zircon processes: build/user/ISA/vdso.so, embedded in each kernel image.
module    := user/vdso
generated := user/vdso/stubs.inc zircon/syscalls.h

zircon-table := personality/zircon/syscalls.tbl
build/gen/user/vdso/stubs.inc: $(zircon-table) tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< stubs > $@
build/gen/zircon/syscalls.h: $(zircon-table) tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< prototypes > $@

define vdso-rules
build/user/$1/vdso.so: build/user/$1/user/vdso/isa/$1/stubs.o build/user/$1/user/vdso/vdso.o user/vdso/vdso.ld
	$$(call say,LD user-$1 $$@)$$(cc-guest-$1) -nostdlib -shared -s -Wl,-T,user/vdso/vdso.ld \
	    -Wl,-soname,libzircon.so,-Bsymbolic,--hash-style=sysv,--build-id=none,-z,noexecstack,-z,norelro,-z,text \
	    -Wl,-z,max-page-size=4096 $$(filter %.o,$$^) -o $$@
endef
$(foreach i,$(isas),$(eval $(call vdso-rules,$i)))
