/*
 * job.h - jobs: a tree that holds processes, and is killed whole.
 */
#pragma once

#include "object/exceptionate.h"

struct job {
    struct object object;
    struct job *parent;   /* reference; NULL: the root */
    struct list children; /* of job.sibling; guarded by object.lock of this job */
    struct list sibling;
    struct list processes; /* of process.job_link; guarded by object.lock */
    int64_t return_code;
    bool dead; /* killed: no new members; guarded by object.lock */
    struct exceptionate exceptions, debugger;
    char name[32];
};

/* The root job; made by job_init at boot. */
struct job *job_root(void);
void job_init(void);
/* ERR_BAD_STATE: the parent is dead. */
status_t job_create(struct job *parent, struct job **out) MUST_USE;
/* Kills every process and child job. */
void job_kill(struct job *job, int64_t return_code);
