# The C library of native programs: build/user/ISA/libc.a, of
#   user/zircon      how a program starts, its threads
#   user/libc        what the C library asks of the system
#   musl             all that is no business of a kernel's, from build/foreign/musl; tools/libc-objects
#                    says what that is
# Its headers are musl's: build/libc/ISA/include.
module           := user/libc
foreign-includes := musl/include
generated        := libc-x86_64 libc-riscv64

libc-runtime := isa/ISA/start isa/ISA/stack isa/ISA/thread isa/ISA/relocation isa/ISA/tls_place \
                relocate symbol runtime load locals tls_layout $(runtime-threads)
libc-glue    := clock exit mman start stdio system thread
# What musl's own sources see: theirs come first, but for what is ours.
libc-inside   = -D_XOPEN_SOURCE=700 -isystem user/libc/musl -isystem build/foreign/musl/arch/$1 \
                -isystem build/foreign/musl/arch/generic -isystem build/foreign/musl/src/include \
                -isystem build/foreign/musl/src/internal
libc-cflags  := -std=c99 -O2 -ffreestanding -nostdinc -fno-stack-protector -fno-asynchronous-unwind-tables \
                -fno-strict-aliasing -frounding-math -fexcess-precision=standard \
                -fno-tree-loop-distribute-patterns -Wa,--noexecstack -fpie -w -c

define libc-rules
# One folder of headers. MAP_JIT is Zircon's, in the place of what only Linux has.
build/gen/libc-$1: build/foreign/musl/.fetched user/libc/module.mk
	$$(call say,GEN libc $1)rm -rf build/libc/$1/include; mkdir -p build/libc/$1 $$(@D); \
	    cd build/foreign/musl && out=../../libc/$1/include && cp -r include $$$$out && mkdir -p $$$$out/bits && \
	    cp arch/generic/bits/*.h $$$$out/bits && cp arch/$1/bits/*.h $$$$out/bits && \
	    sed -f tools/mkalltypes.sed arch/$1/bits/alltypes.h.in include/alltypes.h.in >$$$$out/bits/alltypes.h && \
	    sed -n 'p; s/__NR_/SYS_/p' arch/$1/bits/syscall.h.in >$$$$out/bits/syscall.h && \
	    sed -i 's/^#define MAP_SYNC .*/#define MAP_JIT 0x80000/' $$$$out/sys/mman.h
	@touch $$@
build/libc/$1/objects: build/gen/libc-$1 tools/libc-objects $(wildcard user/libc/musl/*.h)
	$$(call say,CC libc $1)tools/libc-objects $1 $$@ $$(cc-guest-$1) $(libc-cflags) $$(march-$1) $(call libc-inside,$1) \
	    -isystem build/libc/$1/include
	@touch $$@
build/user/$1/libc.a: build/libc/$1/objects $(patsubst %,build/user/$1/user/zircon/%.o,$(subst ISA,$1,$(libc-runtime))) \
    $(libc-glue:%=build/user/$1/user/libc/%.o)
	$$(call say,AR libc $1)rm -f $$@; ar rcs $$@ build/libc/$1/objects/*.o $$(filter %.o,$$^)
build/user/$1/user/libc/%.o: private module-cflags := $(call libc-inside,$1)
endef
$(foreach i,$(isas),$(eval $(call libc-rules,$i)))
