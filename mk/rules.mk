# The engine. A folder with a module.mk is a module; module.mk is data, set in these variables,
# which start empty for each module. It is read once and needs no `include` of its own.
# Sources are paths from the module's folder, without extension: x.c or x.S there, or
# build/gen/MODULE/x.c. Targets: libos x86_64 riscv64 sim. ISAs: x86_64 (libos, sim, x86_64), riscv64.
#
#   module                the folder; checked
#   sources               for all targets
#   sources-TARGET        for one target only
#   sources-bare          for x86_64 and riscv64, the bare targets
#   sources-isa-ISA       by instruction set
#   tests                 unit tests, each a program of cmocka over the target sim
#   cflags                more flags for the module's sources
#   generated             files below build/gen/ made by rules in module.mk; each compilation
#                         waits for them all, and build/gen is on the include path
#   foreign[-bare|-sim]   third-party sources to compile, paths below build/foreign/: foreign.mk
#   foreign-includes      third-party include folders, paths below build/foreign/
#   foreign-cflags        flags for the foreign sources
#
#   host-program          the module is a hosted program build/NAME made of `sources`
#   embeds                files that the program's .S sources take in by .incbin
#   ldlibs                libraries of the program
#
#   guest-programs        Linux programs from NAME.c: build/guest/ISA/NAME, static, for both ISAs
#   guest-programs-ISA    for one ISA only
#   guest-dynamic         those of them that are to be dynamic after all
#   guest-common          sources linked into each of them
#   guest-cflags[-NAME]   flags for compiling and linking all of them, or one
#   user-programs-zircon  freestanding programs from NAME.c (or .S): build/user/ISA/NAME
#   user-common           sources linked into each of them; sources-isa-ISA are added to these
#   user-cflags user-ldflags
#
# A recipe in module.mk runs when all modules have been read: there use $@ $< $^ or literal paths,
# not $(here), the module's folder, which is for the rule's first line.
#
# `make ONLY='base hal/sim'` leaves out the modules not named, which serves while others are broken.
targets := libos x86_64 riscv64 sim
bare    := x86_64 riscv64
isas    := x86_64 riscv64
module-variables := module sources $(targets:%=sources-%) sources-bare $(isas:%=sources-isa-%) \
    tests cflags generated foreign foreign-sim foreign-bare foreign-includes foreign-cflags \
    host-program embeds ldlibs \
    guest-programs $(isas:%=guest-programs-%) guest-dynamic guest-common guest-cflags \
    user-programs-zircon user-common user-cflags user-ldflags
module-files := $(sort $(wildcard */module.mk */*/module.mk */*/*/module.mk */*/*/*/module.mk))
ifdef ONLY
module-files := $(filter $(ONLY:%=%/module.mk),$(module-files))
endif
engine :=

$(foreach t,$(targets),$(eval \
    include-$t := -I. -Ibuild/gen -Ihal/isa/$(isa-$t) -I$(hal-$t)/include))

define load-module
$(foreach v,$(module-variables),$(eval $v :=))
here := $(patsubst %/,%,$(dir $1))
include $1
$$(eval $$(register-module))
endef

# The current module's sources for target $1.
module-sources = $(sources) $(sources-$1) $(sources-isa-$(isa-$1)) \
    $(if $(filter $(bare),$1),$(sources-bare))
module-foreign = $(foreign) $(if $(filter $(bare),$1),$(foreign-bare)) \
    $(if $(filter sim,$1),$(foreign-sim))
# Only these of the paths $1 that are assembly.
assembly = $(foreach s,$1,$(if $(wildcard $(here)/$s.S),$s))

define register-module
$(if $(filter-out $(here),$(module)),$(error $(here)/module.mk: module is "$(module)"))
generated-all    += $(generated:%=build/gen/%)
foreign-packages += $(foreach f,$(foreign) $(foreign-bare) $(foreign-sim) $(foreign-includes),\
    $(firstword $(subst /, ,$f)))
$(if $(host-program),$(register-host),\
  $(if $(user-programs-zircon),$(register-user),$(register-kernel))$(register-guests))
endef

define register-kernel
$(foreach t,$(targets),$(call register-target,$t))
unit-tests += $(tests:%=build/sim/$(here)/%)
endef

define register-target

objects-$1 += $(patsubst %,build/$1/$(here)/%.o,$(call module-sources,$1)) \
    $(patsubst %,build/$1/foreign/%.o,$(call module-foreign,$1))
$(if $(cflags)$(foreign-includes),\
$(foreach s,$(call module-sources,$1) $(tests),build/$1/$(here)/$s.o build/lint/$1/$(here)/$s.c.ok) \
build/lint/$1/$(here)/%.h.ok: \
    private module-cflags := $(cflags) $(foreign-includes:%=-isystem build/foreign/%))
$(if $(call module-foreign,$1),\
$(patsubst %,build/$1/foreign/%.o,$(call module-foreign,$1)): \
    private module-cflags := $(foreign-cflags) $(foreign-includes:%=-isystem build/foreign/%))
endef

define register-host

build/$(host-program): $(sources:%=build/host/$(here)/%.o)
build/$(host-program): private ldlibs := $(ldlibs)
$(if $(cflags),$(sources:%=build/host/$(here)/%.o): private module-cflags := $(cflags))
$(patsubst %,build/host/$(here)/%.o,$(call assembly,$(sources))): $(embeds)
host-programs += build/$(host-program)
endef

define register-user
$(foreach i,$(isas),$(call register-user-isa,$i))
endef

# Objects for ISA $1 of sources $2. Each has one name, whoever shares it by a path with `..`.
user-objects = $(patsubst $(CURDIR)/%,%,$(abspath $(patsubst %,build/user/$1/$(here)/%.o,$2)))

# The runtime is in the C library, and the vDSO's calls are imports.
define register-user-isa

user-programs += $(user-programs-zircon:%=build/user/$1/%)
$(foreach p,$(user-programs-zircon),
build/user/$1/$p: $(call user-objects,$1,$(user-common) $(sources-isa-$1) $p) \
    $(patsubst %,build/user/$1/foreign/%.o,$(foreign)) build/user/$1/libc.a build/user/$1/vdso.so)
$(user-programs-zircon:%=build/user/$1/%): private user-ldflags := $(user-ldflags)
$(call user-objects,$1,$(user-common) $(sources-isa-$1) $(user-programs-zircon)): \
    private module-cflags := $(user-cflags) $(foreign-includes:%=-isystem build/foreign/%)
$(if $(foreign),$(patsubst %,build/user/$1/foreign/%.o,$(foreign)): \
    private module-cflags := $(foreign-cflags) $(foreign-includes:%=-isystem build/foreign/%))
endef

define register-guests
$(foreach i,$(isas),$(foreach p,$(guest-programs) $(guest-programs-$i),$(call register-guest,$i,$p)))
endef

define register-guest

guest-programs-all += build/guest/$1/$2
build/guest/$1/$2: private guest-cflags := $(if $(filter $2,$(guest-dynamic)),,-static) \
    $(guest-cflags) $(guest-cflags-$2)
build/guest/$1/$2: $(patsubst %,$(here)/%.c,$2 $(guest-common))
endef

$(foreach f,$(module-files),$(eval $(call load-module,$f)))
generated-all    := $(sort $(generated-all))
foreign-packages := $(sort $(foreign-packages))
foreign-ready    := $(foreign-packages:%=build/foreign/%/.fetched)
objects-all      := $(foreach t,$(targets),$(objects-$t))
