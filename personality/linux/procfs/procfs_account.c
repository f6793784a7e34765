/*
 * procfs_account.c - /proc/PID/{cgroup,loginuid,sessionid,oom_score,oom_score_adj,wchan,
 * personality}: how a process is accounted for, which is the same for most (proc(5)).
 */
#include "personality/linux/procfs/procfs_internal.h"

/* A file whose text does not depend on the process, as long as there is one. */
static status_t show_constant(struct inode *inode, struct seq *seq, const char *text)
{
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    seq_puts(seq, text);
    linux_process_put(lp);
    return OK;
}

/* All are in the root of the one hierarchy. */
static status_t show_cgroup(struct inode *inode, struct seq *seq)
{
    return show_constant(inode, seq, "0::/\n");
}

/* Nobody logged in: (uid_t)-1. */
static status_t show_login(struct inode *inode, struct seq *seq)
{
    return show_constant(inode, seq, "4294967295");
}

/* Memory that runs out is an error of the call that wants it: nobody is chosen to die. */
static status_t show_oom_score(struct inode *inode, struct seq *seq)
{
    return show_constant(inode, seq, "0\n");
}

/* Where it waits is not told. */
static status_t show_wchan(struct inode *inode, struct seq *seq)
{
    return show_constant(inode, seq, "0");
}

static status_t show_personality(struct inode *inode, struct seq *seq)
{
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    seq_printf(seq, "%08x\n", lp->persona);
    linux_process_put(lp);
    return OK;
}

static status_t show_oom_score_adj(struct inode *inode, struct seq *seq)
{
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    seq_printf(seq, "%d\n", lp->oom_score_adj);
    linux_process_put(lp);
    return OK;
}

/* A number with white space behind it, or nothing. */
static bool read_number(const char *text, size_t size, int *out)
{
    size_t at = size && text[0] == '-', digits = at;
    int value = 0;

    for (; at < size && text[at] >= '0' && text[at] <= '9' && value < OOM_SCORE_ADJ_MAX * 10;
         at++)
        value = value * 10 + (text[at] - '0');
    digits = at - digits;
    while (at < size && (text[at] == '\n' || text[at] == ' '))
        at++;
    *out = text[0] == '-' ? -value : value;
    return digits && at == size;
}

/* Kept and inherited, as programs expect. Only root lowers it. */
static status_t store_oom_score_adj(struct inode *inode, const char *text, size_t size)
{
    struct linux_thread *caller = proc_caller();
    struct linux_process *lp;
    int value;
    status_t st;

    if (!read_number(text, size, &value) || value < OOM_SCORE_ADJ_MIN ||
        value > OOM_SCORE_ADJ_MAX)
        return ERR_INVALID_ARGS;
    st = proc_process(inode, &lp);
    if (st != OK)
        return st;
    {
        bool privileged = !caller || credentials_has(&caller->process->cred, CAP_SYS_RESOURCE);
        SPIN_GUARD(&lp->lock);

        if (value < lp->oom_score_adj && !privileged)
            st = ERR_ACCESS_DENIED;
        else
            lp->oom_score_adj = (int16_t)value;
    }
    linux_process_put(lp);
    return st;
}

const struct gen_ops proc_oom_score_adj_ops = {.show = show_oom_score_adj,
                                               .store = store_oom_score_adj};
const struct gen_ops proc_cgroup_ops = {.show = show_cgroup};
const struct gen_ops proc_login_ops = {.show = show_login};
const struct gen_ops proc_oom_score_ops = {.show = show_oom_score};
const struct gen_ops proc_wchan_ops = {.show = show_wchan};
const struct gen_ops proc_personality_ops = {.show = show_personality};
