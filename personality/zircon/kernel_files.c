/*
 * kernel_files.c - the crash log, and the counters with their names.
 */
#include "personality/zircon/kernel_files.h"

#include "base/assert.h"
#include "base/string.h"
#include "mm/counter.h"
#include "mm/page.h"
#include "uapi/zircon/counters.h"

static struct vmo_object *files[KERNEL_FILES]; /* constant after boot */

struct vmo_object *kernel_file(enum kernel_file which)
{
    return files[which];
}

/* The reference to `vmo` is consumed. */
static void add(enum kernel_file which, struct vmo *vmo, const char *name)
{
    status_t st = vmo_object_create(vmo, &files[which]);

    assert(st == OK); /* memory at boot */
    memcpy(vmo->label->name, name, strlen(name) + 1);
    vmo_put(vmo);
}

static struct vmo *contiguous(uint64_t size)
{
    struct vmo *vmo;
    status_t st = vmo_create_contiguous(size, PAGE_SHIFT, &vmo);

    assert(st == OK); /* memory at boot */
    return vmo;
}

/* Where its pages, which stay, are for the kernel. */
static void *place(struct vmo *vmo)
{
    struct page *page;
    bool writable;
    status_t st;
    SPIN_GUARD(&vmo->lock);

    st = vmo_get_page_locked(vmo, 0, VMO_WRITE, &page, &writable);
    assert(st == OK); /* it has them all */
    return page_data(page);
}

static void describe(void *to)
{
    struct counter_names *names = to;
    struct counter_descriptor *d = (struct counter_descriptor *)(names + 1);

    *names = (struct counter_names){
        .magic = COUNTERS_MAGIC, .max_cpus = HAL_MAX_CPUS, .size = COUNTERS * sizeof(*d)};
    for (enum counter c = 0; c < COUNTERS; c++) {
        d[c].type = COUNTER_TYPE_SUM;
        memcpy(d[c].name, counter_names[c], strlen(counter_names[c]) + 1);
    }
}

void kernel_files_init(void)
{
    struct vmo *names = contiguous(sizeof(struct counter_names) +
                                   COUNTERS * sizeof(struct counter_descriptor)),
               *counters = contiguous(COUNTER_BYTES), *crashlog;
    status_t st = vmo_create(0, 0, &crashlog);

    assert(st == OK); /* memory at boot */
    describe(place(names));
    counters_move(place(counters));
    add(KERNEL_FILE_CRASHLOG, crashlog, "crashlog");
    add(KERNEL_FILE_COUNTER_NAMES, names, COUNTERS_NAMES_VMO);
    add(KERNEL_FILE_COUNTERS, counters, COUNTERS_VMO);
}
