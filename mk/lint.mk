# The linters. Each is a goal of its own; tools/lint/self proves that each refuses.
# Compilations leave build/lint/TARGET/FILE.ok behind and run again when a source changes.
lint-files   = $(wildcard $(shell git ls-files -co --exclude-standard '*.c' '*.h'))
lint-c       = $(filter %.c,$(lint-files))
lint-headers = $(filter-out $(hosted-folders),$(filter %.h,$(lint-files)))
hosted-folders := user/sdk/% user/libc/% tools/% tests/% bench/% mk/%

.PHONY: lint lint-layers lint-format lint-style lint-cppcheck lint-headers lint-clang lint-self format
lint: lint-layers lint-format lint-style lint-cppcheck lint-headers lint-clang lint-self ## all linters

lint-layers:
	@tools/lint/layers mk/layers.txt $(lint-files)
lint-style:
	@tools/lint/style $(lint-files)
lint-format:
	@clang-format --dry-run -Werror $(lint-files)
format:                                  ## lay the sources out
	clang-format -i $(lint-files)
lint-self:
	@tools/lint/self

# cppcheck knows the C library's signals as macros; here they are constants of the kernel's own.
cppcheck-signals := $(foreach s,INT ABRT FPE KILL SEGV TERM,-DSIG$s=SIG$s)

# The kernel as the library OS sees it, then the hosted programs.
lint-cppcheck: | $(generated-all)
	@mkdir -p build/cppcheck
	@cppcheck --quiet -j2 --cppcheck-build-dir=build/cppcheck --std=c11 --platform=unix64 \
	    --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	    --suppressions-list=mk/cppcheck.txt -D__STDC_HOSTED__=0 '-D__attribute__(x)=' $(cppcheck-signals) $(include-libos) \
	    $(filter-out tests/% bench/% %_test.c,$(filter-out */reject/%,$(lint-c)))

# The targets that path $1 belongs to; all, unless a folder on the way names one or an ISA. What
# unit tests share is the simulator's.
targets-of = $(or $(if $(filter %_test.h,$1),sim),$(strip \
    $(foreach t,libos sim,$(if $(filter hal/$t/%,$1),$t)) \
    $(foreach t,$(bare),$(if $(filter hal/bare/$t/%,$1),$t))), \
  $(if $(filter hal/bare/%,$1),$(bare)), \
  $(strip $(foreach i,$(isas),$(if $(findstring /isa/$i/,/$1),$(call targets-of-isa,$i)))), \
  $(targets))
targets-of-isa = $(foreach t,$(targets),$(if $(filter $1,$(isa-$t)),$t))

clang-headers  = -nostdinc -isystem $(shell clang -print-resource-dir)/include \
    -idirafter mk/foreign-include
clang-headers-sim =
$(foreach t,libos $(bare),$(eval clang-headers-$t = $$(clang-headers)))
clang-sources = $(wildcard $(patsubst build/$1/%.o,%.c,\
    $(objects-$1) $(if $(filter sim,$1),$(unit-tests:%=%.o))))

define lint-rules
build/lint/$1/%.h.ok: %.h | $(generated-all) $(foreign-ready)
	@mkdir -p $$(@D)
	$$(call say,HEADER $1 $$<)echo '#include "$$<"' | \
	    $$(filter-out --coverage,$$(compile-$1)) -fsyntax-only -x c -MF $$@.d -MT $$@ -
	@touch $$@
build/lint/$1/%.c.ok: %.c | $(generated-all) $(foreign-ready)
	@mkdir -p $$(@D)
	$$(call say,CLANG $1 $$<)clang $(cflags-c) $(filter-out -march=%,$(machine-$1)) $(clang-$1) \
	    $(include-$1) $$(clang-headers-$1) $$(module-cflags) \
	    -fsyntax-only -MMD -MP -MF $$@.d -MT $$@ $$<
	@touch $$@
endef
$(foreach t,$(targets),$(eval $(call lint-rules,$t)))

# Looked for only when asked: git is not run for a build.
ifneq ($(filter lint lint-headers lint-clang,$(MAKECMDGOALS)),)
header-checks := $(foreach h,$(lint-headers),$(foreach t,$(call targets-of,$h),build/lint/$t/$h.ok))
clang-checks  := $(foreach t,$(targets),$(patsubst %,build/lint/$t/%.ok,$(call clang-sources,$t)))
lint-headers: $(header-checks)
lint-clang: $(clang-checks)
-include $(patsubst %,%.d,$(header-checks) $(clang-checks))
endif
