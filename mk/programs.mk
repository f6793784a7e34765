# Programs: for the host, for a Linux guest, and freestanding ones for Zircon processes.
cc-guest-x86_64  := gcc
cc-guest-riscv64 := riscv64-linux-gnu-gcc
march-riscv64    := -march=rv64gc -mabi=lp64d
march-x86_64     := -mno-red-zone -fcf-protection=none

compile-host = gcc $(cflags-c) $(only-gcc) $(cflags-hosted) $(module-cflags) -MMD -MP -c

build/host/%.o: %.c | $(generated-all)
	@mkdir -p $(@D)
	$(call say,CC host $<)$(compile-host) $< -o $@
build/host/%.o: build/gen/%.c | $(generated-all)
	@mkdir -p $(@D)
	$(call say,CC host $<)$(compile-host) $< -o $@
build/host/%.o: %.S
	@mkdir -p $(@D)
	$(call say,AS host $<)gcc -g -I. -MMD -MP -c $< -o $@
$(host-programs):
	$(call say,LD host $@)gcc -g $^ $(ldlibs) -o $@

# One compilation each: guests are small and share nothing. What they depend on is asked for apart,
# since of several sources -MMD keeps only the last one's headers.
compile-guest = $(cc-guest-$(notdir $(@D))) -std=gnu17 -O2 -g -Wall -Werror=implicit-function-declaration \
                -D_GNU_SOURCE= -I. -pthread $(filter %.c %.S,$^) $(guest-cflags)
$(guest-programs-all): | $(generated-all)
	@mkdir -p $(@D)
	$(call say,CC guest $@)$(compile-guest) -MM -MP -MT $@ >$@.d && $(compile-guest) -o $@

# C++: libc++ is Debian's, of its clang, which compiles for each machine.
libcxx-include     = $(eval libcxx-include := $(realpath $(shell clang -print-resource-dir)/../../../include/c++/v1))$(libcxx-include)
cxxflags-c        := -std=c++17 -O2 -g -Wall -Wextra -Werror -fpie -fno-exceptions -fno-rtti -fno-stack-protector \
                     -fno-asynchronous-unwind-tables -ftls-model=local-exec -nostdlibinc \
                     -D_LIBCPP_HAS_MUSL_LIBC -D_LIBCPP_DISABLE_EXTERN_TEMPLATE
march-cxx-x86_64  := -mno-red-zone
march-cxx-riscv64 := -march=rv64gc -mabi=lp64d -mno-relax

define user-rules
compile-user-$1 = $(cc-guest-$1) -g $$(machine-freestanding) $(march-$1) -fpie -fvisibility=hidden -I. \
                  -Ibuild/gen -D_GNU_SOURCE= $$(module-cflags) -isystem build/libc/$1/include $$(headers-user-$1) -MMD -MP -c
headers-user-$1 = $(if $(filter x86_64,$1),$$(headers-x86_64),$$(headers-riscv64))

build/user/$1/%.o: %.c | $(generated-all) $(foreign-ready)
	@mkdir -p $$(@D)
	$$(call say,CC user-$1 $$<)$$(compile-user-$1) $(cflags-c) $(only-gcc) $$< -o $$@
build/user/$1/%.o: build/gen/%.c | $(generated-all) $(foreign-ready)
	@mkdir -p $$(@D)
	$$(call say,CC user-$1 $$<)$$(compile-user-$1) $(cflags-c) $(only-gcc) $$< -o $$@
build/user/$1/%.o: %.S | $(generated-all)
	@mkdir -p $$(@D)
	$$(call say,AS user-$1 $$<)$$(compile-user-$1) $$< -o $$@
build/user/$1/%.o: %.cc | $(generated-all) $(sdk-headers)
	@mkdir -p $$(@D)
	$$(call say,CXX user-$1 $$<)clang++ --target=$1-linux-gnu $(cxxflags-c) $(march-cxx-$1) -I. -Ibuild/sdk/include \
	    -isystem $$(libcxx-include) -isystem build/libc/$1/include $$(module-cflags) -MMD -MP -c $$< -o $$@
build/user/$1/foreign/%.o: build/foreign/%.c
	@mkdir -p $$(@D)
	$$(call say,CC user-$1 $$<)$$(compile-user-$1) -std=gnu17 -w $$< -o $$@
endef
$(foreach i,$(isas),$(eval $(call user-rules,$i)))

$(user-programs):
	$(call say,LD user $@)$(cc-guest-$(notdir $(@D))) -nostdlib -pie \
	    -Wl,--no-dynamic-linker,--build-id=none,-z,noexecstack,-z,now $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
	    $(filter %.so,$^) -lgcc \
	    $(user-ldflags) -o $@
