module        := kernel
sources       :=
sources-libos := main program panic record identity_libos root root_libos
sources-bare  := main program panic record identity_bare root root_bare
