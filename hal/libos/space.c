/* space.c - address spaces as CPUs see them: taking one, entering, leaving, letting go. */
#include "hal/libos/space_internal.h"

#include "base/assert.h"
#include "hal/libos/carrier.h"
#include "hal/libos/host_lock.h"
#include "hal/libos/pt.h"
#include "hal/libos/template.h"
#include "hal/libos/upcalls.h"

static atomic_uint reserved;

bool space_reserve(void)
{
    if (atomic_fetch_add(&reserved, 1) < SPACE_MAX - POOL_MAX)
        return true;
    space_unreserve();
    return false;
}

void space_unreserve(void)
{
    atomic_fetch_sub(&reserved, 1);
}

/* The last reference is gone. True: the warden is to end the process. */
static bool retire(struct space *s)
{
    HOST_GUARD(&spaces_lock);
    if (s->state == SPACE_DEAD) {
        space_free_locked(s);
        return false;
    }
    if (space_pool_count < POOL_MAX) {
        space_pool_put_locked(s);
        return false;
    }
    s->state = SPACE_RETIRED;
    return true;
}

/* `ref`: SPACE_OWNED, or 1 for a CPU. */
static void space_put(struct space *s, unsigned ref)
{
    if (atomic_fetch_sub(&s->refs, ref) == ref && retire(s))
        space_ring_warden(s);
}

/* A spare for `pt`; NULL: none at the moment. Others are made when the last is taken, no
 * sooner: who ends gives one back, and to make one takes a CPU from the guest for a while. */
static struct space *pool_take(struct hal_pt *pt)
{
    struct space *s;
    bool last;

    {
        HOST_GUARD(&spaces_lock);
        s = space_pool;
        if (s) {
            space_pool = s->next;
            space_pool_count--;
            s->state = SPACE_USED;
            s->pt = pt;
            atomic_store(&s->refs, SPACE_OWNED);
        }
        last = space_pool_count == 0;
    }
    if (last)
        template_ring();
    return s;
}

static void space_died(struct hal_pt *pt)
{
    if (!hal_upcalls->space_died)
        panic("the host process of a guest died");
    hal_upcalls->space_died(pt);
}

/* The space in which `cpu` lingers, alone and after its owner, goes on with `pt` (exec):
 * nothing has to be handed over. NULL: there is none such. */
static struct space *adopt_orphan(struct cpu *cpu, struct hal_pt *pt)
{
    struct space *s = cpu->space;
    unsigned alone = 1;

    if (!s)
        return NULL;
    HOST_GUARD(&spaces_lock);
    if (s->pt || !atomic_compare_exchange_strong(&s->refs, &alone, SPACE_OWNED + 1))
        return NULL;
    s->pt = pt;
    return s;
}

/* It is an orphan from now on, and goes with the last CPU. */
static void disown(struct space *s)
{
    {
        HOST_GUARD(&spaces_lock);
        s->pt = NULL;
        s->death_noted = false;
    }
    space_put(s, SPACE_OWNED);
}

/* The first to come with a space gives it to `pt`. */
static bool give_space(struct hal_pt *pt, struct space *s)
{
    SPIN_GUARD(&pt->lock);

    if (pt->space)
        return false;
    pt->space = s;
    pt->drop_all = true; /* whatever its last owner had */
    atomic_store(&pt->dirty, true);
    return true;
}

/* False: the host gives no more processes. */
static bool space_attach(struct cpu *cpu, struct hal_pt *pt)
{
    unsigned failures = atomic_load(&space_failures);
    struct space *s = adopt_orphan(cpu, pt);

    for (unsigned tries = 0; !s && !(s = pool_take(pt)); tries++) {
        if (atomic_load(&space_failures) != failures)
            return false;
        hal_cpu_relax(tries);
    }

    if (!give_space(pt, s))
        disown(s);
    return true;
}

/* Best one that is pinned where the CPU is. */
static struct carrier *pop_parked(struct space *s, uint32_t core)
{
    struct carrier **best = &s->parked, *c;

