# The dynamic linker of native programs: lib/ld.so.1 of their images.
module               := user/ld
user-programs-zircon := ld
user-common          := message loader module
