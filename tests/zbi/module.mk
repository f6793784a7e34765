# Programs of the boot images that tests/zircon/zbi makes.
module               := tests/zbi
user-programs-zircon := first suites
