module          := base
sources := heap status format log assert rbtree interval check
sources-libos   := string isa/x86_64/copy
sources-x86_64  := string isa/x86_64/copy
sources-riscv64 := string isa/riscv64/copy
tests           := status_test format_test string_test rbtree_test interval_test bitmap_test ring_test hash_test heap_test check_test
