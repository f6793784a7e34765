/*
 * job.h - jobs: a tree that holds processes, has rules for them, and is killed whole.
 *
 * A job that was killed takes no new members; once it has none left it is terminated: it leaves
 * its parent, which so ends after all below it.
 *
 * Lock order: the object.lock of one job at a time -> process.object.lock.
 */
#pragma once

#include "co/task.h"
#include "object/exceptionate.h"
#include "object/job_policy.h"

enum { JOB_DEPTH_MAX = 32 }; /* below the root */

struct job {
    struct object object;
    struct job *parent;   /* reference; NULL: the root */
    unsigned depth;       /* 0: the root; constant */
    struct list children; /* of job.sibling; guarded by object.lock of this job */
    struct list sibling;
    struct list processes;    /* of process.job_link; guarded by object.lock */
    int64_t return_code;      /* of the first kill; guarded by object.lock */
    bool dead;                /* killed: no new members; guarded by object.lock */
    bool terminated;          /* ... and the last member is gone; guarded by object.lock */
    bool kill_on_oom;         /* guarded by object.lock */
    struct job_policy policy; /* constant while the job has members */
    struct task_time time;    /* of processes that are gone; guarded by object.lock */
    struct exceptionate exceptions, debugger;
    char name[32];
};

/* The root job; made by job_init at boot. */
struct job *job_root(void);
void job_init(void);
/* With the parent's policy. ERR_OUT_OF_RANGE: too deep; ERR_BAD_STATE: the parent is dead. */
status_t job_create(struct job *parent, struct job **out) MUST_USE;
/* Kills every process and child job. */
void job_kill(struct job *job, int64_t return_code);

/* ERR_BAD_STATE: the job has members. Otherwise what job_policy_add says. */
status_t job_add_policy(struct job *job, bool absolute, const zx_policy_basic_v2_t *entries,
                        uint32_t count) MUST_USE;
status_t job_set_slack(struct job *job, const zx_policy_timer_slack_t *slack) MUST_USE;

/* `below` is in the job or in one below it. */
bool job_holds(const struct job *job, const struct job *below);

/* How long its processes have been on CPUs, those of jobs below it included. */
struct task_time job_time(struct job *job);

/* The koids of the first `max` members into `out`; how many there are. */
size_t job_child_koids(struct job *job, koid_t *out, size_t max);
size_t job_process_koids(struct job *job, koid_t *out, size_t max);
/* The child job or process of that koid, a reference; NULL: none. */
struct object *job_find(struct job *job, koid_t koid);

/* By process.c: in and out. ERR_BAD_STATE: the job is dead. */
struct process;
status_t job_join(struct job *job, struct process *p) MUST_USE;
void job_leave(struct job *job, struct process *p); /* idempotent */
