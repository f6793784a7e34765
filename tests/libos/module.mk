module                := tests/libos
guest-programs-x86_64 := deny
