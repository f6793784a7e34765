/*
 * show_event.c - times, readiness, and what the system says of itself.
 */
#include "base/string.h"
#include "isa/linux_abi.h"
#include "personality/linux/strace/names.h"
#include "personality/linux/strace/show.h"

#define ELEMENTS_SHOWN 32u

/* ---- times ---- */

static void add_timespec(struct trace *t, const int64_t time[2])
{
    trace_add(t, "{tv_sec=%ld, tv_nsec=%ld}", (long)time[0], (long)time[1]);
}

static void add_timeval(struct trace *t, const int64_t time[2])
{
    trace_add(t, "{tv_sec=%ld, tv_usec=%ld}", (long)time[0], (long)time[1]);
}

void show_at_timespec(struct trace *t, uint64_t value)
{
    int64_t time[2];

    if (trace_read(t, time, value, sizeof(time)))
        add_timespec(t, time);
}

void show_at_timeval(struct trace *t, uint64_t value)
{
    int64_t time[2];

    if (trace_read(t, time, value, sizeof(time)))
        add_timeval(t, time);
}

typedef void add_time_fn(struct trace *t, const int64_t time[2]);

/* A pair of times: [A, B], or, with names, {FIRST=A, SECOND=B}. */
static void show_times(struct trace *t, uint64_t value, add_time_fn *add, const char *first,
                       const char *second)
{
    int64_t times[4];

    if (!trace_read(t, times, value, sizeof(times)))
        return;
    trace_add(t, "%s", first);
    add(t, times);
    trace_add(t, "%s", second);
    add(t, times + 2);
    trace_add(t, *first == '[' ? "]" : "}");
}

void show_at_timespecs(struct trace *t, uint64_t value)
{
    show_times(t, value, add_timespec, "[", ", ");
}

void show_at_timevals(struct trace *t, uint64_t value)
{
    show_times(t, value, add_timeval, "[", ", ");
}

void show_at_itimerspec(struct trace *t, uint64_t value)
{
    show_times(t, value, add_timespec, "{it_interval=", ", it_value=");
}

void show_at_itimerval(struct trace *t, uint64_t value)
{
    show_times(t, value, add_timeval, "{it_interval=", ", it_value=");
}

/* The fourth argument is a timeout for those that wait, and a number for others. */
void show_futex_timeout(struct trace *t, uint64_t value)
{
    enum { WAIT = 0, LOCK_PI = 6, WAIT_BITSET = 9, WAIT_REQUEUE_PI = 11, COMMAND = 0x7f };
    uint64_t command = t->call->arg[1] & COMMAND;

    if (command == WAIT || command == LOCK_PI || command == WAIT_BITSET ||
        command == WAIT_REQUEUE_PI)
        show_at_timespec(t, value);
    else
        trace_add_address(t, value);
}

/* ---- readiness ---- */

struct pollfd_user {
    int32_t fd;
    uint16_t events, revents;
};

void show_at_pollfd(struct trace *t, uint64_t value)
{
    uint64_t count = (uint32_t)t->call->arg[t->index + 1];
    struct pollfd_user fd;

    trace_add(t, "[");
    for (uint64_t i = 0; i < MIN(count, (uint64_t)ELEMENTS_SHOWN); i++) {
        trace_add(t, "%s", i ? ", " : "");
        if (!trace_read(t, &fd, value + i * sizeof(fd), sizeof(fd)))
            break;
        trace_add(t, "{fd=%d, events=", fd.fd);
        trace_add_names(t, &names_poll, fd.events);
        trace_add(t, "}");
    }
    trace_add(t, count > ELEMENTS_SHOWN ? ", ...]" : "]");
}

