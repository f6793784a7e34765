/*
 * co.h - stackless coroutines: frames, calls, returns. (Waiting is in task.h.)
 *
 * A coroutine is a C function plus a frame. The frame of coroutine `foo` is `struct foo`, and
 * its first member is `struct co co`. Whatever must survive a wait lives in the frame.
 *
 *     struct foo {                      co_fn foo;              // the prototype
 *         struct co co;
 *         struct obj *obj;   // in      CO_FN(foo)
 *         uint32_t seen;     // out     {
 *         struct bar bar;    // callee      status_t st;
 *     };                                    CO_CALL(st, f->bar, bar, .obj = f->obj);
 *                                           CO_RETURN(st);
 *                                       }
 *                                       CO_END
 *
 * Inside a coroutine `f` is its frame and `task` the running task. A call first runs the callee
 * as an ordinary nested C call; if it finishes, nothing was suspended and nothing was saved.
 * If it must wait, every frame on the way out notes its line and returns CO_PENDING. Later the
 * task resumes the innermost frame directly, and each frame that finishes hands over to its
 * caller: resuming costs the same at any call depth.
 *
 * What the compiler refuses (-Wall -Wextra -Wjump-misses-init -Werror, gcc -O1 or higher):
 *   - an initialised local in scope at a wait            jump-misses-init
 *   - a lock guard (SPIN_GUARD) in scope at a wait       jump-misses-init
 *   - an uninitialised local carried over a wait         maybe-uninitialized
 *   - a wait inside a nested switch                      overflow (the cases are tagged 64-bit)
 *   - two waits on one line                              duplicate case
 *   - falling off the end without CO_RETURN              return-type
 *   - a frame that does not start with `struct co co`    static assertion
 *   - recursion by value                                 incomplete type
 */
#pragma once

#include "base/status.h"

struct task;
struct co;

enum co_poll { CO_DONE, CO_PENDING };

/* The type of every coroutine: `co_fn name;` is its prototype, `co_fn *op;` a table entry. */
typedef enum co_poll co_fn(struct task *task, struct co *co) MUST_USE;

struct co {
    co_fn *resume;     /* the coroutine this frame belongs to */
    struct co *caller; /* the frame awaiting us; NULL at a task's root */
    uint32_t line;     /* source line to resume at; 0: not started; CO_RETURNED: dead */
    status_t status;   /* valid once CO_DONE */
};

#define CO_RETURNED UINT32_MAX

/* One per coroutine, collected in section co_info, so a dump needs no symbol table. */
struct co_info {
    co_fn *resume;
    const char *name, *file;
};

/* The alignment is spelt out so that the compiler adds none and the section is an array. */
#define CO_INFO_ __attribute__((used, section("co_info"), aligned(_Alignof(struct co_info))))

/* Resumed at a line that is not one of its waits: corruption, or use after return. */
_Noreturn void co_bad_line(struct task *task, struct co *co);

/*
 * Added to every case so that one that lands in the programmer's own nested switch does not fit
 * that switch's type, and is refused. Jump tables absorb it; a compare chain pays one add.
 */
#define CO_TAG_ (1ull << 32)

#define CO_FN(name)                                                               \
    enum co_poll name(struct task *task UNUSED, struct co *co)                    \
    {                                                                             \
        CO_INFO_ static const struct co_info info_ = {name, #name, __FILE__};     \
        _Static_assert(offsetof(struct name, co) == 0, "a frame starts with co"); \
        struct name *const f UNUSED = (struct name *)co;                          \
        switch (CO_TAG_ + co->line) {                                             \
        default:                                                                  \
            co_bad_line(task, co);                                                \
        case CO_TAG_:

#define CO_END \
    }          \
    }

#define CO_PARK_()            \
    do {                      \
        co->line = __LINE__;  \
        return CO_PENDING;    \
    case CO_TAG_ + __LINE__:; \
    } while (0)

/* st = func(.arg = value, ...), with `frame` (a `struct func` lvalue) as the callee's frame. */
#define CO_CALL(st, frame, func, ...)                                               \
    do {                                                                            \
        (frame) = (struct func){.co = {.resume = func, .caller = co}, __VA_ARGS__}; \
        if (func(task, &(frame).co) == CO_PENDING)                                  \
            CO_PARK_();                                                             \
        (st) = (frame).co.status;                                                   \
    } while (0)

/*
 * Call through a table: the callee's frame is built in a slot sized by the table's owner. Only
 * the common prefix `head` is initialised; the callee sets what it reads beyond that.
 * Each implementer proves with CO_FITS that its frame fits the slot.
 */
#define CO_CALL_SLOT(st, slot, func, ...)                                               \
    do {                                                                                \
        (slot).head =                                                                   \
            (typeof((slot).head)){.co = {.resume = (func), .caller = co}, __VA_ARGS__}; \
        if ((slot).head.co.resume(task, &(slot).head.co) == CO_PENDING)                 \
            CO_PARK_();                                                                 \
        (st) = (slot).head.co.status;                                                   \
    } while (0)

#define CO_FITS(name, slot_type) \
    _Static_assert(sizeof(struct name) <= sizeof(slot_type), "frame outgrew its slot")

/*
 * CO_CALL in two halves, for plain code between a coroutine and its callee: CO_BEGIN starts
 * `func` on behalf of the coroutine whose frame is `caller_co`, and says whether it is pending;
 * if so that coroutine comes to CO_JOIN next.
 */
#define CO_BEGIN(task, caller_co, frame, func, ...)                                       \
    ((frame) = (struct func){.co = {.resume = func, .caller = (caller_co)}, __VA_ARGS__}, \
     func(task, &(frame).co) == CO_PENDING)
#define CO_JOIN() CO_PARK_()

#define CO_RETURN(st)           \
    do {                        \
        co->status = (st);      \
        co->line = CO_RETURNED; \
        return CO_DONE;         \
    } while (0)
