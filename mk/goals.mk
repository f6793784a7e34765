# What one can ask for.
kernels := $(targets:%=build/%/kernel.elf)
kernels := $(filter-out build/sim/%,$(kernels))

.PHONY: all docs help setup kernels programs run bench clean format
all: kernels programs build/sim/kernel.a ## everything but the tests
kernels: $(kernels)                      ## build/{libos,x86_64,riscv64}/kernel.elf
programs: $(host-programs) $(guest-programs-all) $(user-programs) ## zcore, guest and user programs
setup: ; @echo 'setup: all packages are there' ## install the packages of mk/packages.txt

help:                                    ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' Makefile mk/*.mk | expand -t 16
	@echo 'V=1 shows commands; CMD="..." is what run runs; SUITE=name picks tests;'
	@echo 'ONLY="module..." builds a part of the tree.'

run: build/zcore                         ## the library OS: a shell, or CMD
	@if [ -n "$$RUN_COMMAND" ]; then exec build/zcore run -- /bin/sh -c "$$RUN_COMMAND"; \
	    else exec build/zcore run -- "$${SHELL:-/bin/sh}"; fi
# As it was typed: make would expand each $ of it.
run: export RUN_COMMAND := $(value CMD)

bench: all                               ## the figures of docs/bench.md, beside the host's
	@set -e; for b in run zircon start threads ctx programs; do echo "== bench/$$b"; bench/$$b; echo; done

docs: $(patsubst personality/%/syscalls.tbl,docs/syscalls-%.md,$(wildcard personality/*/syscalls.tbl)) ## the references made from the call tables
docs/syscalls-%.md: personality/%/syscalls.tbl tools/gen-syscalls
	$(call say,GEN $@)tools/gen-syscalls $< docs > $@

clean:                                   ## remove build/
	rm -rf build

-include $(patsubst %.o,%.d,$(filter %.o,$(objects-all) $(unit-tests:%=%.o)))
-include $(guest-programs-all:%=%.d)
-include $(wildcard build/host/*/*.d build/host/*/*/*.d build/user/*/*/*.d build/user/*/*/*/*.d build/user/*/*/*/*/*/*.d)
