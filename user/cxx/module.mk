# C++ of native programs: build/user/ISA/libcxx.a, what the headers of libc++ leave to a library, as far as
# programs without exceptions and without streams want it.
module := user/cxx

define cxx-rules
build/user/$1/libcxx.a: $(patsubst %,build/user/$1/user/cxx/%.o,abi exception memory new sync text thread)
	$$(call say,AR libcxx $1)rm -f $$@; ar rcs $$@ $$^
endef
$(foreach i,$(isas),$(eval $(call cxx-rules,$i)))
