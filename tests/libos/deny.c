/*
 * deny.c - runs a program for which the host refuses one call, as a container's filter would.
 *
 * usage: deny dispatch|traps|memfd|mounts PROGRAM [ARG...]
 */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GET_SECCOMP = 21, SET_SYSCALL_USER_DISPATCH = 59 };

static void refuse(unsigned number, unsigned first)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        err(1, "seccomp");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        errx(2, "usage: deny dispatch|traps|memfd|mounts PROGRAM [ARG...]");
    if (!strcmp(argv[1], "dispatch"))
        refuse(SYS_prctl, SET_SYSCALL_USER_DISPATCH); /* no greater one is needed */
    else if (!strcmp(argv[1], "traps"))
        refuse(SYS_prctl, GET_SECCOMP); /* the way out of a lack of dispatch too */
    else if (!strcmp(argv[1], "memfd"))
        refuse(SYS_memfd_create, 0);
    else
        refuse(SYS_fsopen, 0);
    execvp(argv[2], argv + 2);
    err(127, "%s", argv[2]);
}
