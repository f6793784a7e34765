# Guest programs by subject: `build/guest/ISA/NAME [CASE]`. tests/linux/run runs them everywhere.
module         := tests/linux
guest-programs := badargs descriptors exec files fork_generations futex memory names poll proc \
                  process session signal signal_faults thread time
guest-common   := check
