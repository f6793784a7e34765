# Tests: unit tests, what must not compile, the linters, and each executable tests/NAME/run.
unit-suites  := $(foreach t,$(unit-tests),$(t:build/sim/%=%)=$t)
reject-cases := $(wildcard */reject/*.c)
guest-suites := $(wildcard tests/*/run)
suites := lint=tools/lint/suite $(if $(reject-cases),reject=tools/lint/reject) $(unit-suites) \
          $(foreach s,$(guest-suites),+$(patsubst tests/%/run,%,$s)=$s)

# Those that SUITE selects by name or leading part; all of them without SUITE.
unit-selected := $(if $(SUITE),$(filter $(subst *,%,build/sim/$(SUITE) build/sim/$(SUITE:/=)/%),$(unit-tests)),$(unit-tests))

# What tests/posix compiles, and tests/bash runs.
$(eval $(call foreign-rules,posixtestsuite))
$(eval $(call foreign-rules,bash))
test: | build/foreign/posixtestsuite/.fetched build/foreign/bash/.fetched

.PHONY: test unit coverage
test: all $(unit-selected)               ## every suite, or SUITE=name: lint, MODULE/x_test ...
	+@MAKE='$(MAKE)' REJECT_CC='$(compile-libos)' tools/run-tests -s '$(SUITE)' $(foreach s,$(suites),'$s')
unit: $(unit-selected)                   ## the unit tests only
	@tools/run-tests -s '$(SUITE)' $(unit-suites)
coverage: unit                           ## lines that the unit tests run, by module
	@tools/coverage build/sim
