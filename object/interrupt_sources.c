/*
 * interrupt_sources.c - interrupts that programs trigger, and those of the HAL's sources.
 */
#include "hal/irq.h"
#include "hal/time.h"
#include "mm/slab.h"
#include "object/interrupt.h"
#include "uapi/zircon/syscalls/interrupt.h"

SLAB_CACHE(interrupt_cache, struct interrupt);

static void free_interrupt(struct interrupt *i)
{
    slab_free(&interrupt_cache, i);
}

/* --- virtual --- */

static const struct interrupt_source virtual_source = {.free = free_interrupt};

status_t interrupt_create_virtual(struct object **out)
{
    struct interrupt *i = slab_alloc_zeroed(&interrupt_cache);

    if (!i)
        return ERR_NO_MEMORY;
    interrupt_init(i, &virtual_source, 0);
    *out = &i->object;
    return OK;
}

status_t interrupt_trigger(struct object *obj, time_ns_t when)
{
    struct interrupt *i = interrupt_of(obj);

    if (i->source != &virtual_source)
        return ERR_BAD_STATE;
    return interrupt_raise(i, when) ? OK : ERR_CANCELED;
}

/* --- physical --- */

static void irq_handler(void *arg)
{
    (void)interrupt_raise(arg, hal_time_now());
}

static void irq_mask(struct interrupt *i)
{
    hal_irq_mask(i->number);
}

static void irq_unmask(struct interrupt *i)
{
    hal_irq_unmask(i->number);
}

static void irq_detach(struct interrupt *i)
{
    hal_irq_unregister(i->number);
}

static const struct interrupt_source edge_source = {
    .detach = irq_detach,
    .free = free_interrupt,
};

static const struct interrupt_source level_source = {
    .mask = irq_mask,
    .unmask = irq_unmask,
    .detach = irq_detach,
    .free = free_interrupt,
};

/* What a source is by itself may be a level, which would come again at once if it were open. */
static const struct interrupt_source *source_of_mode(uint32_t mode, enum hal_irq_mode *hal)
{
    static const struct {
        enum hal_irq_mode hal;
        const struct interrupt_source *source;
    } modes[] = {
        [ZX_INTERRUPT_MODE_DEFAULT >> 1] = {0, &level_source},
        [ZX_INTERRUPT_MODE_EDGE_LOW >> 1] = {HAL_IRQ_EDGE_LOW, &edge_source},
        [ZX_INTERRUPT_MODE_EDGE_HIGH >> 1] = {HAL_IRQ_EDGE_HIGH, &edge_source},
        [ZX_INTERRUPT_MODE_LEVEL_LOW >> 1] = {HAL_IRQ_LEVEL_LOW, &level_source},
        [ZX_INTERRUPT_MODE_LEVEL_HIGH >> 1] = {HAL_IRQ_LEVEL_HIGH, &level_source},
    };

    if (mode >> 1 >= countof(modes))
        return NULL;
    *hal = modes[mode >> 1].hal;
    return modes[mode >> 1].source;
}

status_t interrupt_create_physical(unsigned number, uint32_t mode, struct object **out)
{
    enum hal_irq_mode hal;
    const struct interrupt_source *source = source_of_mode(mode, &hal);
    struct interrupt *i;
    status_t st = OK;

    if (!source)
        return ERR_INVALID_ARGS;
    if (mode != ZX_INTERRUPT_MODE_DEFAULT)
        st = hal_irq_configure(number, hal);
    if (st != OK)
        return st == ERR_OUT_OF_RANGE ? ERR_INVALID_ARGS : st;
    i = slab_alloc_zeroed(&interrupt_cache);
    if (!i)
        return ERR_NO_MEMORY;
    interrupt_init(i, source, number);
    st = hal_irq_register(number, irq_handler, i);
    if (st != OK) {
        object_put(&i->object);
        return st == ERR_OUT_OF_RANGE ? ERR_INVALID_ARGS : st;
    }
    interrupt_attached(i);
    *out = &i->object;
    return OK;
}
