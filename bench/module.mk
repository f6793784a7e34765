module         := bench
guest-programs := mb
