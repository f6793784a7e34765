/*
 * signal_test.h - what the signal programs share: a handler that takes notes, masks, a child
 * that sends signals again and again.
 */
#pragma once

#include <signal.h>

#include "tests/linux/check.h"

static volatile int hits, order[32];
static volatile siginfo_t last;

static __attribute__((unused)) void note(int signo)
{
    order[hits++ % 32] = signo;
}

static __attribute__((unused)) void note_info(int signo, siginfo_t *info, void *context)
{
    (void)context;
    note(signo);
    last = *info;
}

static __attribute__((unused)) void handle(int signo, int flags,
                                           void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

    sigemptyset(&action.sa_mask);
    CHECK(sigaction(signo, &action, NULL) == 0);
}

static __attribute__((unused)) sigset_t set_of(int a, int b)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, a);
    if (b)
        sigaddset(&set, b);
    return set;
}

static __attribute__((unused)) void block(int a, int b)
{
    sigset_t set = set_of(a, b);

    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static __attribute__((unused)) void unblock(int a, int b)
{
    sigset_t set = set_of(a, b);

    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
}

/* A child sends us `signo` until it is killed; its pid. */
static __attribute__((unused)) pid_t pester(int signo)
{
    pid_t parent = getpid();

    return CHILD(for (;;) {
        usleep(2000);
        kill(parent, signo);
    });
}

static __attribute__((unused)) void end_child(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) != pid)
        CHECK(errno == EINTR);
}
