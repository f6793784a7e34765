# The front door: one file, with the kernels and the root file systems for QEMU inside.
module       := tools/zcore
host-program := zcore
sources      := main debugger options record run zircon qemu machine relay input filter initramfs files identity host \
                memory images embedded boot_libos hugefile terminal image bootfs compress
ldlibs       := -lzstd -llz4
embeds       := build/libos/kernel.elf build/riscv64/kernel.elf build/riscv64/root.cpio \
                build/x86_64/kernel.elf build/x86_64/root.cpio tools/gdb/zcore.py

build/riscv64/root.cpio: build/debs/riscv64/root/usr/bin/busybox
build/x86_64/root.cpio:  /bin/busybox
build/%/root.cpio: build/user/%/hello tools/zcore/make-root
	@mkdir -p $(@D)
	$(call say,ROOT $@)tools/zcore/make-root $@ $(filter %/busybox,$^) $<:/zircon/hello

# What the library OS runs, by the name that the documents use.
build/zcore: | build/user/hello
build/user/hello: build/user/x86_64/hello
	@ln -sf x86_64/hello $@
