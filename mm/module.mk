module  := mm
sources := buddy counter page slab slab_debug kmalloc inject
tests   := page_test slab_test
