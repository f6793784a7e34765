/*
 * dispatch.h - system call instructions of user mode raise SIGSYS; the kernel's own do not.
 */
#pragma once

/* Once, in the template, when SIGSYS has its handler: find out how. It may end the machine. */
void dispatch_setup(void);

/* In each thread that will run user mode, before it does. */
void dispatch_arm(void);
