# `make sdk`: build/sdk, what programs with Zircon calls are made with.
#   include/             headers with Fuchsia's names
#   include/native/ISA/  the C library's headers, of native programs
#   lib/                 libzircon.so of Linux programs
#   lib/native/          of native ones: libzircon.so, which is the vDSO itself, and libc.a: how they start,
#                        their threads, the C library; libcxx.a, of C++
#   lib/riscv64/         the same for that machine
#   lib/pkgconfig/       zircon.pc, zircon-native.pc, zircon-native-cxx.pc
module    := user/sdk
generated := user/sdk/shim.inc

build/gen/user/sdk/shim.inc: personality/zircon/syscalls.tbl tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< shim > $@

# Headers, by their names here and there.
sdk-uapi    := $(wildcard uapi/zircon/*.h uapi/zircon/syscalls/*.h)
sdk-own     := $(wildcard user/sdk/include/*/*.h user/sdk/include/*/*/*.h)
sdk-headers := $(sdk-uapi:uapi/%=build/sdk/include/%) $(sdk-own:user/sdk/%=build/sdk/%) \
    build/sdk/include/zircon/syscalls.h build/sdk/include/zircon/runtime.h
sdk-header   = @mkdir -p $(@D); $(if $(V),,echo 'SDK $@';)tools/sdk-header $< > $@

build/sdk/include/zircon/syscalls.h: build/gen/zircon/syscalls.h tools/sdk-header
	$(sdk-header)
build/sdk/include/zircon/runtime.h: user/zircon/runtime.h tools/sdk-header
	$(sdk-header)
build/sdk/include/%.h: uapi/%.h tools/sdk-header
	$(sdk-header)
build/sdk/include/%.h: user/sdk/include/%.h tools/sdk-header
	$(sdk-header)
build/sdk/lib/pkgconfig/zircon.pc: user/sdk/zircon.pc.in
	@mkdir -p $(@D)
	$(call say,SDK $@)cp $< $@

# $1: ISA; $2: its folder; $3: from its pkgconfig to build/sdk. Linux programs have it bound at once: threads that zx_thread_create made
# cannot enter the dynamic linker.
define sdk-rules
$2/libzircon.so: user/sdk/linux/isa/$1/shim.S user/sdk/linux/shim.c user/sdk/linux/process.c user/sdk/linux/fdio.c \
    user/zircon/symbol.c user/vdso/strings.c \
    user/zircon/utc.c user/zircon/sync_mutex.c user/zircon/sync_condition.c user/zircon/sync_completion.c build/gen/zircon/syscalls.h build/gen/user/sdk/shim.inc
	@mkdir -p $$(@D)
	$$(call say,LD sdk $$@)$$(cc-guest-$1) -std=gnu17 -O2 -g -Wall -Wextra -I. -Ibuild/gen -fPIC -shared \
	    -Wl,-soname,libzircon.so,-z,defs,-z,now,-z,noexecstack $$(filter %.c %.S,$$^) -o $$@
$2/native/libzircon.so: build/user/$1/vdso.so
	@mkdir -p $$(@D)
	$$(call say,SDK $$@)cp $$< $$@
$2/native/%.a: build/user/$1/%.a
	@mkdir -p $$(@D)
	$$(call say,SDK $$@)cp $$< $$@
$2/pkgconfig/zircon-native%pc: user/sdk/zircon-native%pc.in
	@mkdir -p $$(@D)
	$$(call say,SDK $$@)sed 's/@ISA@/$1/; s,@UP@,$3,; s,@LIBCXX@,$$(libcxx-include),' $$< > $$@
build/sdk/include/native/$1/.made: build/gen/libc-$1
	$$(call say,SDK $$(@D))rm -rf $$(@D); mkdir -p $$(@D); cp -r build/libc/$1/include/. $$(@D)
	@touch $$@
sdk-files += $2/libzircon.so $2/native/libzircon.so $2/native/libc.a $2/native/libcxx.a \
    $2/pkgconfig/zircon-native.pc $2/pkgconfig/zircon-native-cxx.pc \
    build/sdk/include/native/$1/.made
endef
sdk-files := $(sdk-headers) build/sdk/lib/pkgconfig/zircon.pc
$(eval $(call sdk-rules,x86_64,build/sdk/lib,../..))
$(eval $(call sdk-rules,riscv64,build/sdk/lib/riscv64,../../..))

.PHONY: sdk
sdk: $(sdk-files)                        ## build/sdk: headers and libraries of programs with Zircon calls

$(foreach t,$(targets),$(eval build/lint/$t/user/zircon/%.ok: private module-cflags := -isystem build/libc/$(isa-$t)/include))
