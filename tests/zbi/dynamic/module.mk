# A program that is linked when it starts, by lib/ld.so.1, and the library that it needs.
module               := tests/zbi/dynamic
user-programs-zircon := dynamic
user-ldflags         := -Wl,-dynamic-linker,ld.so.1,--hash-style=sysv

define library-rule
build/user/$1/libgreet.so: build/user/$1/tests/zbi/dynamic/greet.o build/user/$1/vdso.so
	$$(call say,LD user $$@)$$(cc-guest-$1) -nostdlib -shared -Wl,-soname,libgreet.so,--hash-style=gnu,--build-id=none \
	    -Wl,-z,noexecstack $$^ -o $$@
build/user/$1/tests/zbi/dynamic/greet.o: private module-cflags := -fPIC
build/user/$1/dynamic: build/user/$1/libgreet.so
endef
$(foreach i,$(isas),$(eval $(call library-rule,$i)))
