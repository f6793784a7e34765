module        := fs
sources       := inode permission dentry dcache fstype mount mount_tree walk path_name vfs rename attr file readdir \
                 regular file_origin size_limit hole transfer seal memfile anon pipe pipe_capacity splice fifo chardev memdev devfs dirtable ramfs ramfs_names \
                 ramfs_remove ram_quota tmpfs overlay layers layers_list layers_copy layers_change table cpio cpio_unpack seq genfs notify xattr
sources-libos := hostfs hostfs_ops hostfs_list hostfs_change hostfs_write host_node hostfile
sources-sim   := hostfs hostfs_ops hostfs_list hostfs_change hostfs_write host_node hostfile
tests         := walk_test vfs_test overlay_test pipe_test transfer_test transfer_wait_test \
                 cpio_test hostfs_test hostfs_write_test layers_test devfs_test mount_test race_test
