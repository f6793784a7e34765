/*
 * ktrace_calls.c - zx_ktrace_*: the kernel's trace, with the names that belong to it.
 */
#include "co/ktrace.h"

#include "base/string.h"
#include "co/mutex.h"
#include "mm/slab.h"
#include "object/ktrace_names.h"
#include "personality/zircon/ktrace.h"
#include "personality/zircon/resource_calls.h"

/* --- calls --- */

static struct syscall_table *table; /* the personality's; constant */
/* What it had before there was a trace: strace's, or none. */
static void (*enter_before)(struct syscall *call, const struct syscall_entry *entry);
static void (*exit_before)(struct syscall *call, const struct syscall_entry *entry,
                           status_t st);

static void record_call(uint32_t tag, const struct syscall *call)
{
    if (ktrace_on(KTRACE_GRP_SYSCALL))
        ktrace_16(tag, (uint32_t)call->number << 8 | hal_cpu_id());
}

static void enter(struct syscall *call, const struct syscall_entry *entry)
{
    record_call(TAG_SYSCALL_ENTER, call);
    if (enter_before)
        enter_before(call, entry);
}

static void leave(struct syscall *call, const struct syscall_entry *entry, status_t st)
{
    if (exit_before)
        exit_before(call, entry, st);
    record_call(TAG_SYSCALL_EXIT, call);
}

void zircon_ktrace_init(struct syscall_table *of)
{
    ktrace_init();
    table = of;
    if (of->trace_enter == enter) /* hooked when the machine was on before (unit tests) */
        return;
    enter_before = of->trace_enter;
    exit_before = of->trace_exit;
}

/* For good: a call that is about to look for them may find either. */
static void hook(void)
{
    __atomic_store_n(&table->trace_enter, enter, __ATOMIC_RELAXED);
    __atomic_store_n(&table->trace_exit, leave, __ATOMIC_RELAXED);
}

/* --- probes: events of programs, by name --- */

enum { PROBES_MAX = 128, PROBE_ID_MAX = 0x7ff };

static struct spinlock probe_lock; /* outside the trace's */
static char probes[PROBES_MAX][ZX_MAX_NAME_LEN];
static uint32_t probe_count; /* numbers count from 1; both guarded by probe_lock */

/* The number of that name, perhaps a new one; 0: there is no room. */
static uint32_t probe_number(const char *name)
{
    SPIN_GUARD(&probe_lock);

    for (uint32_t i = 0; i < probe_count; i++)
        if (!strcmp(probes[i], name))
            return i + 1;
    if (probe_count == PROBES_MAX)
        return 0;
    memcpy(probes[probe_count], name, ZX_MAX_NAME_LEN);
    ktrace_name(TAG_PROBE_NAME, probe_count + 1, 0, name);
    return ++probe_count;
}

static status_t new_probe(struct syscall *call)
{
    char name[ZX_MAX_NAME_LEN];
    status_t st = call_copy_name(call, call->arg[3], sizeof(name) - 1, name);
    uint32_t number = st == OK ? probe_number(name) : 0;

    if (st == OK && !number)
        st = ERR_NO_MEMORY;
    call->result = number;
    return st;
}

/* --- control --- */

static void fill(void)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->entries[i].name)
            ktrace_name(TAG_SYSCALL_NAME, i, 0, table->entries[i].name);
    SPIN_GUARD(&probe_lock);
    for (uint32_t i = 0; i < probe_count; i++)
        ktrace_name(TAG_PROBE_NAME, i + 1, 0, probes[i]);
}

static status_t start(uint32_t groups, bool circular)
{
    status_t st = ktrace_open(fill);

    if (st != OK)
        return st;
    hook();
    ktrace_report_names(job_root());
    return ktrace_start(groups ? groups & KTRACE_GRP_ALL : KTRACE_GRP_ALL, circular);
}

status_t zircon_ktrace_control(struct syscall *call)
{
    uint32_t action = (uint32_t)call->arg[1], options = (uint32_t)call->arg[2];
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st != OK)
        return st;
    switch (action) {
    case KTRACE_ACTION_START:
    case KTRACE_ACTION_START_CIRCULAR:
        return start(options, action == KTRACE_ACTION_START_CIRCULAR);
    case KTRACE_ACTION_STOP:
        ktrace_stop();
        return OK;
    case KTRACE_ACTION_REWIND:
        st = ktrace_open(fill);
        if (st == OK)
            ktrace_rewind(fill);
        return st;
    case KTRACE_ACTION_NEW_PROBE:
        return new_probe(call);
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t zircon_ktrace_write(struct syscall *call)
{
    uint32_t id = (uint32_t)call->arg[1];
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st != OK)
        return st;
    if (id > PROBE_ID_MAX)
        return ERR_INVALID_ARGS;
    return ktrace_probe(id, (uint32_t)call->thread->object.koid, (uint32_t)call->arg[2],
                        (uint32_t)call->arg[3]);
}

/* --- reading --- */

struct zircon_ktrace_read {
    SYSCALL_FRAME;
    char *chunk; /* a page, ours */
    size_t done, part;
    struct transfer transfer;
};
CO_FITS(zircon_ktrace_read, union syscall_slot);
SYSCALL_WAIT(zircon_ktrace_read);

/* Without a place for it, only how much there is. */
CO_FN(zircon_ktrace_read)
{
    status_t st;

    st = call_resource(f->call, 0, ZX_RSRC_KIND_ROOT);
    if (st != OK)
        CO_RETURN(st);
    if (!f->call->arg[1]) {
        f->done = ktrace_size();
    } else {
        f->chunk = kmalloc(PAGE_SIZE);
        if (!f->chunk)
            CO_RETURN(ERR_NO_MEMORY);
        f->done = 0;
        do {
            f->part = ktrace_read((uint32_t)f->call->arg[2] + f->done, f->chunk,
                                  MIN(f->call->arg[3] - f->done, PAGE_SIZE));
            CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
                    .kernel = f->chunk, .user = f->call->arg[1] + f->done, .size = f->part);
            f->done += f->part;
        } while (st == OK && f->part == PAGE_SIZE);
        kfree(f->chunk);
        if (st != OK)
            CO_RETURN(st);
    }
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->done, .user = f->call->arg[4], .size = sizeof(f->done));
    CO_RETURN(st);
}
CO_END

/* --- hardware that counts: there is none for programs --- */

status_t zircon_mtrace_control(struct syscall *call)
{
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st != OK)
        return st;
    return (uint32_t)call->arg[1] == MTRACE_KIND_PERFMON ? ERR_NOT_SUPPORTED : ERR_INVALID_ARGS;
}
