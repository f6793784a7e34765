# The first program of a machine that starts from a ZBI: embedded in each kernel image.
module               := user/userboot
user-programs-zircon := userboot
user-common          := print zbi bootfs decompress lz4 option child message loader

# Decompression: in memory that is given, without assembly, without a heap.
foreign          := $(patsubst %,libzstd/lib/common/%,entropy_common error_private fse_decompress zstd_common xxhash) \
                    $(patsubst %,libzstd/lib/decompress/%,huf_decompress zstd_ddict zstd_decompress zstd_decompress_block) \
                    lz4/lib/lz4
foreign-includes := libzstd/lib lz4/lib
foreign-cflags   := -DNDEBUG -DZSTD_DISABLE_ASM=1 -DDYNAMIC_BMI2=0 -DZSTD_LEGACY_SUPPORT=0 \
                    -DZSTD_NO_INTRINSICS -DZSTD_NO_TRACE=1 -DXXH_NAMESPACE=ZSTD_ \
                    -DXXH_NO_STDLIB=1 -DZSTD_DEPS_MALLOC=1 '-DZSTD_malloc(n)=((void*)0)' \
                    '-DZSTD_calloc(n,s)=((void*)0)' '-DZSTD_free(p)=((void)(p))' \
                    -DLZ4_FREESTANDING=1 -DLZ4_HEAPMODE=0 '-DLZ4_memcpy=__builtin_memcpy' \
                    '-DLZ4_memmove=__builtin_memmove' '-DLZ4_memset=__builtin_memset'

user-ldflags     := -s
