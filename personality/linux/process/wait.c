/*
 * wait.c - wait4 and waitid (wait(2)).
 */
#include "co/waiter.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/pidfd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/result_copy.h"

enum {
    WNOHANG = 1,
    WUNTRACED = 2, /* waitid: WSTOPPED */
    WEXITED = 4,
    WCONTINUED = 8,
    WNOWAIT = 0x01000000,
    WNOTHREAD = 0x20000000,
    WALL = 0x40000000,
    WCLONE = (int)0x80000000,
};

enum { P_ALL, P_PID, P_PGID, P_PIDFD };

/* Which children, and what kind of news. */
struct wait_for {
    int idtype;
    pid_t_ id;
    struct linux_process *only; /* P_PIDFD's: a reference; NULL */
    unsigned options;
    pid_t_ caller; /* the thread */
};

struct wait_news {
    pid_t_ pid; /* 0: none yet */
    uint32_t uid, status;
    int code; /* CLD_* */
    struct usage usage;
    struct linux_process *gone; /* a reaped zombie: the pid table's reference */
};

static bool is_meant(const struct wait_for *w, const struct linux_process *child)
{
    return w->idtype == P_ALL || (w->idtype == P_PID && child->pid == w->id) ||
           (w->idtype == P_PGID && child->pgrp == w->id) ||
           (w->idtype == P_PIDFD && child == w->only);
}

/* Children that tell of their end otherwise than by SIGCHLD are "clones", and waited for only
 * by who asks for those. */
static bool matches(const struct wait_for *w, const struct linux_process *child)
{
    bool clone = child->exit_signal != SIGCHLD;

    if (w->options & WNOTHREAD && child->forked_by != w->caller)
        return false;
    if (!(w->options & WALL) && clone != !!(w->options & WCLONE))
        return false;
    return is_meant(w, child);
}

static int exit_cause(uint32_t ws)
{
    return !(ws & 0x7f) ? CLD_EXITED : ws & WAIT_CORE ? CLD_DUMPED : CLD_KILLED;
}

/* Has this child news of the kind wanted? Takes it, unless WNOWAIT. family_lock held. */
static bool take_news(const struct wait_for *w, struct linux_process *child,
                      struct wait_news *news)
{
    bool keep = w->options & WNOWAIT;

    if (child->zombie && w->options & WEXITED) {
        news->status = child->wait_status;
        news->code = exit_cause(child->wait_status);
        if (!keep) {
            linux_process_reap_locked(child);
            news->gone = child;
        }
    } else if (child->stop_news && w->options & WUNTRACED) {
        news->status = WAIT_STOPPED(child->signals.stop_signal);
        news->code = CLD_STOPPED;
        child->stop_news = keep;
    } else if (child->continue_news && w->options & WCONTINUED) {
        news->status = WAIT_CONTINUED_CODE;
        news->code = CLD_CONTINUED;
        child->continue_news = keep;
    } else {
        return false;
    }
    news->pid = child->pid;
    news->uid = child->cred.uid;
    usage_of_process(child, &news->usage);
    usage_add(&news->usage, &child->waited);
    return true;
}

/* OK with news, ERR_SHOULD_WAIT, or ERR_NO_CHILD. */
static status_t look(struct linux_process *lp, const struct wait_for *w, struct wait_news *news)
{
    status_t st = ERR_NO_CHILD;
    SPIN_GUARD(&family_lock);

    list_for_each_safe (it, &lp->children) {
        struct linux_process *child = container_of(it, struct linux_process, sibling);

        if (!matches(w, child))
            continue;
        if (take_news(w, child, news)) {
            if (news->gone)
                usage_add(&lp->waited, &news->usage);
            return OK;
        }
        st = ERR_SHOULD_WAIT;
    }
    return st;
}

/* Wait for news of a child. OK, and news.pid 0 only with WNOHANG; ERR_NO_CHILD; interrupted. */
struct child_wait {
    struct co co;
    struct linux_process *lp;
    struct wait_for want;
    struct wait_news news;
    struct waiter waiter;
};
static co_fn child_wait;

static CO_FN(child_wait)
{
    status_t st;

    for (;;) {
        wait_queue_arm(&f->lp->children_changed, &f->waiter, task);
        st = look(f->lp, &f->want, &f->news);
        if (st != ERR_SHOULD_WAIT || f->want.options & WNOHANG) {
            wait_queue_disarm(&f->lp->children_changed, &f->waiter);
            break;
        }
        CO_WAIT_UNTIL(waiter_fired(&f->waiter));
        wait_queue_disarm(&f->lp->children_changed, &f->waiter);
        if (!waiter_fired(&f->waiter))
            CO_RETURN(task_interrupted_status(task));
    }
    linux_process_put(f->news.gone);
    f->news.gone = NULL;
    CO_RETURN(st == ERR_SHOULD_WAIT ? OK : st);
}
CO_END

