/*
 * zx.h - what the parts of zx share.
 */
#pragma once

#include <zircon/types.h>

enum { ZX_PAGE = 4096 };

/* Ends the program if a call has failed, and says which. */
void need(zx_status_t st, const char *what);
#define NEED(call) need(call, #call)

/* A native process with the vDSO, one page of stack, and a thread that is not started. */
struct native {
    zx_handle_t process, vmar, thread;
    zx_vaddr_t vdso;  /* in it */
    zx_vaddr_t stack; /* in it: the top */
};

/* `stack`: a VMO of a page. */
struct native native_create(zx_handle_t stack);
void native_close(struct native *p);
/* Where an export of the vDSO is in it. */
zx_vaddr_t native_symbol(const struct native *p, const char *name);

/* Prints what a thread in object_wait_one takes of the kernel's memory. */
void waiter(void);
