/*
 * rseq.c - restartable sequences (rseq(2); struct rseq and struct rseq_cs are those of
 * linux/rseq.h before the node and concurrency ids were added).
 *
 * The thread's `shown_cpu` says which CPU the area names. thread_main calls personality.pending
 * where another one runs the thread, or where it was away; so the way to user mode costs a look
 * at that word.
 */
#include "personality/linux/process/rseq.h"

#include "hal/cpu.h"
#include "personality/linux/calls.h"
#include "personality/linux/process/process.h"

enum { AREA_SIZE = 32, UNREGISTER = 1, AT_SECTION = 8, AT_FLAGS = 16 };
#define CPU_UNREGISTERED UINT32_MAX

struct cpu_ids {
    uint32_t start, now;
};

struct section {
    uint32_t version, flags;
    uint64_t start, length, abort;
};

static status_t read_area(struct linux_thread *lt, unsigned at, void *to, size_t size)
{
    return copy_from_user(&lt->thread->user, to, lt->rseq.area + at, size);
}

static status_t write_area(struct linux_thread *lt, unsigned at, const void *from, size_t size)
{
    return copy_to_user(&lt->thread->user, lt->rseq.area + at, from, size);
}

/* A program that is sound in itself, whose way out is marked, and that begins anew whatever
 * interrupts it. */
static status_t check_section(struct linux_thread *lt, const struct section *s)
{
    uint32_t flags, mark;
    status_t st;

    if (s->version || s->start + s->length < s->start || s->abort - s->start < s->length)
        return ERR_INVALID_ARGS;
    st = copy_from_user(&lt->thread->user, &mark, s->abort - sizeof(mark), sizeof(mark));
    if (st == OK)
        st = read_area(lt, AT_FLAGS, &flags, sizeof(flags));
    if (st != OK)
        return st;
    return mark != lt->rseq.signature || flags || s->flags ? ERR_INVALID_ARGS : OK;
}

static status_t leave_section(struct linux_thread *lt)
{
    struct user_regs *regs = &lt->thread->context.regs;
    const uint64_t none = 0;
    struct section s;
    user_addr_t at;
    status_t st = read_area(lt, AT_SECTION, &at, sizeof(at));

    if (st != OK || !at)
        return st;
    st = copy_from_user(&lt->thread->user, &s, at, sizeof(s));
    if (st == OK)
        st = check_section(lt, &s);
    if (st == OK)
        st = write_area(lt, AT_SECTION, &none, sizeof(none));
    if (st == OK && user_regs_pc(regs) - s.start < s.length)
        user_regs_set_pc(regs, s.abort);
    return st;
}

static status_t show_cpu(struct linux_thread *lt)
{
    const uint32_t cpu = hal_cpu_id();
    const struct cpu_ids ids = {cpu, cpu};

    if (lt->thread->shown_cpu == cpu + 1)
        return OK;
    lt->thread->shown_cpu = cpu + 1;
    return write_area(lt, 0, &ids, sizeof(ids));
}

status_t rseq_settle(struct linux_thread *lt)
{
    status_t st;

    if (!lt->rseq.area)
        return OK;
    st = leave_section(lt);
    if (st == OK)
        st = show_cpu(lt);
    if (st == ERR_USER_PAGE)
        lt->thread->shown_cpu = THREAD_WAS_AWAY;
    else if (st != OK)
        lt->thread->shown_cpu = hal_cpu_id() + 1; /* it is told of that once */
    return st;
}

void rseq_inherit(const struct linux_thread *from, struct linux_thread *to)
{
    to->rseq = from->rseq;
    to->thread->shown_cpu = from->rseq.area ? THREAD_WAS_AWAY : 0;
}

void rseq_forget(struct linux_thread *lt)
{
    lt->rseq = (struct rseq_registration){0};
    lt->thread->shown_cpu = 0;
}

static status_t unregister(struct linux_thread *lt, const struct rseq_registration *given)
{
    const struct cpu_ids ids = {0, CPU_UNREGISTERED};
    status_t st;

    if (!lt->rseq.area || lt->rseq.area != given->area || lt->rseq.size != given->size)
        return ERR_INVALID_ARGS;
    if (lt->rseq.signature != given->signature)
        return ERR_NOT_PERMITTED;
    st = write_area(lt, 0, &ids, sizeof(ids));
    if (st == OK)
        rseq_forget(lt);
    return st;
}

static status_t check_again(const struct rseq_registration *had,
                            const struct rseq_registration *given)
{
    if (had->area != given->area || had->size != given->size)
        return ERR_INVALID_ARGS;
    return had->signature != given->signature ? ERR_NOT_PERMITTED : ERR_UNAVAILABLE;
}

status_t sys_rseq(struct syscall *call)
{
    struct linux_thread *lt = current_linux(call);
    const struct rseq_registration given = {call->arg[0], (uint32_t)call->arg[1],
                                            (uint32_t)call->arg[3]};
    uint32_t flags = (uint32_t)call->arg[2];
    status_t st;

    if (flags & UNREGISTER)
        return flags == UNREGISTER ? unregister(lt, &given) : ERR_INVALID_ARGS;
    if (flags)
        return ERR_INVALID_ARGS;
    if (lt->rseq.area)
        return check_again(&lt->rseq, &given);
    if (given.size != AREA_SIZE || !given.area || !IS_ALIGNED(given.area, AREA_SIZE))
        return ERR_INVALID_ARGS;
    if (given.area > HAL_USER_END - AREA_SIZE)
        return ERR_FAULT;
    lt->rseq = given;
    call->thread->shown_cpu = THREAD_WAS_AWAY;
    st = show_cpu(lt);
    if (st != OK)
        rseq_forget(lt);
    return st;
}
