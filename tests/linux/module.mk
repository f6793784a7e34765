# Guest programs by subject: `build/guest/ISA/NAME [CASE]`. tests/linux/run runs them everywhere.
module         := tests/linux
guest-programs := badargs crowd descriptors exec files fork_generations futex memory \
                  memory_lock memory_sharing mount names sparse splice poll proc process session signal signal_faults \
                  signal_waits thread time
guest-common   := check
guest-programs += futex_pi inotify memfd pty pty_session reopen signalfd socket socket_names socket_rights timer timerfd vdso
guest-programs += affinity attributes capability family limits memory_fork memory_rights nameless openat2 pidfd prctl rlimit rseq single_step storage tmpfile undisturbed usage
guest-programs += async lease mqueue proc_maps sysv sysv_control vectors xattr

generated := tests/linux/implemented.inc

build/gen/tests/linux/implemented.inc: personality/linux/syscalls.tbl tools/gen-syscalls
	@mkdir -p $(@D)
	tools/gen-syscalls $< implemented >$@
