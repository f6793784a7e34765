/*
 * irq.c - serves what interrupts noted, and keeps the table of device handlers.
 */
#include "hal/bare/common/irq.h"

#include "base/status.h"
#include "hal/spinlock.h"

struct irq_slot {
    hal_irq_fn *handler; /* NULL: free */
    void *arg;
    unsigned serving; /* id + 1 of the CPU that is in the handler; 0: none */
};

static const struct hal_upcalls *upcalls;
static const struct irq_controller *controller;

/* Guards the slots. A leaf; never held while a handler runs. */
static struct spinlock slots_lock;
static struct irq_slot slots[IRQ_MAX_SOURCES];

void hal_upcalls_register(const struct hal_upcalls *kernel_upcalls)
{
    upcalls = kernel_upcalls;
}

const struct hal_upcalls *irq_upcalls(void)
{
    return upcalls;
}

bool irq_call_is_over(struct hal_context *ctx)
{
    return upcalls->syscall && upcalls->syscall(ctx);
}

void irq_controller_set(const struct irq_controller *target_controller)
{
    controller = target_controller;
}

/* The exchange pairs with the release in hal_cpu_kick: what the kicker did before is seen. */
void hal_irq_serve(void)
{
    unsigned pending =
        atomic_exchange_explicit(&hal_cpu_local()->pending, 0, memory_order_acq_rel);

    if (pending & HAL_PENDING_TIMER)
        upcalls->timer();
    if (pending & HAL_PENDING_DEVICE)
        controller->serve();
}

status_t hal_irq_register(unsigned source, hal_irq_fn *handler, void *arg)
{
    if (!controller || source >= controller->sources)
        return ERR_OUT_OF_RANGE;
    {
        SPIN_GUARD(&slots_lock);

        if (slots[source].handler)
            return ERR_ALREADY_BOUND;
        slots[source].handler = handler;
        slots[source].arg = arg;
    }
    controller->unmask(source);
    return OK;
}

void hal_irq_mask(unsigned source)
{
    controller->mask(source);
}

void hal_irq_unmask(unsigned source)
{
    controller->unmask(source);
}

status_t hal_irq_configure(unsigned source, enum hal_irq_mode mode)
{
    if (!controller || source >= controller->sources)
        return ERR_OUT_OF_RANGE;
    if (!controller->configure)
        return ERR_NOT_SUPPORTED;
    controller->configure(source, mode);
    return OK;
}

static unsigned slot_serving(const struct irq_slot *slot)
{
    SPIN_GUARD(&slots_lock);

    return slot->serving;
}

/* When it returns, the handler runs on no other CPU, so that its argument may go. */
void hal_irq_unregister(unsigned source)
{
    unsigned me = hal_cpu_id() + 1, serving;

    controller->mask(source);
    {
        SPIN_GUARD(&slots_lock);

        slots[source].handler = NULL;
    }
    for (unsigned tries = 0;; tries++) {
        serving = slot_serving(&slots[source]);
        if (serving == 0 || serving == me)
            return;
        hal_cpu_relax(tries);
    }
}

static struct irq_slot slot_enter(struct irq_slot *slot)
{
    SPIN_GUARD(&slots_lock);

    slot->serving = hal_cpu_id() + 1;
    return *slot;
}

static void slot_leave(struct irq_slot *slot)
{
    SPIN_GUARD(&slots_lock);

    slot->serving = 0;
}

/* A source is closed while it is served, so at most one CPU is in each slot. */
void irq_dispatch(unsigned source)
{
    struct irq_slot now = slot_enter(&slots[source]);

    if (now.handler)
        now.handler(now.arg);
    slot_leave(&slots[source]);
}
