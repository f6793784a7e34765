# `make install PREFIX=/usr/local DESTDIR=`: the program, which needs none of the others, and what
# tells people about it.
PREFIX  ?= /usr/local
DESTDIR ?=
man-pages := $(wildcard docs/man/*.1)
# File, folder below PREFIX, mode.
installed := build/zcore:bin:755 $(man-pages:%=%:share/man/man1:644) \
    tools/completion/zcore:share/bash-completion/completions:644 \
    tools/gdb/zcore.py:share/zcore:644 LICENSE:share/doc/zcore:644
part = $(word $1,$(subst :, ,$2))

.PHONY: install uninstall
install: build/zcore                     ## into DESTDIR/PREFIX (/usr/local)
	@$(foreach f,$(installed),install -D -m $(call part,3,$f) $(call part,1,$f) \
	    '$(DESTDIR)$(PREFIX)/$(call part,2,$f)/$(notdir $(call part,1,$f))' &&) true
uninstall:                               ## takes away what install put there
	@rm -f $(foreach f,$(installed),'$(DESTDIR)$(PREFIX)/$(call part,2,$f)/$(notdir $(call part,1,$f))')
