/*
 * contract_internal.h - what the parts of the contract test share.
 */
#pragma once

#include "base/check.h"
#include "base/status.h"
#include "hal/context.h"
#include "hal/contract_user.h"
#include "hal/irq.h"

/* Where things are in user space: in separate tables of any machine's tree. */
#define USER_CODE 0x10000000ull
#define USER_DATA 0x20000000ull
#define USER_FAR  0x3000000000ull

/* How late an event may be; generous, since the machine may be an emulator on a busy host. */
#define LATE (2 * NS_PER_SEC)

/* One zeroed page, and back; how many are out. */
paddr_t contract_page(void);
void contract_page_free(paddr_t page);
unsigned contract_pages_out(void);
/* From now on there is none to be had, or as before. */
void contract_refuse_pages(bool refuse);

/* What hal_upcalls.syscall does, in the cases that serve calls so; NULL: it says false. */
extern bool (*contract_syscall)(struct hal_context *ctx);

/* Timer upcalls that this CPU has got. */
unsigned contract_timer_calls(void);

/* An address space with the program at USER_CODE, a page of data at USER_DATA, and a context at
 * one of the program's entries. */
struct contract_thread {
    struct hal_pt pt;
    struct hal_context ctx;
    struct hal_trap trap; /* the latest */
    paddr_t code, data;
};
void contract_thread_init(struct contract_thread *t, enum contract_entry entry, uint64_t arg0,
                          uint64_t arg1);
void contract_thread_fini(struct contract_thread *t);
/* Another entry in the same address space. */
void contract_thread_restart(struct contract_thread *t, enum contract_entry entry,
                             uint64_t arg0, uint64_t arg1);
/* Run until a trap that is no interrupt; interrupts are served. */
void contract_thread_run(struct contract_thread *t);
/* It makes CALL_VALUE of `value` next. */
void contract_expect_value(struct contract_thread *t, uint64_t value);

void contract_test_mmu(void);
void contract_test_time(void);
void contract_test_user(void);
void contract_test_faults(void);
void contract_test_fp(void);
/* Last: the other CPUs do not come back. */
void contract_test_cpus(void);
