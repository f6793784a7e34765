# Flags that targets share.
warnings := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wshadow -Werror
# Clang knows no such warning and refuses the option: gcc is the gate.
only-gcc := -Wjump-misses-init
# x86: structs are cleared and copied by moves, since a repeated instruction takes some 30 cycles
# to start.
moves-for-structs := -mmemset-strategy=unrolled_loop:512:noalign,libcall:-1:noalign \
                     -mmemcpy-strategy=unrolled_loop:512:noalign,libcall:-1:noalign
# In gnu17 the names linux and unix are macros; here they are ordinary words.
cflags-c := -std=gnu17 -g -fno-strict-aliasing -Ulinux -Uunix $(warnings)
# No libc, no libc headers, no unwinder; frame pointers, for backtraces.
machine-freestanding := -O2 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
                        -fno-omit-frame-pointer
cflags-hosted := -O2 -D_GNU_SOURCE= -Ibuild/gen -I.
# Threads of native programs, by files of user/zircon.
runtime-threads := condition keys mutex once process pthread sync_completion sync_condition sync_mutex thread tls utc
