# The first program of a machine that starts from a ZBI: embedded in each kernel image.
module               := user/userboot
user-programs-zircon := userboot
user-common          := ../zircon/relocate ../zircon/symbol ../zircon/memory ../zircon/load \
                        print zbi bootfs decompress lz4 option child message loader
sources-isa-x86_64   := ../zircon/isa/x86_64/start ../zircon/isa/x86_64/relocation ../zircon/isa/x86_64/stack
sources-isa-riscv64  := ../zircon/isa/riscv64/start ../zircon/isa/riscv64/relocation ../zircon/isa/riscv64/stack

# Decompression: in memory that is given, without assembly, without a heap.
foreign          := $(patsubst %,libzstd/lib/common/%,entropy_common error_private fse_decompress zstd_common xxhash) \
                    $(patsubst %,libzstd/lib/decompress/%,huf_decompress zstd_ddict zstd_decompress zstd_decompress_block) \
                    lz4/lib/lz4
foreign-includes := libzstd/lib lz4/lib
foreign-cflags   := -DNDEBUG -DZSTD_DISABLE_ASM=1 -DDYNAMIC_BMI2=0 -DZSTD_LEGACY_SUPPORT=0 \
                    -DZSTD_NO_INTRINSICS -DZSTD_NO_TRACE=1 -DXXH_NAMESPACE=ZSTD_ \
                    '-Dmalloc(n)=((void*)0)' '-Dcalloc(n,s)=((void*)0)' '-Dfree(p)=((void)0)' \
                    -DLZ4_FREESTANDING=1 -DLZ4_HEAPMODE=0 '-DLZ4_memcpy=__builtin_memcpy' \
                    '-DLZ4_memmove=__builtin_memmove' '-DLZ4_memset=__builtin_memset'

# What the compiler has no instructions for.
user-ldflags     := -s -lgcc

build/user/x86_64/userboot: build/user/x86_64/vdso.so
build/user/riscv64/userboot: build/user/riscv64/vdso.so
