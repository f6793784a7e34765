/*
 * pty_test.h - for programs that test terminals: a pair of ends, and what is said between them.
 */
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "tests/linux/check.h"

/* Of a new pair, unlocked; no case gets it as its controlling terminal. */
static inline int open_master(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    CHECK(master >= 0);
    CHECK(unlockpt(master) == 0);
    return master;
}

static inline int open_terminal(int master)
{
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);

    CHECK(terminal >= 0);
    return terminal;
}

static inline void make_raw(int terminal)
{
    struct termios modes;

    CHECK(tcgetattr(terminal, &modes) == 0);
    cfmakeraw(&modes);
    CHECK(tcsetattr(terminal, TCSANOW, &modes) == 0);
}

static inline void put(int fd, const char *text)
{
    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
}

/* The next bytes to read are these, in however many reads; "": a read gives nothing, once. */
static inline void expect_read(int fd, const char *text)
{
    char seen[256];
    size_t done = 0;

    do {
        ssize_t size = read(fd, seen + done, sizeof(seen) - 1 - done);

        CHECK(size >= 0);
        if (!size && *text)
            FAIL("the end after %zu bytes, not \"%s\"", done, text);
        done += (size_t)size;
        seen[done] = '\0';
    } while (done < strlen(text));
    if (done != strlen(text) || memcmp(seen, text, done))
        FAIL("read \"%s\", not \"%s\"", seen, text);
}

/* Nothing comes, though there was time for it. */
static inline void expect_silence(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    CHECK_EQ(poll(&p, 1, 50), 0);
}

/* So many bytes have arrived. */
static inline void settle(int fd, int size)
{
    int there = 0;

    WAIT_FOR(ioctl(fd, FIONREAD, &there) == 0 && there >= size);
}

/* Steps that processes of a case have come to. */
static inline void check_shared_flag(unsigned step)
{
    __atomic_store_n((unsigned *)check_shared, step, __ATOMIC_RELEASE);
}

static inline void check_wait_flag(unsigned step)
{
    WAIT_FOR(__atomic_load_n((unsigned *)check_shared, __ATOMIC_ACQUIRE) >= step);
}
