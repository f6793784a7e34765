/* carrier.c - carriers: slots, start of their threads, parking and hand-over. */
#include "hal/libos/carrier.h"

#include "base/string.h"
#include "hal/libos/boot.h"
#include "hal/libos/host_lock.h"
#include "hal/libos/linux.h"
#include "hal/libos/signal.h"

enum { TURN_NONE, TURN_GIVEN, TURN_ASLEEP };

/* Slot 0 is the template's. */
static struct spinlock slots_lock;
static struct carrier *slots_free;   /* guarded by slots_lock */
static unsigned long slots_used = 1; /* ever; guarded by slots_lock */

struct linux_stack {
    uintptr_t base;
    int flags;
    size_t size;
};

void carrier_leave(struct carrier *from, struct carrier *to);

struct carrier *carrier_alloc(void)
{
    struct carrier *c;

    HOST_GUARD(&slots_lock);
    c = slots_free;
    if (c)
        slots_free = c->next;
    else if (slots_used < LIBOS_CARRIER_MAX)
        c = (struct carrier *)(LIBOS_CARRIER_BASE + slots_used++ * LIBOS_CARRIER_SIZE);
    if (c) {
        memset(c, 0, sizeof(*c));
        c->self = c;
        c->cpu = &c->own_cpu;
        c->core = LIBOS_ANY_CORE;
    }
    return c;
}

void carrier_free(struct carrier *c)
{
    HOST_GUARD(&slots_lock);
    c->next = slots_free;
    slots_free = c;
}

long carrier_start(struct carrier *c, unsigned long clone_flags)
{
    uint64_t all = ~0ull, before;
    long id;

    host_call(LINUX_RT_SIGPROCMASK, 0, &all, &before, sizeof(all));
    id = thread_clone(clone_flags, (uintptr_t)c + LIBOS_CARRIER_STACK, c->run, c);
    host_call(LINUX_RT_SIGPROCMASK, 2, &before, NULL, sizeof(before));
    return id;
}

void carrier_adopt(struct carrier *c)
{
    struct linux_stack stack = {(uintptr_t)c + LIBOS_CARRIER_STACK, 0,
                                LIBOS_CARRIER_SIZE - LIBOS_CARRIER_STACK};
    uint64_t none = 0;

    __asm__ volatile("wrgsbase %0; wrfsbase %1" : : "r"(c), "r"(0ul));
    c->pid = (int)host_call(LINUX_GETPID);
    c->tid = (int)host_call(LINUX_GETTID);
    host_call(LINUX_SIGALTSTACK, &stack, NULL);
    host_call(LINUX_RT_SIGPROCMASK, 2, &none, NULL, sizeof(none));
}

_Noreturn void carrier_park(struct carrier *c)
{
    struct cpu *cpu;
    unsigned turn = TURN_NONE;

    /*
     * Taker: NONE -> ASLEEP, wait while ASLEEP.   Giver: exchange GIVEN, wake if it was ASLEEP.
     * Each step is one atomic on `turn`, so either the giver sees ASLEEP and wakes, or the
     * taker sees GIVEN and does not sleep. The exchange also publishes c->cpu and cpu->sp.
     */
    if (atomic_compare_exchange_strong(&c->turn, &turn, TURN_ASLEEP))
        while (atomic_load(&c->turn) == TURN_ASLEEP)
            linux_futex_wait(&c->turn, TURN_ASLEEP);
    /* The next giver finds us parked, under a lock that was taken since. */
    atomic_store_explicit(&c->turn, TURN_NONE, memory_order_relaxed);
    /* Who stops all CPUs sets the word, then kicks their carriers: this one, or its word is
     * seen. */
    signal_stop_here();

    cpu = (struct cpu *)(void *)c->cpu;
    if (cpu->entry && !cpu->sp)
        carrier_enter_cpu(cpu, cpu->entry);
    stack_take_over(cpu->sp);
}

static void give_turn(struct carrier *to)
{
    if (atomic_exchange(&to->turn, TURN_GIVEN) == TURN_ASLEEP)
        linux_futex_wake(&to->turn, 1);
}

/* From stack_hand_over, on the own stack of `from`. */
void carrier_leave(struct carrier *from, struct carrier *to)
{
    from->cpu = &from->own_cpu;
    give_turn(to);
    carrier_park(from);
}

/* By whoever gives it a CPU: pinned elsewhere it would first have to run there, and may have to
 * wait a slice of the host's for that. */
static void carrier_pin(struct carrier *c, uint32_t core)
{
    uint64_t mask[16] = {0};

    if (core == c->core || core >= 64 * countof(mask))
        return;
    mask[core / 64] = 1ull << core % 64;
    host_call(LINUX_SCHED_SETAFFINITY, c->tid, sizeof(mask), mask);
    c->core = core;
}

void carrier_switch(struct cpu *cpu, struct carrier *to)
{
    carrier_pin(to, cpu->core);
    to->cpu = &cpu->hal;
    /* A kick: sets pending, then reads cpu->carrier. We: publish the carrier, then (user_enter)
     * read pending; the exchange in between (give_turn) is the barrier. */
    atomic_store_explicit(&cpu->carrier, to, memory_order_release);
    cpu->switches++;
    stack_hand_over(&cpu->sp, carrier_self(), to);
}

_Noreturn void carrier_enter_cpu(struct cpu *cpu, void (*entry)(void))
{
    struct carrier *c = carrier_self();

    c->cpu = &cpu->hal;
    atomic_store(&cpu->carrier, c);
    carrier_pin(c, cpu->core);
    stack_call(cpu_stack_top(cpu), entry);
}

void carrier_start_cpu(struct cpu *cpu, void (*entry)(void))
{
    cpu->entry = entry;
    carrier_pin(cpu->home, cpu->core);
    cpu->home->cpu = &cpu->hal;
    atomic_store(&cpu->carrier, cpu->home);
    give_turn(cpu->home);
}
