/*
 * contract_user.S (riscv64) - the user program of hal/contract_user.h.
 */
#define CALL_SIX   0x1234
#define CALL_VALUE 0x1235

    .section .rodata
    .option arch, +d
    .option norelax
    .balign 16
text:
call_six:
    li      a0, 11
    li      a1, 12
    li      a2, 13
    li      a3, 14
    li      a4, 15
    li      a5, 16
    li      a7, CALL_SIX
    ecall
value:                          /* CALL_VALUE of a0, and again of its result */
    li      a7, CALL_VALUE
    ecall
    j       value
read:
    ld      a0, 0(a0)
    j       value
write:
    sd      a1, 0(a0)
    mv      a0, a1
    j       value
jump:
    jr      a0
illegal:
    unimp
breakpoint:
    ebreak
    j       value
spin:
    j       spin
watch:
    ld      t0, 0(a0)
    j       watch
fp:
    fmv.d.x f7, a0
1:
    fmv.x.d a0, f7
    li      a7, CALL_VALUE
    ecall
    j       1b
tls:
    ld      a0, 0(tp)
    j       value
text_end:

    .section .data.rel.ro, "aw"
    .balign 8
    .globl  contract_user
    .type   contract_user, @object
contract_user:
    .dword  text
    .dword  text_end - text
    .dword  call_six - text
    .dword  read - text
    .dword  write - text
    .dword  jump - text
    .dword  illegal - text
    .dword  breakpoint - text
    .dword  spin - text
    .dword  watch - text
    .dword  fp - text
    .dword  tls - text
    .size   contract_user, . - contract_user

    .section .note.GNU-stack, "", @progbits
