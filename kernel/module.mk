module        := kernel
sources       :=
sources-libos := main program panic record machine_libos root root_libos
sources-bare  := main program panic record machine_bare root root_bare
