# How a kernel source becomes an object, and objects become the kernel of each target.
# One pattern for each target; what is a module's own comes in module-cflags.
# Freestanding code sees the compiler's own headers and no others.
freestanding = -nostdinc -isystem $(dir $(shell $(cc-$1) -print-file-name=include/stddef.h)) \
    -idirafter mk/foreign-include
# Asked once, and only when needed.
$(foreach t,libos $(bare),$(eval \
    headers-$t = $$(eval headers-$t := $$(call freestanding,$t))$$(headers-$t)))

define target-rules
compile-$1  = $$(cc-$1) $$(cflags-c) $$(only-gcc) $$(only-gcc-$1) $$(machine-$1) $$(coverage-$1) $$(include-$1) \
              $$(headers-$1) $$(module-cflags) -MMD -MP -c
assemble-$1 = $$(cc-$1) -g $$(machine-$1) $$(include-$1) $$(headers-$1) $$(module-cflags) -MMD -MP -c

build/$1/%.o: %.c | $(generated-all) $(foreign-ready)
	@mkdir -p $$(@D); rm -f $$(@:.o=.gcda)
	$$(call say,CC $1 $$<)$$(compile-$1) $$< -o $$@
build/$1/%.o: build/gen/%.c | $(generated-all) $(foreign-ready)
	@mkdir -p $$(@D); rm -f $$(@:.o=.gcda)
	$$(call say,CC $1 $$<)$$(compile-$1) $$< -o $$@
build/$1/%.o: %.S | $(generated-all)
	@mkdir -p $$(@D)
	$$(call say,AS $1 $$<)$$(assemble-$1) $$< -o $$@
build/$1/foreign/%.o: build/foreign/%.c
	@mkdir -p $$(@D)
	$$(call say,CC $1 $$<)$$(cc-$1) -std=gnu17 -g -I. $$(machine-$1) $$(headers-$1) $$(module-cflags) \
	    -w -MMD -MP -c $$< -o $$@
endef
$(foreach t,$(targets),$(eval $(call target-rules,$t)))

define link-kernel
build/$1/kernel.elf: $(script-$1) $(objects-$1)
	$$(call say,LD $1 $$@)$(ld-$1) $(ldflags-$1) -nostdlib -z noexecstack --build-id=none \
	    -T $(script-$1) -o $$@ $(objects-$1)
endef
$(foreach t,libos $(bare),$(eval $(call link-kernel,$t)))

# An archive: a test links what it reaches, and a file that it does not reach cannot break it.
build/sim/kernel.a: $(objects-sim)
	$(call say,AR sim $@)rm -f $@; ar rcsT $@ $^
$(unit-tests): %: %.o build/sim/kernel.a
	$(call say,LD sim $@)$(cc-sim) $(machine-sim) $(coverage-sim) $^ -lcmocka -o $@
