/*
 * port_io.S (x86_64) - see ports.c.
 */
        .text
        .globl  port_read, port_write
port_read:
        mov     %edi, %edx
        xor     %eax, %eax
        in      %dx, %al
        ret
port_write:
        mov     %edi, %edx
        mov     %esi, %eax
        out     %al, %dx
        ret

        .section .note.GNU-stack, "", @progbits
