/*
 * callsites.c - every form of a system call site, with registers, flags and red zone looked at.
 *
 * Each form makes getpid(39). It is entered with patterns in all other registers and in the red
 * zone, and with the direction flag set; it comes back with them. Prints `NAME ok` and, where
 * /proc/zcore is, how many of its calls took which way: `NAME patched dispatched`.
 *
 * usage: callsites [TIMES]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is wrong afterwards: bit i is register i in the order of `patterns`; 0: nothing. */
struct outcome {
    uint64_t result, wrong;
};

/*
 * A form: `body` makes the call with 39 in rax before it and leaves the result there. Patterns
 * are 0x1000 + the register's number; rcx and r11 belong to the call.
 */
#define FORM(name, body)                                                                      \
    void name(struct outcome *);                                                              \
    __asm__(".text\n.balign 16\n.globl " #name "\n.type " #name ", @function\n" #name ":\n"   \
            "push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n"         \
            "push %rdi\n"                                                                     \
            "movq $0x2008, -8(%rsp)\n movq $0x2010, -16(%rsp)\n movq $0x2080, -128(%rsp)\n"   \
            "mov $0x1003, %ebx\n mov $0x1005, %ebp\n mov $0x1006, %esi\n mov $0x1007, %edi\n" \
            "mov $0x1002, %edx\n mov $0x1008, %r8d\n mov $0x1009, %r9d\n"                     \
            "mov $0x100a, %r10d\n mov $0x100c, %r12d\n mov $0x100d, %r13d\n"                  \
            "mov $0x100e, %r14d\n mov $0x100f, %r15d\n"                                       \
            "std\n" body "\n"                                                                 \
            "pushfq\n pop %rcx\n cld\n"                                                       \
            "movq -16(%rsp), %r11\n"                                                          \
            "jmp callsites_check\n")

/* The pushfq above has overwritten -8. */
__asm__(".text\n"
        ".macro expect condition, bit\n jz 1f\n or $1 << \\bit, %r11\n 1:\n .endm\n"
        "callsites_check:\n"
        "mov %r11, %rcx\n xchg %rcx, %r11\n xor %r11d, %r11d\n"
        "cmp $0x2010, %rcx\n expect e, 20\n"
        "cmpq $0x2080, -128(%rsp)\n expect e, 21\n"
        "cmp $0x1003, %rbx\n expect e, 3\n"
        "cmp $0x1005, %rbp\n expect e, 5\n"
        "cmp $0x1006, %rsi\n expect e, 6\n"
        "cmp $0x1007, %rdi\n expect e, 7\n"
        "cmp $0x1002, %rdx\n expect e, 2\n"
        "cmp $0x1008, %r8\n expect e, 8\n"
        "cmp $0x1009, %r9\n expect e, 9\n"
        "cmp $0x100a, %r10\n expect e, 10\n"
        "cmp $0x100c, %r12\n expect e, 12\n"
        "cmp $0x100d, %r13\n expect e, 13\n"
        "cmp $0x100e, %r14\n expect e, 14\n"
        "cmp $0x100f, %r15\n expect e, 15\n"
        "mov (%rsp), %rdi\n mov %rax, (%rdi)\n mov %r11, 8(%rdi)\n"
        "pop %rdi\n pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n ret\n");

/* The instruction right before the call moves the number: 5, 6 and 7 bytes. */
FORM(number, "mov $39, %eax\n syscall\n nop");
FORM(argument, "mov $39, %eax\n mov $0x1009, %r9d\n syscall\n nop");
FORM(wide, ".byte 0x48, 0xc7, 0xc0\n .long 39\n syscall\n nop");
/* Shorter ones stand between. */
FORM(distant,
     "mov $39, %eax\n mov %rsi, %rsi\n mov %r12, %r12\n xor %ecx, %ecx\n syscall\n nop");
/* No move of a constant: memory, with or without a distance from rip. */
FORM(memory, "push $39\n pop %rax\n jmp 1f\n 1: mov 0x10(%rsp), %rcx\n syscall\n nop");
FORM(relative,
     "push $39\n pop %rax\n jmp 1f\n 1: lea callsites_check(%rip), %rcx\n syscall\n nop");
FORM(store, "push $39\n pop %rax\n movq $0x2010, -16(%rsp)\n syscall\n nop");
/* Nothing before it will do: the comparison behind it. */
FORM(compare, "push $39\n pop %rax\n jmp 1f\n 1: syscall\n cmp $-4096, %rax");
FORM(compare_short, "push $39\n pop %rax\n jmp 1f\n 1: syscall\n cmp $-4096, %eax");
/* Others jump into the lead, onto the call, and onto what stands behind it. */
FORM(jump_to_call, "push $39\n pop %rax\n testb $1, callsites_turn(%rip)\n jnz 1f\n"
                   "mov $39, %eax\n 1: syscall\n nop");
FORM(jump_to_lead, "push $39\n pop %rax\n testb $1, callsites_turn(%rip)\n jnz 1f\n"
                   "mov $39, %eax\n 1: mov %rsi, %rsi\n syscall\n nop");
FORM(jump_behind, "push $39\n pop %rax\n testb $7, callsites_turn(%rip)\n jnz 2f\n"
                  "mov callsites_pid(%rip), %rax\n jmp 1f\n 2: syscall\n 1: cmp $-4096, %rax");
/* Bytes that only look like a move of the number: they end another instruction. */
FORM(disguise, "movabs $0x27b8000000000000, %rax\n nop\n mov $39, %al\n movzbl %al, %eax\n"
               "syscall\n nop");

uint64_t callsites_turn, callsites_pid;

static const struct {
    const char *name;
    void (*run)(struct outcome *);
} forms[] = {
    {"number", number},
    {"argument", argument},
    {"wide", wide},
    {"distant", distant},
    {"memory", memory},
    {"relative", relative},
    {"store", store},
    {"compare", compare},
    {"compare_short", compare_short},
    {"jump_to_call", jump_to_call},
    {"jump_to_lead", jump_to_lead},
    {"jump_behind", jump_behind},
    {"disguise", disguise},
};

static void counters(uint64_t *patched, uint64_t *dispatched)
{
    char line[100];
    FILE *file = fopen("/proc/zcore", "r");

    *patched = *dispatched = 0;
    while (file && fgets(line, sizeof(line), file)) {
        sscanf(line, "calls_patched %" SCNu64, patched);
        sscanf(line, "calls_dispatched %" SCNu64, dispatched);
    }
    if (file)
        fclose(file);
}

static int test(unsigned i, unsigned times)
{
    uint64_t patched[2], dispatched[2];

    for (unsigned round = 0; round < 4; round++) /* fopen and its kin are to be patched first */
        counters(&patched[0], &dispatched[0]);
    for (callsites_turn = 0; callsites_turn < times; callsites_turn++) {
        struct outcome out;

        forms[i].run(&out);
        if (out.result == callsites_pid && !out.wrong)
            continue;
        printf("%s: call %" PRIu64 " gave %" PRIu64 ", wrong %" PRIx64 "\n", forms[i].name,
               callsites_turn, out.result, out.wrong);
        return 1;
    }
    counters(&patched[1], &dispatched[1]);
    printf("%s ok\n", forms[i].name);
    if (patched[1])
        printf("%s %" PRIu64 " %" PRIu64 "\n", forms[i].name, patched[1] - patched[0],
               dispatched[1] - dispatched[0]);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned times = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;
    int failed = 0;

    callsites_pid = (uint64_t)getpid();
    for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        failed |= test(i, times);
    return failed;
}
