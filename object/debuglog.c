/*
 * debuglog.c - the ring of log records, and log objects that read and write it.
 */
#include "object/debuglog.h"

#include "base/string.h"
#include "hal/time.h"
#include "mm/slab.h"

enum { RING_RECORDS = 256 }; /* a power of two: sequence numbers wrap */

struct debuglog {
    struct object object;
    bool readable;
    uint32_t next;    /* sequence of the record to read; guarded by ring.lock */
    struct list link; /* ring.readers; guarded by ring.lock */
};

/* Lock order: ring.lock -> object.lock of a reader. */
static struct {
    struct spinlock lock;
    uint32_t next; /* sequence of the record to write; guarded by lock */
    struct list
        readers; /* of debuglog.link; guarded by lock; self-pointing once one was made */
    debuglog_console_fn *console;
    zx_log_record_t records[RING_RECORDS]; /* guarded by lock */
} ring = {.readers = {&ring.readers, &ring.readers}};

SLAB_CACHE(debuglog_cache, struct debuglog);

void debuglog_set_console(debuglog_console_fn *console)
{
    ring.console = console;
}

void debuglog_console_write(const char *text, size_t size)
{
    if (ring.console)
        ring.console(text, size);
}

static void append(uint8_t severity, koid_t pid, koid_t tid, const char *text, size_t size)
{
    time_ns_t now = hal_time_now();
    SPIN_GUARD(&ring.lock);
    zx_log_record_t *record = &ring.records[ring.next % RING_RECORDS];

    *record = (zx_log_record_t){
        .sequence = ring.next++,
        .datalen = (uint16_t)size,
        .severity = severity,
        .timestamp = now,
        .pid = pid,
        .tid = tid,
    };
    memcpy(record->data, text, size);
    list_for_each (it, &ring.readers)
        object_signal(&container_of(it, struct debuglog, link)->object, 0, ZX_LOG_READABLE);
}

void debuglog_kernel_line(enum log_level level, const char *line, size_t size)
{
    static const uint8_t severity[] = {
        [LOG_ERROR] = ZX_LOG_ERROR, [LOG_WARN] = ZX_LOG_WARNING, [LOG_INFO] = ZX_LOG_INFO,
        [LOG_DEBUG] = ZX_LOG_DEBUG, [LOG_TRACE] = ZX_LOG_TRACE,
    };

    append(severity[level], ZX_KOID_INVALID, ZX_KOID_INVALID, line,
           MIN(size, ZX_LOG_RECORD_DATA));
}

/* The text as a line: with one newline at its end, its own or ours. */
static void show(const char *text, size_t size)
{
    char line[ZX_LOG_RECORD_DATA + 1];

    if (size && text[size - 1] == '\n')
        size--;
    memcpy(line, text, size);
    line[size] = '\n';
    debuglog_console_write(line, size + 1);
}

void debuglog_write(koid_t pid, koid_t tid, const char *text, size_t size)
{
    size = MIN(size, ZX_LOG_RECORD_DATA);
    append(ZX_LOG_INFO, pid, tid, text, size);
    show(text, size);
}

static void debuglog_destroy(struct object *obj)
{
    struct debuglog *log = container_of(obj, struct debuglog, object);

    {
        SPIN_GUARD(&ring.lock);
        list_remove(&log->link);
    }
    slab_free(&debuglog_cache, log);
}

static const struct object_ops debuglog_ops = {
    .name = "debuglog",
    .type = ZX_OBJ_TYPE_LOG,
    .rights = ZX_DEFAULT_LOG_RIGHTS,
    .user_signals = ZX_LOG_WRITABLE | ZX_USER_SIGNAL_ALL,
    .destroy = debuglog_destroy,
};

static uint32_t oldest_locked(void)
{
    return ring.next > RING_RECORDS ? ring.next - RING_RECORDS : 0;
}

status_t debuglog_create(enum debuglog_mode mode, struct object **out)
{
    struct debuglog *log = slab_alloc(&debuglog_cache);

    if (!log)
        return ERR_NO_MEMORY;
    object_init(&log->object, &debuglog_ops, ZX_LOG_WRITABLE);
    log->readable = mode == DEBUGLOG_READABLE;
    list_init(&log->link);
    if (log->readable) {
        SPIN_GUARD(&ring.lock);
        log->next = oldest_locked();
        list_push_back(&ring.readers, &log->link);
        if (log->next != ring.next)
            object_signal(&log->object, 0, ZX_LOG_READABLE);
    }
    *out = &log->object;
    return OK;
}

status_t debuglog_read(struct object *obj, zx_log_record_t *out)
{
    struct debuglog *log = container_of(obj, struct debuglog, object);
    SPIN_GUARD(&ring.lock);

    if (!log->readable)
        return ERR_BAD_STATE;
    if (log->next == ring.next)
        return ERR_SHOULD_WAIT;
    if (ring.next - log->next > RING_RECORDS)
        log->next = ring.next - RING_RECORDS;
    *out = ring.records[log->next++ % RING_RECORDS];
    if (log->next == ring.next)
        object_signal(obj, ZX_LOG_READABLE, 0);
    return OK;
}
