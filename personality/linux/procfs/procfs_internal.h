/*
 * procfs_internal.h - what the files of procfs share.
 *
 * An inode below /proc/PID does not hold the process: a cached name would keep a reaped process
 * alive. Its data packs the pid with the koid, which is never used again, and each use looks
 * the process up. File numbers are the koid and, below it, which file.
 */
#pragma once

#include "fs/genfs.h"
#include "personality/linux/process/process.h"
#include "vm/aspace.h"

enum {
    PROC_INO_BITS = 24,
    PROC_INO_FD = 1 << 22,     /* + descriptor */
    PROC_INO_FDINFO = 3 << 21, /* + descriptor */
    PROC_KOID_INIT = 1,        /* stands for pid 1, which is no object; koids begin later */
};

/* The process of an inode below /proc/PID: a reference. ERR_NO_PROCESS: it is gone. */
status_t proc_process(struct inode *inode, struct linux_process **out) MUST_USE;
/* The root directory of an inode's process: a reference. */
status_t proc_root(struct inode *inode, struct path *out) MUST_USE;
/* An inode with that process's data: `index` says which file of it. */
status_t proc_inode_create(struct inode *dir, struct linux_process *lp, uint32_t index,
                           enum inode_type type, uint32_t mode, const struct gen_ops *ops,
                           struct inode **out) MUST_USE;
/* The lookup of a directory with fixed contents; they are numbered from `index` on. */
status_t proc_lookup_among(struct inode *dir, const struct gen_entry *table, unsigned count,
                           uint32_t index, struct name name, struct inode **out) MUST_USE;
uint64_t proc_ino(struct linux_process *lp, uint32_t index);
/* gen_ops.attr: they belong to whom the process does now. */
void proc_owner_attr(struct inode *inode, struct inode_attr *attr);

/* The process and thread that look, borrowed; NULL: the kernel itself. */
struct linux_thread *proc_caller(void);

/* A CPU's lines of /proc/cpuinfo after its number, of `cpus` in all; isa/ISA/cpuinfo.c. */
void isa_show_cpu(struct seq *seq, unsigned cpu, unsigned cpus);

/* Directories. */
extern const struct gen_ops proc_pid_dir_ops;
extern const struct gen_ops proc_fd_dir_ops;
extern const struct gen_ops proc_net_dir_ops;
extern const struct gen_ops proc_ns_dir_ops;
extern const struct gen_ops proc_ipc_dir_ops;
/* Links and files of a process. */
extern const struct gen_ops proc_exe_ops, proc_cwd_ops, proc_root_ops;
extern const struct gen_ops proc_cgroup_ops, proc_login_ops, proc_oom_score_ops, proc_wchan_ops,
    proc_personality_ops, proc_oom_score_adj_ops;
extern const struct gen_ops proc_fdinfo_dir_ops;
status_t proc_show_stat(struct inode *inode, struct seq *seq);
status_t proc_show_statm(struct inode *inode, struct seq *seq);
status_t proc_show_status(struct inode *inode, struct seq *seq);
status_t proc_show_limits(struct inode *inode, struct seq *seq);
status_t proc_show_io(struct inode *inode, struct seq *seq);
status_t proc_show_cmdline(struct inode *inode, struct seq *seq);
status_t proc_show_environ(struct inode *inode, struct seq *seq);
status_t proc_show_maps(struct inode *inode, struct seq *seq);
status_t proc_show_smaps(struct inode *inode, struct seq *seq);
status_t proc_show_smaps_rollup(struct inode *inode, struct seq *seq);
status_t proc_show_auxv(struct inode *inode, struct seq *seq);
status_t proc_show_mounts(struct inode *inode, struct seq *seq);
status_t proc_show_mountinfo(struct inode *inode, struct seq *seq);
status_t proc_show_mountstats(struct inode *inode, struct seq *seq);
/* Each mapping of an inode's process, in ascending order. */
struct proc_mapping {
    struct mapping_info info;
    const struct linux_layout *layout;
    struct mapping_origin *origin; /* the file's, or NULL */
    const struct path *root;       /* of the process: names are below it */
};
typedef void proc_mapping_fn(const struct proc_mapping *m, void *arg);
status_t proc_each_mapping(struct inode *inode, proc_mapping_fn *each, void *arg) MUST_USE;
/* Its line in maps. */
void proc_show_mapping(const struct proc_mapping *m, struct seq *seq);
/* Of the system. */
status_t proc_show_counters(struct inode *inode, struct seq *seq);
status_t proc_show_slabs(struct inode *inode, struct seq *seq);
extern const struct gen_ops proc_sys_ops;
extern const struct gen_entry proc_system_entries[];
extern const unsigned proc_system_count;
