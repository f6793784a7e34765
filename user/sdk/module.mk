# `make sdk`: build/sdk, what programs with Zircon calls are made with.
#   include/           headers with Fuchsia's names
#   include/native/    the C library's headers for native programs, as far as there are threads
#   lib/               libzircon.so of Linux programs; libzircon-start.a: how native ones start, and
#                      their threads
#   lib/native/        libzircon.so of native ones: the vDSO itself
#   lib/riscv64/       the same for that machine
#   lib/pkgconfig/     zircon.pc, zircon-native.pc
module    := user/sdk
generated := user/sdk/shim.inc

build/gen/user/sdk/shim.inc: personality/zircon/syscalls.tbl tools/gen-syscalls
	@mkdir -p $(@D)
	$(call say,GEN $@)tools/gen-syscalls $< shim > $@

# Headers, by their names here and there.
sdk-uapi    := $(wildcard uapi/zircon/*.h uapi/zircon/syscalls/*.h)
sdk-own     := $(wildcard user/sdk/include/*/*.h user/sdk/include/*/*/*.h)
sdk-native  := $(wildcard user/sdk/native/*.h)
sdk-headers := $(sdk-native:user/sdk/native/%=build/sdk/include/native/%) \
    $(sdk-uapi:uapi/%=build/sdk/include/%) $(sdk-own:user/sdk/%=build/sdk/%) \
    build/sdk/include/zircon/syscalls.h build/sdk/include/zircon/runtime.h
sdk-header   = @mkdir -p $(@D); $(if $(V),,echo 'SDK $@';)tools/sdk-header $< > $@

build/sdk/include/zircon/syscalls.h: build/gen/zircon/syscalls.h tools/sdk-header
	$(sdk-header)
build/sdk/include/zircon/runtime.h: user/zircon/runtime.h tools/sdk-header
	$(sdk-header)
build/sdk/include/native/%.h: user/sdk/native/%.h tools/sdk-header
	$(sdk-header)
build/sdk/include/%.h: uapi/%.h tools/sdk-header
	$(sdk-header)
build/sdk/include/%.h: user/sdk/include/%.h tools/sdk-header
	$(sdk-header)
build/sdk/lib/pkgconfig/%.pc: user/sdk/%.pc.in
	@mkdir -p $(@D)
	$(call say,SDK $@)cp $< $@

# $1: ISA; $2: its folder. Linux programs have it bound at once: threads that zx_thread_create made
# cannot enter the dynamic linker.
sdk-start := relocate symbol runtime memory load $(runtime-threads)
define sdk-rules
$2/libzircon.so: user/sdk/linux/isa/$1/shim.S user/sdk/linux/shim.c user/sdk/linux/process.c user/sdk/linux/fdio.c \
    user/zircon/symbol.c user/vdso/strings.c \
    user/zircon/sync_mutex.c user/zircon/sync_condition.c user/zircon/sync_completion.c | build/gen/zircon/syscalls.h build/gen/user/sdk/shim.inc
	@mkdir -p $$(@D)
	$$(call say,LD sdk $$@)$$(cc-guest-$1) -std=gnu17 -O2 -g -Wall -Wextra -I. -Ibuild/gen -fPIC -shared \
	    -Wl,-soname,libzircon.so,-z,defs,-z,now,-z,noexecstack $$^ -o $$@
$2/native/libzircon.so: build/user/$1/vdso.so
	@mkdir -p $$(@D)
	$$(call say,SDK $$@)cp $$< $$@
$2/libzircon-start.a: $(patsubst %,build/user/$1/user/zircon/%.o,\
    isa/$1/start isa/$1/thread isa/$1/relocation isa/$1/tls_place $(sdk-start))
	@mkdir -p $$(@D)
	$$(call say,AR sdk $$@)rm -f $$@; ar rcs $$@ $$^
sdk-files += $2/libzircon.so $2/native/libzircon.so $2/libzircon-start.a
endef
sdk-files := $(sdk-headers) build/sdk/lib/pkgconfig/zircon.pc build/sdk/lib/pkgconfig/zircon-native.pc
$(eval $(call sdk-rules,x86_64,build/sdk/lib))
$(eval $(call sdk-rules,riscv64,build/sdk/lib/riscv64))

.PHONY: sdk
sdk: $(sdk-files)                        ## build/sdk: headers and libraries of programs with Zircon calls

$(foreach t,$(targets),$(eval build/lint/$t/user/zircon/%.ok: private module-cflags := -isystem build/libc/$(isa-$t)/include))
