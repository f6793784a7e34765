/*
 * contract_user.c (sim) - the user program of hal/contract_user.h as scripts.
 */
#include "hal/contract_user.h"

#include <string.h>

#include "hal/sim/user.h"

#define STEP 1000 /* ns of a round of a loop */

/* CALL_VALUE of `value`, and again of its result. */
static void report(struct sim_user *u, uint64_t value)
{
    for (;;)
        value = SIM_SYSCALL(u, CALL_VALUE, value);
}

static uint64_t arg0(struct sim_user *u)
{
    return user_regs_arg(sim_user_regs(u), 0);
}

static void call_six(struct sim_user *u)
{
    report(u, SIM_SYSCALL(u, CALL_SIX, 11, 12, 13, 14, 15, 16));
}

static void read_word(struct sim_user *u)
{
    report(u, sim_user_load64(u, arg0(u)));
}

static void write_word(struct sim_user *u)
{
    uint64_t value = user_regs_arg(sim_user_regs(u), 1);

    sim_user_store64(u, arg0(u), value);
    report(u, value);
}

static void jump(struct sim_user *u)
{
    sim_user_call(u, arg0(u));
}

static void illegal(struct sim_user *u)
{
    for (;;)
        sim_user_raise(u, HAL_EXC_ILLEGAL);
}

static void breakpoint(struct sim_user *u)
{
    for (;;)
        sim_user_raise(u, HAL_EXC_BREAKPOINT);
}

static void spin(struct sim_user *u)
{
    for (;;)
        sim_user_spin(u, STEP);
}

static void watch(struct sim_user *u)
{
    for (;;) {
        sim_user_load64(u, arg0(u));
        sim_user_spin(u, STEP);
    }
}

/* In a corner of the area where hardware keeps xmm7. */
static uint64_t *fp_word(struct sim_user *u)
{
    return (uint64_t *)((char *)sim_user_fp(u) + 160 + 7 * 16);
}

static void fp(struct sim_user *u)
{
    if (!sim_user_forked(u))
        *fp_word(u) = arg0(u);
    for (;;)
        SIM_SYSCALL(u, CALL_VALUE, *fp_word(u));
}

static void tls(struct sim_user *u)
{
    report(u, sim_user_load64(u, sim_user_regs(u)->fs_base));
}

static const struct sim_text text[] = {
    [USER_SYSCALL] = SIM_TEXT(call_six),
    [USER_READ] = SIM_TEXT(read_word),
    [USER_WRITE] = SIM_TEXT(write_word),
    [USER_JUMP] = SIM_TEXT(jump),
    [USER_ILLEGAL] = SIM_TEXT(illegal),
    [USER_BREAKPOINT] = SIM_TEXT(breakpoint),
    [USER_SPIN] = SIM_TEXT(spin),
    [USER_WATCH] = SIM_TEXT(watch),
    [USER_FP] = SIM_TEXT(fp),
    [USER_TLS] = SIM_TEXT(tls),
};

#define AT(entry) [entry] = (entry) * sizeof(struct sim_text)

const struct contract_user contract_user = {
    .text = text,
    .size = sizeof(text),
    .entry = {AT(USER_SYSCALL), AT(USER_READ), AT(USER_WRITE), AT(USER_JUMP), AT(USER_ILLEGAL),
              AT(USER_BREAKPOINT), AT(USER_SPIN), AT(USER_WATCH), AT(USER_FP), AT(USER_TLS)},
};
