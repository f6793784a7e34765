/*
 * usage.c - what processes use, and the calls that tell: getrusage(2), times(2).
 */
#include "personality/linux/process/usage.h"

#include "hal/time.h"
#include "personality/linux/process/process.h"
#include "vm/aspace.h"

void usage_add(struct usage *to, const struct usage *more)
{
    to->ran_ns += more->ran_ns;
    to->kernel_ns += more->kernel_ns;
    to->minor_faults += more->minor_faults;
    to->major_faults += more->major_faults;
    to->switches += more->switches;
    to->preempted += more->preempted;
    to->read_bytes += more->read_bytes;
    to->written_bytes += more->written_bytes;
    to->reads += more->reads;
    to->writes += more->writes;
    to->max_resident = MAX(to->max_resident, more->max_resident);
}

void usage_of_thread(struct linux_thread *lt, struct usage *out)
{
    const struct thread_usage *u = &lt->thread->usage;
    const struct usage_io *io = &lt->io;
    uint64_t ran = (uint64_t)task_ran(&lt->thread->task);
    uint64_t kernel = MIN((uint64_t)u->kernel, ran);
    uint64_t runs = MAX(lt->thread->task.runs, u->preempted);

    *out = (struct usage){
        .ran_ns = ran,
        .kernel_ns = kernel,
        .minor_faults = u->minor_faults,
        .major_faults = u->major_faults,
        .switches = runs - u->preempted,
        .preempted = u->preempted,
        .read_bytes = io->read_bytes,
        .written_bytes = io->written_bytes,
        .reads = io->reads,
        .writes = io->writes,
    };
}

static void add_threads(struct linux_process *lp, struct usage *out)
{
    SPIN_GUARD(&lp->process->object.lock);

    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);
        struct usage u;

        if (t->state != THREAD_RUNNING || !t->linux_)
            continue;
        usage_of_thread(t->linux_, &u);
        usage_add(out, &u);
    }
}

/* The estimate of a moment may be more than that of the next. */
static void keep_order(struct linux_process *lp, struct usage *u)
{
    SPIN_GUARD(&lp->lock);

    u->ran_ns = MAX(u->ran_ns, lp->shown_user_ns + lp->shown_kernel_ns);
    u->kernel_ns = MIN(MAX(u->kernel_ns, lp->shown_kernel_ns), u->ran_ns - lp->shown_user_ns);
    lp->shown_kernel_ns = u->kernel_ns;
    lp->shown_user_ns = usage_user_ns(u);
}

void usage_of_process(struct linux_process *lp, struct usage *out)
{
    *out = lp->ended;
    if (lp->process)
        add_threads(lp, out);
    keep_order(lp, out);
}

static struct timeval_of_ns {
    int64_t sec, usec;
} timeval_of(uint64_t ns)
{
    return (struct timeval_of_ns){(int64_t)(ns / NS_PER_SEC),
                                  (int64_t)(ns % NS_PER_SEC / NS_PER_US)};
}

void usage_to_rusage(const struct usage *u, struct rusage *out)
{
    struct timeval_of_ns user = timeval_of(usage_user_ns(u)), system = timeval_of(u->kernel_ns);

    *out = (struct rusage){.user_sec = user.sec,
                           .user_usec = user.usec,
                           .sys_sec = system.sec,
                           .sys_usec = system.usec,
                           .maxrss = (int64_t)(u->max_resident >> 10),
                           .minflt = (int64_t)u->minor_faults,
                           .majflt = (int64_t)u->major_faults,
                           .nvcsw = (int64_t)u->switches,
                           .nivcsw = (int64_t)u->preempted};
}

uint64_t usage_resident(struct linux_process *lp)
{
    struct aspace *as = lp->process ? process_aspace(lp->process) : NULL;
    struct mapping_info info;
    uint64_t pages = 0;

    for (user_addr_t at = 0; as && aspace_next_mapping(as, at, &info) == OK;
         at = info.base + info.size) {
        pages += vmo_committed_in(info.vmo, info.offset >> PAGE_SHIFT,
                                  (info.offset + info.size) >> PAGE_SHIFT);
        vmo_put(info.vmo);
    }
    aspace_put(as);
    return pages << PAGE_SHIFT;
}

void usage_note_resident(struct linux_process *lp)
{
    uint64_t resident = usage_resident(lp);
    SPIN_GUARD(&lp->lock);

    lp->ended.max_resident = MAX(lp->ended.max_resident, resident);
}

status_t sys_getrusage(struct syscall *call)
{
    enum { RUSAGE_SELF, RUSAGE_THREAD, RUSAGE_CHILDREN = -1 };
    struct linux_process *lp = linux_process_of(call);
    struct rusage usage;
    struct usage u;

    switch ((int)call->arg[0]) {
    case RUSAGE_SELF:
        usage_note_resident(lp);
        usage_of_process(lp, &u);
        break;
    case RUSAGE_THREAD:
        usage_note_resident(lp);
        usage_of_thread(current_linux(call), &u);
        u.max_resident = lp->ended.max_resident;
        break;
    case RUSAGE_CHILDREN:
        u = lp->waited;
        break;
    default:
        return ERR_INVALID_ARGS;
    }
    usage_to_rusage(&u, &usage);
    return copy_to_user(&call->thread->user, call->arg[1], &usage, sizeof(usage));
}

enum { CLOCK_TICKS = 100 };

/* Ticks of 1/100 s; the result is the time since boot. */
status_t sys_times(struct syscall *call)
{
    const uint64_t tick = NS_PER_SEC / CLOCK_TICKS;
    struct linux_process *lp = linux_process_of(call);
    struct usage u;
    uint64_t tms[4];

    usage_of_process(lp, &u);
    tms[0] = usage_user_ns(&u) / tick;
    tms[1] = u.kernel_ns / tick;
    tms[2] = usage_user_ns(&lp->waited) / tick;
    tms[3] = lp->waited.kernel_ns / tick;
    call->result = (int64_t)((uint64_t)hal_time_now() / tick);
    return call->arg[0] ? copy_to_user(&call->thread->user, call->arg[0], tms, sizeof(tms))
                        : OK;
}
