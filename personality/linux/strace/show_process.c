/*
 * show_process.c - signals, programs, limits and ends of processes.
 */
#include "personality/linux/process/process.h"
#include "personality/linux/signal/sigaction.h"
#include "personality/linux/strace/names.h"
#include "personality/linux/strace/show.h"

enum { STRINGS_SHOWN = 32, STRINGS_COUNTED = 4096 };

/* ---- signals ---- */

static void add_set(struct trace *t, sigset_t_ set)
{
    const char *between = "";

    for (int signo = 1; signo <= SIGNALS; signo++) {
        const struct trace_name *name = trace_find_name(&names_signal, (uint64_t)signo);

        if (!(set & SIGMASK(signo)))
            continue;
        if (name)
            trace_add(t, "%s%s", between, name->name + 3); /* without SIG */
        else if (signo == SIGRTMIN_)
            trace_add(t, "%sRTMIN", between);
        else
            trace_add(t, "%sRT_%d", between, signo - SIGRTMIN_);
        between = " ";
    }
}

static unsigned members(sigset_t_ set)
{
    unsigned count = 0;

    for (; set; set &= set - 1)
        count++;
    return count;
}

/* By what it lacks, if that is shorter. */
static void add_sigset(struct trace *t, sigset_t_ set)
{
    bool most = members(set) > SIGNALS / 2;

    trace_add(t, most ? "~[" : "[");
    add_set(t, most ? ~set : set);
    trace_add(t, "]");
}

void show_at_sigset(struct trace *t, uint64_t value)
{
    sigset_t_ set;

    if (trace_read(t, &set, value, sizeof(set)))
        add_sigset(t, set);
}

/* pselect6's last argument: the address of a set, and its size. */
void show_at_sigset_pair(struct trace *t, uint64_t value)
{
    uint64_t pair[2];

    if (!trace_read(t, pair, value, sizeof(pair)))
        return;
    trace_add(t, "{sigmask=");
    show_at_sigset(t, pair[0]);
    trace_add(t, ", sigsetsize=%lu}", (unsigned long)pair[1]);
}

void show_at_sigaction(struct trace *t, uint64_t value)
{
    struct signal_action action = {0};

    if (!value || sigaction_read(t->call, value, &action) != OK) {
        trace_add_address(t, value);
        return;
    }
    trace_add(t, "{sa_handler=");
    trace_add_names(t, &names_handler, action.handler);
    trace_add(t, ", sa_mask=");
    add_sigset(t, action.mask);
    trace_add(t, ", sa_flags=");
    trace_add_names(t, &names_sigaction, action.flags);
    if (action.flags & SA_RESTORER)
        trace_add(t, ", sa_restorer=%#lx", (unsigned long)action.restorer);
    trace_add(t, "}");
}

void show_at_sigstack(struct trace *t, uint64_t value)
{
    struct {
        uint64_t base;
        int32_t flags;
        uint64_t size;
    } stack;

    if (!trace_read(t, &stack, value, sizeof(stack)))
        return;
    trace_add(t, "{ss_sp=");
    trace_add_address(t, stack.base);
    trace_add(t, ", ss_flags=");
    trace_add_names(t, &names_sigstack, (uint32_t)stack.flags);
    trace_add(t, ", ss_size=%lu}", (unsigned long)stack.size);
}

/* The names of codes that the kernel gives with this signal. */
static const struct trace_names *codes_of(int signo)
{
    switch (signo) {
    case SIGCHLD:
        return &names_si_chld;
    case SIGSEGV:
        return &names_si_segv;
    case SIGBUS:
        return &names_si_bus;
    case SIGFPE:
        return &names_si_fpe;
    case SIGILL:
        return &names_si_ill;
    case SIGTRAP:
        return &names_si_trap;
    default:
        return &names_si_code;
    }
}

static void add_code(struct trace *t, int signo, int code)
{
    bool general = code <= SI_USER || code == SI_KERNEL;

    trace_add_names(t, general ? &names_si_code : codes_of(signo), (uint32_t)code);
}

static void add_child(struct trace *t, const struct siginfo *info)
{
    trace_add(t, ", si_pid=%d, si_uid=%u, si_status=", info->child.pid, info->child.uid);
    if (info->code == CLD_EXITED)
        trace_add(t, "%d", info->child.status);
    else
        trace_add_signal(t, info->child.status);
    trace_add(t, ", si_utime=%ld, si_stime=%ld", (long)info->child.utime,
              (long)info->child.stime);
}

void trace_add_signal(struct trace *t, int signo)
{
    const struct trace_name *name = trace_find_name(&names_signal, (uint64_t)signo);

    if (name)
        trace_add(t, "%s", name->name);
    else if (signo == SIGRTMIN_)
        trace_add(t, "SIGRTMIN");
    else if (signo > SIGRTMIN_ && signo <= SIGNALS)
        trace_add(t, "SIGRT_%d", signo - SIGRTMIN_);
    else
        trace_add(t, "%d", signo);
}

void trace_add_siginfo(struct trace *t, const struct siginfo *info)
{
    trace_add(t, "{si_signo=");
    trace_add_signal(t, info->signo);
    trace_add(t, ", si_code=");
    add_code(t, info->signo, info->code);
    if (info->code == SI_TIMER)
        trace_add(t, ", si_timerid=%d, si_overrun=%d", info->timer.id, info->timer.overrun);
    else if (info->signo == SIGCHLD && info->code > SI_USER)
        add_child(t, info);
    else if (info->code <= SI_USER)
        trace_add(t, ", si_pid=%d, si_uid=%u", info->rt.pid, info->rt.uid);
    else if (info->code != SI_KERNEL)
        trace_add(t, ", si_addr=%#lx", (unsigned long)info->fault.addr);
    trace_add(t, "}");
}

