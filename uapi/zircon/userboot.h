/*
 * userboot.h - the handles that the kernel gives userboot in its first message (lib/userabi of
 * June 2020). The bytes of the message are the kernel's command line: words, each with its NUL,
 * and one more NUL.
 */
#pragma once

enum userboot_handle {
    USERBOOT_PROC_SELF,
    USERBOOT_VMAR_ROOT_SELF,
    USERBOOT_ROOT_JOB,
    USERBOOT_ROOT_RESOURCE,
    USERBOOT_ZBI,
    USERBOOT_FIRST_VDSO,
    USERBOOT_LAST_VDSO = USERBOOT_FIRST_VDSO + 2,
    USERBOOT_CRASHLOG, /* the first of the kernel's files */
    USERBOOT_COUNTER_NAMES,
    USERBOOT_COUNTERS,
    USERBOOT_INSTRUMENTATION,
    USERBOOT_LAST_INSTRUMENTATION = USERBOOT_INSTRUMENTATION + 3,
    USERBOOT_HANDLES
};

#define USERBOOT_COMMAND_LINE_MAX 4096
