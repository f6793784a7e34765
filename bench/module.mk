module         := bench
guest-programs := mb first blocked ctx pace

# The Linux program with Zircon calls, made with the SDK and bound at once (tests/zircon/module.mk says why).
build/bench/zx: bench/zx.c bench/zx_process.c user/zircon/load.c user/zircon/symbol.c \
    build/sdk/lib/libzircon.so bench/zx.h | sdk
	@mkdir -p $(@D)
	$(call say,CC hybrid $@)gcc -std=gnu17 -O2 -g -Wall -D_GNU_SOURCE= -Ibuild/sdk/include -I. -Ibuild/gen -pthread \
	    $(filter %.c,$^) -Lbuild/sdk/lib -lzircon -Wl,-z,now,-rpath,'$$ORIGIN/../sdk/lib' -o $@
programs: build/bench/zx

# user-mode-linux on hosts with AMX.
build/bench/uml_xstate.so: bench/uml_xstate.c
	@mkdir -p $(@D)
	$(call say,CC host $@)gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE= -fPIC -shared $< -o $@
programs: build/bench/uml_xstate.so
