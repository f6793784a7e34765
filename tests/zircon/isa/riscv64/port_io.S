/*
 * port_io.S (riscv64) - see ports.c: there are no ports.
 */
        .text
        .globl  port_read, port_write
port_read:
port_write:
        unimp

        .section .note.GNU-stack, "", @progbits
