/*
 * vdso.c (riscv64) - the page a signal handler returns to: programs bring no restorer here.
 */
#include "personality/linux/exec.h"

/* li a7, 139 (rt_sigreturn); ecall */
static const uint32_t sigreturn_code[] = {0x08b00893, 0x00000073};

status_t exec_map_vdso(struct exec *exec)
{
    struct vmar_map_args args = {.size = PAGE_SIZE,
                                 .prot = HAL_PROT_READ | HAL_PROT_EXEC,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_EXEC,
                                 .place = PLACE_ANY,
                                 .limit = exec->layout.stack_top - (64ull << 20)};
    status_t st = vmo_create(PAGE_SIZE, 0, &args.vmo);

    if (st != OK)
        return st;
    st = vmo_write(args.vmo, 0, sigreturn_code, sizeof(sigreturn_code), NULL);
    if (st == OK)
        st = vmar_map(exec->aspace->root, &args, &exec->layout.sigreturn);
    vmo_put(args.vmo);
    hal_icache_sync();
    return st;
}
