/*
 * console_input.c - waiting for what is typed.
 */
#include "object/console_input.h"

#include "hal/spinlock.h"

static const struct console_input *input; /* constant after boot */

/* Held over the machine's read, so that of several readers one takes each byte, and none sleeps
 * on after an arrival: lock -> executor.ready_lock, and the machine's own. */
static struct spinlock lock;
static struct list waiters = {&waiters, &waiters}; /* of console_read.waiter; guarded by lock */

void console_input_set(const struct console_input *of_machine)
{
    input = of_machine;
}

/* All of them: who finds nothing waits again. */
void console_input_arrived(void)
{
    SPIN_GUARD(&lock);

    for (struct list *link; (link = waiters.next) != &waiters;)
        waiter_fire(container_of(link, struct waiter, link));
}

static status_t read_or_arm(struct console_read *f, struct task *task)
{
    status_t st;

    if (!input)
        return ERR_NOT_SUPPORTED;
    waiter_init(&f->waiter, task);
    SPIN_GUARD(&lock);
    st = input->read(f->bytes, MIN(f->size, sizeof(f->bytes)), &f->actual);
    if (st == ERR_SHOULD_WAIT)
        list_push_back(&waiters, &f->waiter.link);
    return st;
}

static void leave(struct console_read *f)
{
    SPIN_GUARD(&lock);

    list_remove(&f->waiter.link);
}

CO_FN(console_read)
{
    status_t st;

    st = read_or_arm(f, task);
    while (st == ERR_SHOULD_WAIT) {
        CO_WAIT_UNTIL(waiter_fired(&f->waiter));
        leave(f);
        if (!waiter_fired(&f->waiter))
            CO_RETURN(task_interrupted_status(task));
        st = read_or_arm(f, task);
    }
    CO_RETURN(st);
}
CO_END
