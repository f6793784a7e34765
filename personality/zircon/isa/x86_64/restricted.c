/*
 * restricted.c (x86_64) - registers in the struct of restricted mode.
 */
#include "personality/zircon/restricted.h"

#include "isa/canonical.h"

/* CF PF AF ZF SF TF DF OF NT AC ID: Zircon's X86_FLAGS_USER. */
#define FLAGS 0x244dd5ull

const size_t restricted_state_size = sizeof(zx_x86_64_restricted_state_t);

status_t restricted_check(const union restricted_state *state)
{
    const zx_x86_64_restricted_state_t *s = &state->x86_64;

    if (s->ip >= HAL_USER_END || s->flags & ~FLAGS || !is_canonical(s->fs_base) ||
        !is_canonical(s->gs_base))
        return ERR_BAD_STATE;
    return s->gs_base && !hal_context_gs_settable() ? ERR_NOT_SUPPORTED : OK;
}

void restricted_load(struct user_regs *regs, const union restricted_state *state)
{
    const zx_x86_64_restricted_state_t *s = &state->x86_64;

    *regs = (struct user_regs){.rax = s->rax,
                               .rbx = s->rbx,
                               .rcx = s->rcx,
                               .rdx = s->rdx,
                               .rsi = s->rsi,
                               .rdi = s->rdi,
                               .rbp = s->rbp,
                               .rsp = s->rsp,
                               .r8 = s->r8,
                               .r9 = s->r9,
                               .r10 = s->r10,
                               .r11 = s->r11,
                               .r12 = s->r12,
                               .r13 = s->r13,
                               .r14 = s->r14,
                               .r15 = s->r15,
                               .rip = s->ip,
                               .rflags = s->flags | RFLAGS_USER_DEFAULT,
                               .fs_base = s->fs_base,
                               .gs_base = s->gs_base};
}

/* What the instruction leaves in rcx and r11 is the processor's: they are zero. */
void restricted_store(union restricted_state *state, const struct user_regs *regs)
{
    state->x86_64 = (zx_x86_64_restricted_state_t){.rdi = regs->rdi,
                                                   .rsi = regs->rsi,
                                                   .rbp = regs->rbp,
                                                   .rbx = regs->rbx,
                                                   .rdx = regs->rdx,
                                                   .rax = regs->rax,
                                                   .rsp = regs->rsp,
                                                   .r8 = regs->r8,
                                                   .r9 = regs->r9,
                                                   .r10 = regs->r10,
                                                   .r12 = regs->r12,
                                                   .r13 = regs->r13,
                                                   .r14 = regs->r14,
                                                   .r15 = regs->r15,
                                                   .ip = regs->rip,
                                                   .flags = regs->rflags & FLAGS,
                                                   .fs_base = regs->fs_base,
                                                   .gs_base = regs->gs_base};
}

void restricted_return(struct user_regs *normal, const struct user_regs *regs,
                       user_addr_t vector, uint64_t context)
{
    user_regs_start(normal, vector, 0, context, 0);
    normal->fs_base = regs->fs_base;
    normal->gs_base = regs->gs_base;
}
