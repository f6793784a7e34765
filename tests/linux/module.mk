# Guest programs by subject: `build/guest/ISA/NAME [CASE]`. tests/linux/run runs them everywhere.
module         := tests/linux
guest-programs := descriptors exec files names poll proc process session signal
guest-common   := check