static struct wait_for select_pid(struct syscall *call, pid_t_ pid, unsigned options)
{
    struct linux_process *lp = linux_process_of(call);
    struct wait_for w = {.options = options, .caller = current_linux(call)->tid};

    if (pid > 0)
        w.idtype = P_PID, w.id = pid;
    else if (pid == 0)
        w.idtype = P_PGID, w.id = lp->pgrp;
    else if (pid < -1)
        w.idtype = P_PGID, w.id = -pid;
    return w;
}

struct sys_wait4 {
    SYSCALL_FRAME;
    struct child_wait wait;
    struct result_copy copy;
    int32_t status;
    struct rusage usage;
};
SYSCALL_WAIT(sys_wait4);

CO_FN(sys_wait4)
{
    status_t st;

    if ((uint32_t)f->call->arg[2] &
        ~(uint32_t)(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WALL | WCLONE))
        CO_RETURN(ERR_INVALID_ARGS);
    if ((pid_t_)f->call->arg[0] == INT32_MIN)
        CO_RETURN(ERR_NO_PROCESS);
    CO_CALL(st, f->wait, child_wait, .lp = linux_process_of(f->call),
            .want = select_pid(f->call, (pid_t_)f->call->arg[0],
                               (unsigned)f->call->arg[2] | WEXITED));
    if (st != OK)
        CO_RETURN(st);
    f->call->result = f->wait.news.pid;
    if (!f->wait.news.pid)
        CO_RETURN(OK);
    f->status = (int32_t)f->wait.news.status;
    if (f->call->arg[1])
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[1],
                .from = &f->status, .size = sizeof(f->status));
    if (st == OK && f->call->arg[3]) {
        usage_to_rusage(&f->wait.news.usage, &f->usage);
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[3],
                .from = &f->usage, .size = sizeof(f->usage));
    }
    CO_RETURN(st);
}
CO_END

static struct siginfo child_info(const struct wait_news *news)
{
    struct siginfo info = {0};

    if (!news->pid)
        return info;
    info.signo = SIGCHLD;
    info.code = news->code;
    info.child.pid = news->pid;
    info.child.uid = news->uid;
    info.child.status = news->code == CLD_EXITED      ? (int32_t)(news->status >> 8 & 0xff)
                        : news->code == CLD_STOPPED   ? (int32_t)(news->status >> 8 & 0xff)
                        : news->code == CLD_CONTINUED ? SIGCONT
                                                      : (int32_t)(news->status & 0x7f);
    return info;
}

struct sys_waitid {
    SYSCALL_FRAME;
    struct child_wait wait;
    struct result_copy copy;
    struct wait_for want;
    bool nonblock; /* the pidfd's: nothing there is EAGAIN */
    struct siginfo info;
    struct rusage usage;
};
SYSCALL_WAIT(sys_waitid);

static status_t waitid_args(struct syscall *call, struct wait_for *w, bool *nonblock)
{
    pid_t_ id = (pid_t_)call->arg[1];

    w->options = (unsigned)call->arg[3];
    w->idtype = (int)call->arg[0];
    w->id = id;
    w->only = NULL;
    w->caller = current_linux(call)->tid;
    *nonblock = false;
    if (w->options & ~(unsigned)(WNOHANG | WUNTRACED | WEXITED | WCONTINUED | WNOWAIT |
                                 WNOTHREAD | WALL | WCLONE) ||
        !(w->options & (WEXITED | WUNTRACED | WCONTINUED)))
        return ERR_INVALID_ARGS;
    if ((unsigned)w->idtype > P_PIDFD || (w->idtype == P_PID && id <= 0) ||
        (w->idtype >= P_PGID && id < 0))
        return ERR_INVALID_ARGS;
    if (w->idtype == P_PIDFD)
        return pidfd_process(call, id, &w->only, nonblock);
    if (w->idtype == P_PGID && id == 0)
        w->id = linux_process_of(call)->pgrp;
    return OK;
}

CO_FN(sys_waitid)
{
    status_t st;

    st = waitid_args(f->call, &f->want, &f->nonblock);
    if (st != OK)
        CO_RETURN(st);
    f->nonblock = f->nonblock && !(f->want.options & WNOHANG);
    f->want.options |= f->nonblock ? WNOHANG : 0;
    CO_CALL(st, f->wait, child_wait, .lp = linux_process_of(f->call), .want = f->want);
    linux_process_put(f->want.only);
    if (st == OK && f->nonblock && !f->wait.news.pid)
        st = ERR_SHOULD_WAIT;
    if (st != OK)
        CO_RETURN(st);
    f->info = child_info(&f->wait.news);
    if (f->call->arg[2])
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[2],
                .from = &f->info, .size = sizeof(f->info));
    if (st == OK && f->call->arg[4] && f->wait.news.pid) {
        usage_to_rusage(&f->wait.news.usage, &f->usage);
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[4],
                .from = &f->usage, .size = sizeof(f->usage));
    }
    CO_RETURN(st);
}
CO_END
