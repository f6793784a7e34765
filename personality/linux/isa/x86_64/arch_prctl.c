/*
 * arch_prctl.c (x86_64) - the bases of fs and gs (arch_prctl(2)).
 */
#include "personality/linux/process/process.h"

enum { ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004 };

status_t sys_arch_prctl(struct syscall *call)
{
    struct user_regs *regs = &call->thread->context.regs;
    uint64_t addr = call->arg[1];

    switch (call->arg[0]) {
    case ARCH_SET_FS:
        if (addr >= HAL_USER_END)
            return ERR_NOT_PERMITTED;
        regs->fs_base = addr;
        return OK;
    case ARCH_SET_GS:
        if (addr >= HAL_USER_END || !hal_context_gs_settable())
            return ERR_NOT_PERMITTED;
        regs->gs_base = addr;
        return OK;
    case ARCH_GET_FS:
        return copy_to_user(&call->thread->user, addr, &regs->fs_base, sizeof(uint64_t));
    case ARCH_GET_GS:
        return copy_to_user(&call->thread->user, addr, &regs->gs_base, sizeof(uint64_t));
    default:
        return ERR_INVALID_ARGS;
    }
}
