module  := mm
sources := buddy page slab slab_debug kmalloc inject
tests   := page_test slab_test
