# The packages that the build needs. Make brings an included file up to date before anything else,
# so whatever the goal is, mk/setup looks first; it is a question to dpkg-query when all is there.
ifneq ($(filter-out help clean format,$(or $(MAKECMDGOALS),all)),)
include build/packages
build/packages: FORCE
	@mk/setup mk/packages.txt $@
endif
