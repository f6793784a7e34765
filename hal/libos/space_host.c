/* space_host.c - host processes behind address spaces: wardens, creation, reaping. */
#include "hal/libos/space_internal.h"

#include "base/assert.h"
#include "hal/libos/boot.h"
#include "hal/libos/carrier.h"
#include "hal/libos/dispatch.h"
#include "hal/libos/host_lock.h"
#include "hal/libos/irq.h"
#include "hal/libos/linux.h"
#include "hal/libos/template.h"

struct spinlock spaces_lock;
struct space spaces[SPACE_MAX];
unsigned spaces_used;
struct space *space_pool;
unsigned space_pool_count;
atomic_uint space_deaths, space_failures;

static struct space *unused; /* guarded by spaces_lock */
static unsigned starting;    /* guarded by spaces_lock */
static bool unburied;        /* some are dead; the template's */

/* ---- in the space's own process ---- */

static void carrier_run(struct carrier *c)
{
    carrier_adopt(c);
    dispatch_arm();
    carrier_park(c);
}

static struct carrier *start_carrier(struct space *s)
{
    struct carrier *c = carrier_alloc();
    long tid;

    if (!c)
        return NULL;
    c->space = s;
    c->run = carrier_run;
    c->pid = carrier_self()->pid;
    tid = carrier_start(c, CLONE_CARRIER);
    if (tid < 0) {
        carrier_free(c);
        return NULL;
    }
    c->tid = (int)tid;
    return c;
}

/* In the warden. The thread may be given a CPU before it has run at all. */
static bool add_carrier(struct space *s)
{
    struct carrier *c = start_carrier(s);

    if (!c) {
        atomic_fetch_add(&space_failures, 1);
        return false;
    }

    HOST_GUARD(&s->lock);
    c->sibling = s->all;
    s->all = c;
    c->next = s->parked;
    s->parked = c;
    return true;
}

static void start_space(struct space *s)
{
    bool usable = add_carrier(s);

    {
        HOST_GUARD(&spaces_lock);
        starting--;
        if (usable)
            space_pool_put_locked(s);
        else
            s->state = SPACE_RETIRED;
    }
    if (!usable)
        host_call(LINUX_EXIT_GROUP, 0);
}

/* A clone has none of the pages of shared mappings; to fault them in one by one would cost four
 * times as much, and on a guest's time. */
static void warm_up(void)
{
    host_call(LINUX_MADVISE, LIBOS_WINDOW_BASE, kernel_end - (char *)LIBOS_WINDOW_BASE,
              LINUX_MADV_POPULATE_READ);
}

static void warden_serve(struct space *s)
{
    if (s->state == SPACE_RETIRED)
        host_call(LINUX_EXIT_GROUP, 0);
    add_carrier(s);
}

static void warden_run(struct carrier *c)
{
    struct space *s = c->space;
    unsigned served = 0;

    template_child("zcore-space");
    carrier_adopt(c);
    warm_up();
    start_space(s);
    for (;;) {
        atomic_store(&s->warden_busy, false);
        while (atomic_load(&s->wanted) == served)
            linux_futex_wait(&s->wanted, served);
        atomic_store(&s->warden_busy, true);
        warden_serve(s);
        served++;
    }
}

void space_ring_warden(struct space *s)
{
    atomic_fetch_add(&s->wanted, 1);
    linux_futex_wake(&s->wanted, 1);
}

/* ---- in the template ---- */

void space_pool_put_locked(struct space *s)
{
    s->state = SPACE_SPARE;
    s->next = space_pool;
    space_pool = s;
    space_pool_count++;
}

bool space_wanted(void)
{
    HOST_GUARD(&spaces_lock);
    return space_pool_count + starting < POOL_TARGET;
}

static struct space *space_alloc(void)
{
    struct space *s;

    HOST_GUARD(&spaces_lock);
    s = unused;
    if (s)
        unused = s->next;
    else if (spaces_used < SPACE_MAX)
        s = &spaces[spaces_used++];
    if (s) {
        *s = (struct space){.state = SPACE_STARTING, .warden_busy = true};
        starting++;
    }
    return s;
}

void space_free_locked(struct space *s)
{
    while (s->all) {
        struct carrier *c = s->all;

        s->all = c->sibling;
        carrier_free(c);
    }
    s->state = SPACE_FREE;
    s->next = unused;
    unused = s;
}

static void abandon(struct space *s)
{
    atomic_fetch_add(&space_failures, 1);
    HOST_GUARD(&spaces_lock);
    starting--;
    space_free_locked(s);
}

bool space_create(void)
{
    struct space *s = space_alloc();
    struct carrier *warden;
    long pid = -1;

    if (!s) {
        atomic_fetch_add(&space_failures, 1);
        return false;
    }
    warden = carrier_alloc();
    if (warden) {
        warden->space = s;
        warden->run = warden_run;
        s->all = warden;
        pid = carrier_start(warden, CLONE_PROCESS);
    }
    if (pid < 0)
        abandon(s);
    else
        s->pid = (int)pid;
    return pid >= 0;
}

static void pool_remove_locked(struct space *s)
{
    struct space **it = &space_pool;

    while (*it != s)
        it = &(*it)->next;
    *it = s->next;
    space_pool_count--;
}

static struct space *space_of_pid(int pid)
{
    for (unsigned i = 0; i < spaces_used; i++)
        if (spaces[i].pid == pid && spaces[i].state != SPACE_FREE &&
            !atomic_load(&spaces[i].dead))
            return &spaces[i];
    return NULL;
}

static void bury_locked(struct space *s)
{
    if (s->state == SPACE_SPARE)
        pool_remove_locked(s);
    if (s->state != SPACE_USED) {
        space_free_locked(s);
        return;
    }
    /* The one reference is the owner's. */
    s->state = SPACE_DEAD;
    s->death_noted = s->pt != NULL; /* else it is on its way out */
    atomic_fetch_add(&space_deaths, 1);
}

bool space_reap(int pid)
{
    struct space *s = space_of_pid(pid);

    if (!s)
        return false;
    atomic_store(&s->dead, true);
    if (atomic_load(&s->warden_busy) && s->state != SPACE_RETIRED)
        panic("host process %d died while its warden was at work", pid);
    if (atomic_load(&s->refs) & SPACE_CPUS)
        panic("host process %d died while a CPU was in it", pid);
    unburied = true;
    return true;
}

static void bury_all(void)
{
    HOST_GUARD(&spaces_lock);
    for (unsigned i = 0; i < spaces_used; i++)
        if (atomic_load(&spaces[i].dead) && spaces[i].state != SPACE_FREE &&
            spaces[i].state != SPACE_DEAD)
            bury_locked(&spaces[i]);
}

void space_bury(void)
{
    if (!unburied)
        return;
    unburied = false;
    bury_all();
    if (atomic_load(&space_deaths))
        irq_raise(0, HAL_PENDING_DEVICE);
}

void space_kill_all(void)
{
    for (unsigned i = 0; i < spaces_used; i++)
        if (spaces[i].state != SPACE_FREE && spaces[i].pid > 0 && !atomic_load(&spaces[i].dead))
            host_call(LINUX_KILL, spaces[i].pid, LINUX_SIGKILL);
}
