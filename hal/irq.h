/*
 * irq.h - serving what interrupts noted, and the calls the HAL makes upwards.
 */
#pragma once

#include "hal/cpu.h"

struct hal_context;
struct hal_pt;

/* Bytes; see stub_area. */
#define HAL_STUB_AREA 0x10000u

typedef void hal_text_writer(void *const pages[], void *arg);

/* Registered once by kernel/main.c before anything else of the HAL but the console is used. */
struct hal_upcalls {
    /* The deadline of this CPU's timer has come. From hal_irq_serve. */
    void (*timer)(void);
    /* One page frame for page tables and other HAL use, zeroed; ERR_NO_MEMORY. */
    status_t (*page_alloc)(paddr_t *out) MUST_USE;
    void (*page_free)(paddr_t page);
    /*
     * User mode of `ctx` made a system call; from hal_context_run, with no lock held. True: the
     * call is over and user mode goes on at once, with nothing but `ctx` looked at again.
     * False: hal_context_run returns SYSCALL. It may be NULL, which says false.
     */
    bool (*syscall)(struct hal_context *ctx) MUST_USE;
    /* libos: the host process behind `pt` died unasked, or the host gives none; the guest
     * process is to die of SIGKILL. From hal_irq_serve, under a lock that hal_pt_fini takes
     * too, and from hal_context_run, which then returns INTERRUPT. */
    void (*space_died)(struct hal_pt *pt);
    /*
     * libos, for patching system call sites; all may be NULL. From hal_context_run in the
     * space of `pt`, no lock held; they do not wait, and any error just leaves the site as it
     * is.
     *
     * `count` executable pages, 1 or 2, from `va` (page aligned) become private to this address
     * space, as for a debugger's write, and stay mapped as they were; `write(pages, arg)` then
     * changes their memory. No fork or other shares it before `write` has returned. Pages of a
     * view and of its stubs are not made private: every address space shows the change.
     */
    status_t (*text_write)(struct hal_pt *pt, user_addr_t va, unsigned count,
                           hal_text_writer *write, void *arg) MUST_USE;
    /* Map HAL_STUB_AREA private, executable bytes of zeroes less than 2 GiB from `near`, where
     * the guest has nothing; they live and are forked like any other mapping. */
    status_t (*stub_area)(struct hal_pt *pt, user_addr_t near, user_addr_t *va) MUST_USE;
    /* The site at `va` is in the view of a file, which every process that maps the file runs:
     * its stubs go into HAL_STUB_AREA bytes at `*area`, at one distance from the text
     * everywhere, and nowhere else; `*bytes` is the HAL's to count what it has used there.
     * ERR_NOT_FOUND: it is in no view. Other errors: it has no stubs. */
    status_t (*text_stubs)(struct hal_pt *pt, user_addr_t va, user_addr_t *area,
                           uint32_t **bytes) MUST_USE;
    /* Is that memory for stubs of a view? */
    bool (*is_stub)(struct hal_pt *pt, user_addr_t va) MUST_USE;
    /* Bring in the page at `va`, for reading, if that needs no wait. */
    status_t (*page_in)(struct hal_pt *pt, user_addr_t va) MUST_USE;
};

void hal_upcalls_register(const struct hal_upcalls *upcalls);

/*
 * Take this CPU's pending word and serve it: the timer upcall, handlers of device interrupts,
 * shoot-downs. Between tasks and on the way to user mode; no lock held; never waits.
 */
void hal_irq_serve(void);

/* A device interrupt source (platform number: GSI, PLIC source, or a libos host event). */
typedef void hal_irq_fn(void *arg);

/* `handler` runs from hal_irq_serve on some CPU with the source masked until it returns.
 * ERR_ALREADY_BOUND, ERR_OUT_OF_RANGE. The source starts unmasked. */
status_t hal_irq_register(unsigned source, hal_irq_fn *handler, void *arg) MUST_USE;
void hal_irq_unregister(unsigned source);

/* A registered source is shut, also beyond the end of the handler that calls this, and opened
 * again; what asked for service meanwhile is served then. Any CPU, any lock. */
void hal_irq_mask(unsigned source);
void hal_irq_unmask(unsigned source);

enum hal_irq_mode {
    HAL_IRQ_EDGE_LOW,
    HAL_IRQ_EDGE_HIGH,
    HAL_IRQ_LEVEL_LOW,
    HAL_IRQ_LEVEL_HIGH,
};
/* From the next hal_irq_register on; otherwise a source is as firmware says. ERR_OUT_OF_RANGE;
 * ERR_NOT_SUPPORTED: the controller does not choose. */
status_t hal_irq_configure(unsigned source, enum hal_irq_mode mode) MUST_USE;
