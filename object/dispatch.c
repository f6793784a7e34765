/*
 * dispatch.c - from a system call trap to its entry in a table, plain or waiting, and back.
 */
#include "base/assert.h"
#include "co/frame.h"
#include "object/thread.h"

static const struct syscall_table *tables[SYSCALL_TABLES];

void syscall_table_register(unsigned index, const struct syscall_table *table)
{
    assert(index < countof(tables));
    tables[index] = table;
}

/* Zircon's calls are made from the process's vDSO and nowhere else. */
static bool from_vdso(const struct thread *t)
{
    uint64_t pc = user_regs_pc(&t->context.regs);

    return pc > t->process->vdso_code && pc <= t->process->vdso_end;
}

/* The table that the number belongs to; a process without the right to it gets the other's
 * answer for an unknown number. A thread without a right to any is in restricted mode. */
static const struct syscall_table *table_of(struct thread *t, uint64_t *number)
{
    uint32_t calls = t->calls;

    if (*number & SYSCALL_ZIRCON_TAG && calls & PROCESS_CALLS_ZIRCON && from_vdso(t)) {
        *number &= ~(uint64_t)SYSCALL_ZIRCON_TAG;
        return tables[SYSCALL_TABLE_ZIRCON];
    }
    if (calls & PROCESS_CALLS_LINUX)
        return tables[SYSCALL_TABLE_LINUX];
    *number = UINT64_MAX;
    return tables[calls ? SYSCALL_TABLE_ZIRCON : SYSCALL_TABLE_RESTRICTED];
}

static void decode(struct thread *t)
{
    const struct user_regs *regs = &t->context.regs;
    struct syscall *call = &t->call;
    uint64_t number = user_regs_syscall_number(regs);

    call->thread = t;
    call->result = 0;
    call->replaced = false;
    t->table = table_of(t, &number);
    call->number = number;
    user_regs_args(regs, call->arg);
    t->entry = number < t->table->count ? &t->table->entries[number] : NULL;
}

static void finish(struct thread *t, status_t st)
{
    if (t->table->trace_exit)
        t->table->trace_exit(&t->call, t->entry, st);
    if (!t->call.replaced)
        t->table->finish(&t->call, st);
    usage_end(t);
}

static bool moves_many_bytes(const struct thread *t)
{
    unsigned size_arg = t->entry ? t->entry->size_arg : 0;

    return size_arg && t->call.arg[size_arg] >= USAGE_LONG_BYTES;
}

static void measure(struct thread *t)
{
    if (++t->usage.calls % USAGE_CALLS_EACH == 0)
        usage_begin(t, USAGE_CALLS_EACH);
    else if (moves_many_bytes(t))
        usage_begin(t, 1);
}

/* ERR_USER_PAGE: it takes the coroutine. */
static status_t call_plain(struct thread *t)
{
    if (t->entry && t->entry->plain)
        return t->entry->plain(&t->call);
    return t->entry && t->entry->wait ? ERR_USER_PAGE : t->table->missing(&t->call);
}

/* A call that waits has suspended in frames of the thread's: thread_main joins it. One that
 * replaced the registers may have replaced the address space too. */
bool thread_syscall(struct hal_context *ctx)
{
    struct thread *t = container_of(ctx, struct thread, context);
    status_t st;

    decode(t);
    measure(t);
    if (t->table->trace_enter)
        t->table->trace_enter(&t->call, t->entry);
    st = call_plain(t);
    if (st != ERR_USER_PAGE)
        finish(t, st);
    t->call_waits =
        st == ERR_USER_PAGE && CO_BEGIN(&t->task, &t->main.co, t->main.call.dispatch, dispatch);
    return !t->call_waits && !t->call.replaced && !task_pending(&t->task) && !t->leaving;
}

/* Where the frame of a call that waits goes: the thread's slot, or elsewhere. */
static union syscall_slot *frame_for(struct thread *t)
{
    uint32_t size = t->entry->wait ? *t->entry->frame_size : 0;

    return size <= sizeof(t->main.call.slot) ? &t->main.call.slot : frame_alloc(size);
}

static void frame_end(struct thread *t, union syscall_slot *frame)
{
    if (frame != &t->main.call.slot)
        frame_free(frame, *t->entry->frame_size);
}

/* Until a page has come it is what call_plain said. */
static status_t call_plain_again(struct thread *t)
{
    return t->page_came ? t->entry->plain(&t->call) : ERR_USER_PAGE;
}

/* Make the call, bringing in the user pages it asks for, until it has an answer. */
CO_FN(dispatch)
{
    status_t st;

    f->frame = frame_for(THIS_THREAD);
    THIS_THREAD->page_came = false;
    if (!f->frame) {
        finish(THIS_THREAD, ERR_NO_MEMORY);
        CO_RETURN(OK);
    }
    for (;;) {
        if (THIS_THREAD->entry->wait)
            CO_CALL_SLOT(st, *f->frame, THIS_THREAD->entry->wait, .call = &THIS_THREAD->call);
        else
            st = call_plain_again(THIS_THREAD);
        if (st != ERR_USER_PAGE)
            break;
        THREAD_PAGE_IN(st, THIS_THREAD);
        if (st != OK) {
            st = st == ERR_CANCELED ? st : ERR_FAULT;
            break;
        }
        usage_fault(THIS_THREAD);
        THIS_THREAD->page_came = true;
    }
    frame_end(THIS_THREAD, f->frame);
    finish(THIS_THREAD, st);
    CO_RETURN(OK);
}
CO_END
