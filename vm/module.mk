module  := vm
sources := radix vmo vmo_clone vmo_page vmo_cache vmo_dirty vmo_discard vmo_rw vmo_commit vmo_map vmo_use vmo_kin vmo_pin vmo_contiguous region place vmar vmar_unmap vmar_protect \
           walk aspace aspace_flags aspace_fork aspace_grow aspace_move fault ahead text upcalls user_copy iobuf
tests   := grow_test vmo_test vmo_pin_test vmo_discard_test vmo_pager_test vmar_test place_test move_test aspace_test \
           fault_test ahead_test text_test fork_test user_copy_test
