/*
 * restricted.c (riscv64) - registers in the struct of restricted mode.
 */
#include "personality/zircon/restricted.h"

#include "base/string.h"

_Static_assert(sizeof(zx_riscv64_restricted_state_t) == sizeof(struct user_regs),
               "Zircon's order is ours");

const size_t restricted_state_size = sizeof(zx_riscv64_restricted_state_t);

status_t restricted_check(const union restricted_state *state)
{
    return state->riscv64.pc < HAL_USER_END ? OK : ERR_BAD_STATE;
}

void restricted_load(struct user_regs *regs, const union restricted_state *state)
{
    memcpy(regs, &state->riscv64, sizeof(*regs));
}

void restricted_store(union restricted_state *state, const struct user_regs *regs)
{
    memcpy(&state->riscv64, regs, sizeof(*regs));
}

void restricted_return(struct user_regs *normal, const struct user_regs *regs,
                       user_addr_t vector, uint64_t context)
{
    user_regs_start(normal, vector, 0, context, 0);
    normal->x[REG_GP] = regs->x[REG_GP];
    normal->x[REG_TP] = regs->x[REG_TP];
}
