# The vDSOs, embedded in each kernel image: build/user/ISA/vdso.so of Zircon processes, and
# build/user/ISA/linux-vdso.so of Linux processes.
module    := user/vdso
generated := user/vdso/stubs.inc zircon/syscalls.h

zircon-table := personality/zircon/syscalls.tbl
build/gen/user/vdso/stubs.inc: $(zircon-table) tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< stubs > $@
build/gen/zircon/syscalls.h: $(zircon-table) tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< prototypes > $@

zircon-vdso        := isa/ISA/stubs vdso cache system strings
linux-vdso-x86_64  := linux isa/ISA/linux_only
linux-vdso-riscv64 := linux isa/ISA/linux_only isa/ISA/sigreturn
linux-link-x86_64  := -Wl,--version-script=user/vdso/isa/x86_64/linux.map
# The kernel finds by the entry point where signal handlers return to.
linux-link-riscv64 := -Wl,--version-script=user/vdso/isa/riscv64/linux.map,-e,__vdso_rt_sigreturn

# $1: ISA; $2: image; $3: objects; $4: linker script; $5: its own options.
define vdso-rule
build/user/$1/$2: $(patsubst %,build/user/$1/user/vdso/%.o,$(subst ISA,$1,$3)) \
    user/vdso/$4 user/vdso/sections.ld $(wildcard user/vdso/isa/$1/*.map)
	$$(call say,LD user-$1 $$@)$$(cc-guest-$1) -nostdlib -shared -s -Wl,-T,user/vdso/$4 $5 \
	    -Wl,-Bsymbolic,--hash-style=sysv,--build-id=none,-z,noexecstack,-z,norelro,-z,text \
	    -Wl,-z,max-page-size=4096 $$(filter %.o,$$^) -o $$@
endef
define vdso-rules
$(call vdso-rule,$1,vdso.so,$(zircon-vdso),zircon.ld,-Wl$(comma)-soname=libzircon.so)
$(call vdso-rule,$1,linux-vdso.so,$(linux-vdso-$1),linux.ld,-Wl$(comma)-soname=linux-vdso.so.1 $(linux-link-$1))
build/user/$1/user/vdso/%.o: private module-cflags := -Iuser/vdso/isa/$1
endef
comma := ,
$(foreach i,$(isas),$(eval $(call vdso-rules,$i)))
$(foreach t,$(targets),$(eval build/lint/$t/user/vdso/%.ok: \
    private module-cflags := -Iuser/vdso/isa/$(isa-$t)))
