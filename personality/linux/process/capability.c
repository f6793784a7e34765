/*
 * capability.c - capget, capset (capget(2)), and prctl's options about capabilities.
 */
#include "personality/linux/process/capability.h"
#include "personality/linux/process/pid.h"

enum { VERSION_1 = 0x19980330, VERSION_2 = 0x20071026, VERSION_3 = 0x20080522 };

struct header {
    uint32_t version;
    int32_t pid;
};

/* One for each 32 capabilities. */
struct data {
    uint32_t effective, permitted, inheritable;
};

/* How many `data` the header's version has. ERR_INVALID_ARGS: an unknown one, and the header
 * says now which is known. */
static status_t read_header(struct syscall *call, struct header *h, unsigned *count)
{
    const uint32_t known = VERSION_3;
    status_t st = copy_from_user(&call->thread->user, h, call->arg[0], sizeof(*h));

    if (st != OK)
        return st;
    *count = h->version == VERSION_1 ? 1 : 2;
    if (h->version == VERSION_1 || h->version == VERSION_2 || h->version == VERSION_3)
        return OK;
    st = copy_to_user(&call->thread->user, call->arg[0], &known, sizeof(known));
    return st == OK ? ERR_INVALID_ARGS : st;
}

static status_t read_credentials(struct syscall *call, pid_t_ pid, struct credentials *out)
{
    struct linux_process *lp = linux_process_of(call);
    struct thread *t = pid ? linux_thread_find(pid) : NULL;

    if (pid && !t)
        return ERR_NO_PROCESS;
    if (t)
        lp = t->linux_->process;
    {
        SPIN_GUARD(&lp->lock);
        *out = lp->cred;
    }
    if (t)
        object_put(&t->object);
    return OK;
}

status_t sys_capget(struct syscall *call)
{
    struct credentials c;
    struct data data[2];
    struct header h;
    unsigned count;
    status_t st = read_header(call, &h, &count);

    if (st != OK) /* who gives no place for an answer asked for the version */
        return st == ERR_INVALID_ARGS && !call->arg[1] ? OK : st;
    if (h.pid < 0)
        return ERR_INVALID_ARGS;
    st = read_credentials(call, h.pid, &c);
    if (st != OK)
        return st;
    for (unsigned i = 0; i < 2; i++)
        data[i] =
            (struct data){(uint32_t)(c.effective >> 32 * i), (uint32_t)(c.permitted >> 32 * i),
                          (uint32_t)(c.inheritable >> 32 * i)};
    return call->arg[1]
               ? copy_to_user(&call->thread->user, call->arg[1], data, count * sizeof(data[0]))
               : OK;
}

static bool within(uint64_t set, uint64_t of)
{
    return !(set & ~of);
}

/* Nobody gains what was not permitted, or was bounded. */
static status_t change(struct credentials *c, uint64_t effective, uint64_t permitted,
                       uint64_t inheritable)
{
    if (!credentials_has(c, CAP_SETPCAP) && !within(inheritable, c->inheritable | c->permitted))
        return ERR_NOT_PERMITTED;
    if (!within(inheritable, c->inheritable | c->bounding) ||
        !within(permitted, c->permitted) || !within(effective, permitted))
        return ERR_NOT_PERMITTED;
    c->effective = effective;
    c->permitted = permitted;
    c->inheritable = inheritable;
    c->ambient &= permitted & inheritable;
    return OK;
}

status_t sys_capset(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct data d[2] = {{0}};
    struct header h;
    unsigned count;
    status_t st = read_header(call, &h, &count);

    if (st != OK)
        return st;
    if (h.pid != 0 && h.pid != current_linux(call)->tid)
        return ERR_NOT_PERMITTED;
    st = copy_from_user(&call->thread->user, d, call->arg[1], count * sizeof(d[0]));
    if (st != OK)
        return st;

    SPIN_GUARD(&lp->lock);
    return change(&lp->cred, ((uint64_t)d[1].effective << 32 | d[0].effective) & CAP_ALL,
                  ((uint64_t)d[1].permitted << 32 | d[0].permitted) & CAP_ALL,
                  ((uint64_t)d[1].inheritable << 32 | d[0].inheritable) & CAP_ALL);
}

static status_t bound(struct syscall *call, struct credentials *c)
{
    if (call->arg[0] == PR_CAPBSET_READ) {
        if (call->arg[1] > CAP_LAST)
            return ERR_INVALID_ARGS;
        call->result = (c->bounding & CAP_BIT(call->arg[1])) != 0;
        return OK;
    }
    if (!credentials_has(c, CAP_SETPCAP))
        return ERR_NOT_PERMITTED;
    if (call->arg[1] > CAP_LAST)
        return ERR_INVALID_ARGS;
    c->bounding &= ~CAP_BIT(call->arg[1]);
    return OK;
}

static status_t set_securebits(struct credentials *c, uint64_t bits)
{
    uint64_t old = c->securebits;

    if (((old & SECURE_LOCKS) >> 1 & (old ^ bits)) || (old & SECURE_LOCKS & ~bits) ||
        (bits & ~(uint64_t)(SECURE_LOCKS | SECURE_BITS)) || !credentials_has(c, CAP_SETPCAP))
        return ERR_NOT_PERMITTED;
    c->securebits = (uint32_t)bits;
    return OK;
}

static status_t keep(struct credentials *c, uint64_t on)
{
    if (on > 1)
        return ERR_INVALID_ARGS;
    if (c->securebits & SECURE_KEEP_CAPS << 1)
        return ERR_NOT_PERMITTED;
    c->securebits &= ~(uint32_t)SECURE_KEEP_CAPS;
    if (on)
        c->securebits |= SECURE_KEEP_CAPS;
    return OK;
}

static status_t ambient(struct syscall *call, struct credentials *c)
{
    enum { IS_SET = 1, RAISE, LOWER, CLEAR_ALL };
    uint64_t how = call->arg[1], cap = call->arg[2];

    if (how == CLEAR_ALL && !cap && !call->arg[3] && !call->arg[4]) {
        c->ambient = 0;
        return OK;
    }
    if (how < IS_SET || how > LOWER || cap > CAP_LAST || call->arg[3] || call->arg[4])
        return ERR_INVALID_ARGS;
    if (how == IS_SET)
        call->result = (c->ambient & CAP_BIT(cap)) != 0;
    else if (how == LOWER)
        c->ambient &= ~CAP_BIT(cap);
    else if (!(c->permitted & c->inheritable & CAP_BIT(cap)) ||
             c->securebits & SECURE_NO_CAP_AMBIENT_RAISE)
        return ERR_NOT_PERMITTED;
    else
        c->ambient |= CAP_BIT(cap);
    return OK;
}

status_t capability_option(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct credentials *c = &lp->cred;
    SPIN_GUARD(&lp->lock);

    switch (call->arg[0]) {
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
        return bound(call, c);
    case PR_GET_SECUREBITS:
        call->result = c->securebits;
        return OK;
    case PR_SET_SECUREBITS:
        return set_securebits(c, call->arg[1]);
    case PR_GET_KEEPCAPS:
        call->result = (c->securebits & SECURE_KEEP_CAPS) != 0;
        return OK;
    case PR_SET_KEEPCAPS:
        return keep(c, call->arg[1]);
    default:
        return ambient(call, c);
    }
}

bool call_has(struct syscall *call, unsigned capability)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    return credentials_has(&lp->cred, capability);
}
