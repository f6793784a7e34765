# What strace of every personality is made of.
module  := personality/strace
sources := strace trace show_scalar
