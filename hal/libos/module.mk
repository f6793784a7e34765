module        := hal/libos
sources-libos := entry boot carrier context signal fp fp_area fp_moves pt pt_tree space space_host template irq \
                 timer cpu console io watch hostfile hostchange stdio patch lead decode dispatch stub \
                 vdso memory
