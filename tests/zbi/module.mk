# Programs of the boot images that tests/zbi/run makes.
module               := tests/zbi
user-programs-zircon := first suites
