# The Linux personality. syscalls.tbl is the one place where its calls are listed.
module  := personality/linux
sources := load personality random result_copy sysctl system user_data vdso
sources += $(addprefix file/,dnotify fd fd_calls file_async file_attr file_copy file_dir file_handle file_io file_links \
    file_lock file_lock_calls file_names file_open file_open_calls file_owner file_size file_stat file_vector fs_context \
    inotify inotify_queue inotify_watch ioctl lease lease_calls memfd path pipe_calls xattr)
sources += $(addprefix futex/,futex futex_calls futex_pi futex_robust futex_waitv)
sources += $(addprefix file/,mount_calls pivot_root splice_calls)
sources += $(addprefix ipc/,ipc ipc_control mqueue mqueue_calls mqueue_fs mqueue_open msg msg_control sem sem_calls sem_control sem_undo \
    shm shm_attach shm_control)
sources += $(addprefix memory/,brk layout memory memory_limit memory_pkey memory_remove memory_window mlock mremap)
sources += $(addprefix poll/,epoll epoll_calls epoll_nesting eventfd poll poll_wait select wait_mask)
sources += $(addprefix procfs/,procfs procfs_account procfs_counters procfs_fd procfs_ipc \
    procfs_limits procfs_memory procfs_mounts procfs_net procfs_ns procfs_pid procfs_slab procfs_smaps procfs_status procfs_sys procfs_system)
sources += $(addprefix process/,capability clone clone_calls credentials exec exec_call exec_capability exec_elf exec_stack exec_strings exit hybrid \
    ids limits nice pid pidfd prctl process rseq schedule session start thread_limit unshare usage wait)
sources += $(addprefix signal/,sigaction signal_calls signal_deliver signal_kill \
    signal_queue signal_send signalfd)
sources += $(addprefix socket/,address control header header_calls message message_calls \
    options rights socket socket_calls unix unix_connect unix_datagram unix_flight \
    unix_identity unix_message unix_name unix_options unix_receive unix_send unix_show)
sources += $(addprefix strace/,linux_strace names show_event show_file show_process show_scalar)
sources += sysfs/sysfs
sources += $(addprefix time/,clock itimer posix_timer sleep time time_set \
    timer_setting timerfd)
sources += $(addprefix tty/,devpts pty pty_ioctl stdio tty tty_edit tty_hangup tty_input \
    tty_ioctl tty_job tty_output tty_read)
tests := fuzz_test file/fd_test poll/poll_test socket/unix_test tty/pty_test tty/tty_test
generated := $(addprefix personality/linux/,calls.h table_x86_64.c table_riscv64.c strace/names.h strace/names.c \
    strace/signatures_x86_64.c strace/signatures_riscv64.c)
sources-isa-x86_64  := table_x86_64 strace/signatures_x86_64 isa/x86_64/cpuinfo isa/x86_64/sigframe isa/x86_64/stat isa/x86_64/vdso_image isa/x86_64/arch_prctl
sources-isa-riscv64 := table_riscv64 strace/signatures_riscv64 isa/riscv64/cpuinfo isa/riscv64/sigframe isa/riscv64/stat isa/riscv64/vdso_image isa/riscv64/icache
sources-libos := machine_libos tty/stdio_libos tty/tty_host
sources-bare  := machine_bare tty/stdio_bare tty/tty_console
sources-sim   := machine_bare tty/stdio_bare tty/tty_console

build/gen/personality/linux/calls.h: personality/linux/syscalls.tbl tools/gen-syscalls
	@mkdir -p $(@D)
	tools/gen-syscalls $< header >$@
build/gen/personality/linux/table_%.c: personality/linux/syscalls.tbl tools/gen-syscalls
	@mkdir -p $(@D)
	tools/gen-syscalls $< dispatch $* >$@

linux-traced := personality/linux/syscalls.tbl personality/linux/strace/names.tbl tools/gen-syscalls
build/gen/personality/linux/strace/signatures_%.c: $(linux-traced)
	@mkdir -p $(@D)
	tools/gen-syscalls $< signatures $* >$@
build/gen/personality/linux/strace/names.h: $(linux-traced)
	@mkdir -p $(@D)
	tools/gen-syscalls $< names-header >$@
build/gen/personality/linux/strace/names.c: $(linux-traced)
	@mkdir -p $(@D)
	tools/gen-syscalls $< names >$@

# Embedded by .incbin, which leaves no trace in a dependency file.
define linux-vdso-image-rule
build/$1/personality/linux/isa/$(isa-$1)/vdso_image.o: build/user/$(isa-$1)/linux-vdso.so

endef
$(eval $(foreach t,$(targets),$(call linux-vdso-image-rule,$t)))
