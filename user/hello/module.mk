module               := user/hello
user-programs-zircon := hello
