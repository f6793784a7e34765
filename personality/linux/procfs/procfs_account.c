/*
 * procfs_account.c - /proc/PID/{cgroup,loginuid,sessionid,oom_score,wchan,personality}: how a
 * process is accounted for, which is the same for most (proc(5)).
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

const struct gen_ops proc_cgroup_ops = {.show = show_cgroup};
const struct gen_ops proc_login_ops = {.show = show_login};
const struct gen_ops proc_oom_score_ops = {.show = show_oom_score};
const struct gen_ops proc_wchan_ops = {.show = show_wchan};
const struct gen_ops proc_personality_ops = {.show = show_personality};
