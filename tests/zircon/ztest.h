/*
 * ztest.h - the frame of the native test programs: cases, checks, threads and child processes.
 *
 *     CASE(ChannelTest, Basic)
 *     {
 *         zx_handle_t a, b;
 *
 *         ASSERT_OK(zx_channel_create(0, &a, &b));
 *         EXPECT_EQ(zx_channel_write(a, 1, NULL, 0, NULL, 0), ZX_ERR_INVALID_ARGS);
 *         ...
 *     }
 *
 * Suites and cases have the names that Zircon's own core tests have, where they test the same:
 * tests/zircon/cases tells which of those are covered. A program runs all its cases, or those
 * whose names begin with one of its arguments, and says "ok SUITE.CASE" or "not ok SUITE.CASE
 * WHERE: WHY". A case that leaves the process with more handles than before has failed.
 */
#pragma once

#ifdef __cplusplus /* with the headers of the SDK */
#include <zircon/runtime.h>
extern "C" {
struct image { /* user/zircon/load.h */
    zx_vaddr_t base, entry;
};
#else
#include "uapi/zircon/limits.h"
#include "user/zircon/load.h"
#endif

struct ztest_case {
    const char *name;
    void (*run)(void);
};

#define CASE(suite, case_name)                                                            \
    static void suite##_##case_name(void);                                                \
    __attribute__((used, section("ztest_cases"),                                          \
                   aligned(8))) static const struct ztest_case suite##_##case_name##_ = { \
        #suite "." #case_name, suite##_##case_name};                                      \
    static void suite##_##case_name(void)

/* Of a check that failed, from any thread; the first one is told. */
void ztest_fail(const char *where, const char *what, int64_t left, int64_t right);

#define ZTEST_TEXT_(x) #x
#define ZTEST_LINE_(x) ZTEST_TEXT_(x)
#define ZTEST_WHERE    __FILE__ ":" ZTEST_LINE_(__LINE__)

/* Note a failure and go on; the value is whether it holds. */
#define EXPECT_OP_(a, op, b)                                    \
    ({                                                          \
        int64_t a_ = (int64_t)(a), b_ = (int64_t)(b);           \
        int holds_ = a_ op b_;                                  \
        if (!holds_)                                            \
            ztest_fail(ZTEST_WHERE, #a " " #op " " #b, a_, b_); \
        holds_;                                                 \
    })
#define EXPECT_EQ(a, b) ((void)EXPECT_OP_(a, ==, b))
#define EXPECT_NE(a, b) ((void)EXPECT_OP_(a, !=, b))
#define EXPECT_GE(a, b) ((void)EXPECT_OP_(a, >=, b))
#define EXPECT_GT(a, b) ((void)EXPECT_OP_(a, >, b))
#define EXPECT_LE(a, b) ((void)EXPECT_OP_(a, <=, b))
#define EXPECT_LT(a, b) ((void)EXPECT_OP_(a, <, b))
#define EXPECT_OK(call) EXPECT_EQ(call, ZX_OK)
#define EXPECT_TRUE(x)  ((void)EXPECT_OP_(!!(x), ==, 1))
#define EXPECT_FALSE(x) ((void)EXPECT_OP_(!!(x), ==, 0))
#define FAIL(what)      ztest_fail(ZTEST_WHERE, what, 0, 0)

/* The same, and return from the function, which is void. */
#define ASSERT_OP_(a, op, b)       \
    do {                           \
        if (!EXPECT_OP_(a, op, b)) \
            return;                \
    } while (0)
#define ASSERT_EQ(a, b) ASSERT_OP_(a, ==, b)
#define ASSERT_NE(a, b) ASSERT_OP_(a, !=, b)
#define ASSERT_GE(a, b) ASSERT_OP_(a, >=, b)
#define ASSERT_GT(a, b) ASSERT_OP_(a, >, b)
#define ASSERT_OK(call) ASSERT_EQ(call, ZX_OK)
#define ASSERT_TRUE(x)  ASSERT_OP_(!!(x), ==, 1)

/* Optional: makes what the cases share, before the first; it goes with the process. */
void ztest_setup(void) __attribute__((weak));

enum { PAGE = 4096 };

/* The handles of the start-up message. A Linux program has no resource: 0. */
zx_handle_t ztest_process(void);
zx_handle_t ztest_root_vmar(void);
zx_handle_t ztest_job(void);
zx_handle_t ztest_root_resource(void);

/* A deadline so long from now. */
zx_time_t ztest_after(zx_duration_t duration);
#define ZTEST_MSEC(n) ((zx_duration_t)(n)*1000000)

/* A handle's koid and its rights; 0: it is bad. */
zx_koid_t ztest_koid(zx_handle_t handle);
zx_rights_t ztest_rights(zx_handle_t handle);
/* What ZX_INFO_TASK_RUNTIME says of a thread, a process or a job. */
zx_info_task_runtime_t ztest_runtime(zx_handle_t task);
/* A duplicate with fewer rights; 0, and a failure, if there is none. */
zx_handle_t ztest_without(zx_handle_t handle, zx_rights_t rights);

/* Threads of this process. fn's return ends the thread. */
struct ztest_thread {
    zx_handle_t handle;
    void (*fn)(void *arg);
    void *arg;
    zx_vaddr_t stack; /* mapped memory of ZTEST_STACK bytes */
};
enum { ZTEST_STACK = 64 * 1024 };

zx_status_t ztest_thread_start(struct ztest_thread *t, void (*fn)(void *arg), void *arg);
/* Waits for its end and gives back what it had. */
void ztest_thread_join(struct ztest_thread *t);

/*
 * Child processes: this program again, which runs the function of that name instead of the
 * cases, with the child's end of a channel; its value is the return code.
 */
struct ztest_child_entry {
    const char *name;
    int (*run)(zx_handle_t channel);
};

#define CHILD(child_name)                                                               \
    static int child_name(zx_handle_t channel);                                         \
    __attribute__((used, section("ztest_children"),                                     \
                   aligned(8))) static const struct ztest_child_entry child_name##_ = { \
        #child_name, child_name};                                                       \
    static int child_name(zx_handle_t channel)

struct ztest_child {
    zx_handle_t process, thread, vmar;
    zx_handle_t channel;            /* our end */
    zx_handle_t bootstrap, starter; /* the start-up message is in: its end, and ours */
    struct image program, vdso;
    zx_vaddr_t stack; /* in the child: ZTEST_STACK bytes from here */
};

/* All made and loaded below `job`; not started. */
zx_status_t ztest_child_create(struct ztest_child *c, zx_handle_t job, const char *name);
zx_status_t ztest_child_start(struct ztest_child *c);
/* Both; failures are noted. False: there is none. */
int ztest_child_run(struct ztest_child *c, zx_handle_t job, const char *name);
/* Waits for its end and closes the handles; its return code. */
int64_t ztest_child_join(struct ztest_child *c);

#ifdef __cplusplus
}
#endif
