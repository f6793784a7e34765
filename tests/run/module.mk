module         := tests/run
guest-programs := generations exhaust
