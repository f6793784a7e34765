# zcore. `make help` lists the goals; mk/rules.mk says how a module describes itself.
.DEFAULT_GOAL := all
MAKEFLAGS     += --no-builtin-rules --no-builtin-variables
SHELL         := /bin/bash
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE

ifeq ($(V),1)
say =
else
say = @echo '$1';
endif

include mk/flags.mk mk/setup.mk
include $(wildcard mk/target-*.mk)
include mk/rules.mk mk/foreign.mk mk/compile.mk mk/programs.mk mk/lint.mk mk/test.mk mk/install.mk mk/goals.mk
