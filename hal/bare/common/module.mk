module       := hal/bare/common
sources-bare := irq uart16550 console regions entropy