/* Those that are ready. */
void result_poll(struct trace *t, int64_t result)
{
    uint64_t count = (uint32_t)t->call->arg[1];
    const char *between = " ([";
    struct pollfd_user fd;

    trace_add(t, "%ld%s", (long)result, result ? "" : " (Timeout)");
    for (uint64_t i = 0; result && i < MIN(count, (uint64_t)ELEMENTS_SHOWN); i++) {
        if (!trace_read(t, &fd, t->call->arg[0] + i * sizeof(fd), sizeof(fd)))
            return;
        if (!fd.revents)
            continue;
        trace_add(t, "%s{fd=%d, revents=", between, fd.fd);
        trace_add_names(t, &names_poll, fd.revents);
        trace_add(t, "}");
        between = ", ";
    }
    trace_add(t, *between == ',' ? "])" : "");
}

static bool add_fdset(struct trace *t, uint64_t value)
{
    uint32_t count = MIN((uint32_t)t->call->arg[0], 1024u);
    const char *between = "";
    uint64_t set[1024 / 64];

    if (!trace_read(t, set, value, (count + 63) / 64 * 8))
        return false;
    trace_add(t, "[");
    for (uint32_t fd = 0; fd < count; fd++) {
        if (set[fd / 64] >> fd % 64 & 1) {
            trace_add(t, "%s%u", between, fd);
            between = " ";
        }
    }
    trace_add(t, "]");
    return true;
}

void show_at_fdset(struct trace *t, uint64_t value)
{
    if (value && t->call->arg[0])
        (void)add_fdset(t, value);
    else
        trace_add_address(t, value);
}

void result_select(struct trace *t, int64_t result)
{
    static const char *const names[] = {"in ", "out ", "except "};
    const char *between = " (";

    trace_add(t, "%ld%s", (long)result, result ? "" : " (Timeout)");
    for (unsigned i = 0; result && i < countof(names); i++) {
        if (!t->call->arg[i + 1])
            continue;
        trace_add(t, "%s%s", between, names[i]);
        if (!add_fdset(t, t->call->arg[i + 1]))
            break;
        between = ", ";
    }
    trace_add(t, *between == ',' ? ")" : "");
}

void show_at_epoll_event(struct trace *t, uint64_t value)
{
    unsigned char event[EPOLL_EVENT_SIZE];
    uint32_t events, low;
    uint64_t data;

    if (!trace_read(t, event, value, sizeof(event)))
        return;
    memcpy(&events, event, sizeof(events));
    memcpy(&data, event + EPOLL_EVENT_DATA, sizeof(data));
    low = (uint32_t)data;
    trace_add(t, "{events=");
    trace_add_names(t, &names_epoll, events);
    trace_add(t, ", data={u32=%u, u64=%lu}}", low, (unsigned long)data);
}

/* As many as the result says. */
void show_at_epoll_events(struct trace *t, uint64_t value)
{
    uint64_t count = (uint64_t)t->call->result;

    trace_add(t, "[");
    for (uint64_t i = 0; i < MIN(count, (uint64_t)ELEMENTS_SHOWN); i++) {
        trace_add(t, "%s", i ? ", " : "");
        show_at_epoll_event(t, value + i * EPOLL_EVENT_SIZE);
    }
    trace_add(t, count > ELEMENTS_SHOWN ? ", ...]" : "]");
}

/* ---- the system ---- */

void show_at_utsname(struct trace *t, uint64_t value)
{
    enum { FIELD = 65 };

    trace_add(t, "{sysname=");
    trace_add_string(t, value, FIELD);
    trace_add(t, ", nodename=");
    trace_add_string(t, value + FIELD, FIELD);
    trace_add(t, ", ...}");
}

void show_at_sysinfo(struct trace *t, uint64_t value)
{
    uint64_t info[6]; /* uptime, three loads, memory in all and free; there is more */

    if (trace_read(t, info, value, sizeof(info)))
        trace_add(t, "{uptime=%lu, loads=[%lu, %lu, %lu], totalram=%lu, freeram=%lu, ...}",
                  (unsigned long)info[0], (unsigned long)info[1], (unsigned long)info[2],
                  (unsigned long)info[3], (unsigned long)info[4], (unsigned long)info[5]);
}