void show_at_siginfo(struct trace *t, uint64_t value)
{
    struct siginfo info;

    if (trace_read(t, &info, value, sizeof(info)))
        trace_add_siginfo(t, &info);
}

/* ---- programs ---- */

void show_at_strings(struct trace *t, uint64_t value)
{
    uint64_t string;

    if (!value) {
        trace_add_address(t, value);
        return;
    }
    trace_add(t, "[");
    for (unsigned i = 0;; i++) {
        if (i && i == STRINGS_SHOWN) {
            trace_add(t, ", ...");
            break;
        }
        if (!trace_read(t, &string, value + i * sizeof(string), sizeof(string)) || !string)
            break;
        trace_add(t, "%s", i ? ", " : "");
        trace_add_string(t, string, TRACE_BYTES);
    }
    trace_add(t, "]");
}

void show_at_environment(struct trace *t, uint64_t value)
{
    uint64_t string;
    unsigned count = 0;

    trace_add_address(t, value);
    while (value && count < STRINGS_COUNTED) {
        if (!trace_read(t, &string, value + count * sizeof(string), sizeof(string)))
            return;
        if (!string)
            break;
        count++;
    }
    if (value)
        trace_add(t, " /* %u vars */", count);
}

void show_at_clone_args(struct trace *t, uint64_t value)
{
    uint64_t args[8]; /* flags, pidfd, child_tid, parent_tid, exit_signal, stack, size, tls */

    if (!trace_read(t, args, value, sizeof(args)))
        return;
    trace_add(t, "{flags=");
    trace_add_names(t, &names_clone, args[0]);
    trace_add(t, ", exit_signal=");
    trace_add_signal(t, (int)args[4]);
    trace_add(t, ", stack=");
    trace_add_address(t, args[5]);
    trace_add(t, ", stack_size=%#lx}", (unsigned long)args[6]);
}

void show_prctl_arg(struct trace *t, uint64_t value)
{
    enum { PR_SET_PDEATHSIG = 1, PR_SET_NAME = 15 };

    if (t->call->arg[0] == PR_SET_NAME)
        trace_add_string(t, value, TRACE_BYTES);
    else if (t->call->arg[0] == PR_SET_PDEATHSIG)
        trace_add_signal(t, (int)value);
    else
        show_x64(t, value);
}

/* ---- ends and limits ---- */

void show_at_wait_status(struct trace *t, uint64_t value)
{
    uint32_t ws;

    if (!t->call->result) { /* nobody was found: nothing was written */
        trace_add_address(t, value);
        return;
    }
    if (!trace_read(t, &ws, value, sizeof(ws)))
        return;
    if (ws == WAIT_CONTINUED_CODE) {
        trace_add(t, "[{WIFCONTINUED(s)}]");
    } else if ((ws & 0xff) == 0x7f) {
        trace_add(t, "[{WIFSTOPPED(s) && WSTOPSIG(s) == ");
        trace_add_signal(t, (int)(ws >> 8 & 0xff));
        trace_add(t, "}]");
    } else if (ws & 0x7f) {
        trace_add(t, "[{WIFSIGNALED(s) && WTERMSIG(s) == ");
        trace_add_signal(t, (int)(ws & 0x7f));
        trace_add(t, ws & WAIT_CORE ? " && WCOREDUMP(s)}]" : "}]");
    } else {
        trace_add(t, "[{WIFEXITED(s) && WEXITSTATUS(s) == %u}]", ws >> 8 & 0xff);
    }
}

static void add_limit(struct trace *t, uint64_t limit)
{
    if (limit == UINT64_MAX)
        trace_add(t, "RLIM64_INFINITY");
    else if (limit > 1024 && limit % 1024 == 0)
        trace_add(t, "%lu*1024", (unsigned long)limit / 1024);
    else
        trace_add(t, "%lu", (unsigned long)limit);
}

void show_at_rlimit(struct trace *t, uint64_t value)
{
    struct rlimit limit;

    if (!trace_read(t, &limit, value, sizeof(limit)))
        return;
    trace_add(t, "{rlim_cur=");
    add_limit(t, limit.soft);
    trace_add(t, ", rlim_max=");
    add_limit(t, limit.hard);
    trace_add(t, "}");
}

void show_at_rusage(struct trace *t, uint64_t value)
{
    int64_t usage[4]; /* user and system time; there is more */

    if (trace_read(t, usage, value, sizeof(usage)))
        trace_add(t,
                  "{ru_utime={tv_sec=%ld, tv_usec=%ld}, ru_stime={tv_sec=%ld, tv_usec=%ld}, "
                  "...}",
                  (long)usage[0], (long)usage[1], (long)usage[2], (long)usage[3]);
}

void show_at_cpus(struct trace *t, uint64_t value)
{
    const char *between = "";
    uint64_t cpus;

    if (!trace_read(t, &cpus, value, sizeof(cpus)))
        return;
    trace_add(t, "[");
    for (unsigned i = 0; i < 64; i++) {
        if (cpus >> i & 1) {
            trace_add(t, "%s%u", between, i);
            between = " ";
        }
    }
    trace_add(t, "]");
}
