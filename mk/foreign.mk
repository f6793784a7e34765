# Third-party sources and binaries, fetched from the Debian archive into build/ when first needed.
# build/foreign/PACKAGE/...           upstream source of PACKAGE
# build/debs/ARCH/PACKAGE.fetched     PACKAGE of ARCH is unpacked in build/debs/ARCH/root
busybox-x86_64  := /bin/busybox
busybox-riscv64 := build/debs/riscv64/root/usr/bin/busybox

define foreign-rules
build/foreign/$1/.fetched:
	$$(call say,FETCH $1)tools/fetch-deb source $1
	@touch $$@
# Order only: the files carry upstream's dates.
build/foreign/$1/%: | build/foreign/$1/.fetched ;
endef
$(foreach p,$(foreign-packages),$(eval $(call foreign-rules,$p)))

build/debs/%.fetched:
	$(call say,FETCH $*)tools/fetch-deb binary $(patsubst %/,%,$(dir $*)) $(notdir $*)
	@touch $@
$(busybox-riscv64): | build/debs/riscv64/busybox-static.fetched ;