    HOST_GUARD(&s->lock);
    for (struct carrier **it = &s->parked; *it; it = &(*it)->next)
        if ((*it)->core == core) {
            best = it;
            break;
        }
    c = *best;
    if (c)
        *best = c->next;
    return c;
}

/* A parked carrier of `s`, which the CPU has joined; NULL: the process has died, or the host
 * gives no more threads. */
static struct carrier *take_carrier(struct space *s)
{
    unsigned failures = atomic_load(&space_failures);
    struct carrier *c;

    for (unsigned tries = 0; !atomic_load(&s->dead); tries++) {
        c = pop_parked(s, cpu_self()->core);
        if (c)
            return c;
        if (atomic_load(&space_failures) != failures)
            return NULL;
        if (tries == 0)
            space_ring_warden(s);
        hal_cpu_relax(tries);
    }
    return NULL;
}

/* Go on in carrier `to` of space `s` (NULL: home); the CPU's reference to `s` is taken. */
static void move_to(struct cpu *cpu, struct space *s, struct carrier *to)
{
    struct carrier *from = carrier_self();
    struct space *old = cpu->space;

    hal_context_park();
    cpu->space = s;
    carrier_switch(cpu, to);
    if (!old)
        return;
    /* `from` has woken us, so it needs the CPU's stack no more, and may be given a CPU again
     * even before it sleeps. Only now may its process go. */
    {
        HOST_GUARD(&old->lock);
        from->next = old->parked;
        old->parked = from;
    }
    space_put(old, 1);
}

/* Join the space of `pt`, pt->lock held: see the header for why. NULL: as take_carrier. */
static struct carrier *join_locked(struct hal_pt *pt)
{
    struct space *s = pt->space;
    struct carrier *c;

    atomic_fetch_add(&s->refs, 1);
    c = take_carrier(s);
    if (!c)
        atomic_fetch_sub(&s->refs, 1);
    return c;
}

static struct carrier *join(struct hal_pt *pt)
{
    SPIN_GUARD(&pt->lock);
    return join_locked(pt);
}

bool space_enter(struct cpu *cpu, struct hal_pt *pt)
{
    struct carrier *c = NULL;

    if (pt->space || space_attach(cpu, pt)) {
        if (cpu->space == pt->space)
            return true;
        c = join(pt);
    }
    if (c)
        move_to(cpu, pt->space, c);
    else
        space_died(pt);
    return c != NULL;
}

void space_leave_orphan(struct cpu *cpu)
{
    if (cpu->space && !cpu->space->pt)
        move_to(cpu, NULL, cpu->home);
}

/* The same to change its mappings, which cannot be put off. NULL: it has died. */
static struct carrier *join_to_change_locked(struct hal_pt *pt)
{
    struct carrier *c = join_locked(pt);

    if (!c && !atomic_load(&pt->space->dead))
        panic("the host gives no thread to change an address space with");
    return c;
}

void space_apply_stale(struct hal_pt *pt)
{
    struct cpu *cpu = cpu_self();
    unsigned here = cpu->space == pt->space;
    struct carrier *c;

    if ((atomic_load(&pt->space->refs) & SPACE_CPUS) <= here)
        return;
    if (!here) {
        c = join_to_change_locked(pt);
        if (!c)
            return;
        move_to(cpu, pt->space, c);
    }
    pt_apply_locked(pt);
}

void space_detach(struct hal_pt *pt)
{
    struct space *s = pt->space;

    if (!s)
        return;
    pt->space = NULL;
    disown(s);
    /* CPUs that linger there asleep would keep the process. */
    for (unsigned i = 0; i < hal_cpu_count(); i++)
        if (libos_cpus[i].space == s && &libos_cpus[i] != cpu_self())
            hal_cpu_kick(i);
}

void space_serve_deaths(void)
{
    if (!atomic_load_explicit(&space_deaths, memory_order_relaxed))
        return;
    atomic_store(&space_deaths, 0);

    /* The lock keeps each `pt` from being taken down meanwhile (space_detach). */
    HOST_GUARD(&spaces_lock);
    for (unsigned i = 0; i < spaces_used; i++) {
        if (!spaces[i].death_noted)
            continue;
        spaces[i].death_noted = false;
        space_died(spaces[i].pt);
    }
}
