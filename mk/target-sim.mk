# The simulator: hosted, deterministic, under sanitizers; unit tests link what they need of it.
isa-sim     := x86_64
cc-sim      := gcc
hal-sim     := hal/sim
machine-sim := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
               -fno-sanitize-recover=all -DTASK_DEBUG
coverage-sim := --coverage
clang-sim   := --target=x86_64-linux-gnu

