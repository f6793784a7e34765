/*
 * pci_ranges.c - addresses of memory and of ports for devices that firmware gave none.
 */
#include "object/pci.h"

enum { PIECES_MAX = 32 };

struct piece {
    uint64_t base, size; /* size 0: free slot */
};

/* A leaf. */
static struct spinlock lock;
static struct piece pieces[2][PIECES_MAX]; /* of ports, of memory; guarded by lock */

static bool add_locked(struct piece *of, uint64_t base, uint64_t size)
{
    for (unsigned i = 0; i < PIECES_MAX; i++) {
        if (of[i].size)
            continue;
        of[i] = (struct piece){base, size};
        return true;
    }
    return false;
}

/* What a piece has of [base, base + size) leaves it. Only a hole makes two of one, which takes
 * a free slot. */
static bool cut_locked(struct piece *of, struct piece *p, uint64_t base, uint64_t size)
{
    uint64_t end = p->base + p->size, cut_end = base + size;

    if (base >= end || p->base >= cut_end)
        return true;
    if (base <= p->base) {
        p->base = cut_end;
        p->size = cut_end < end ? end - cut_end : 0;
        return true;
    }
    if (cut_end < end && !add_locked(of, cut_end, end - cut_end))
        return false;
    p->size = base - p->base;
    return true;
}

/* Pieces do not overlap: where there is to be a hole, nothing else is cut. */
static bool subtract_locked(struct piece *of, uint64_t base, uint64_t size)
{
    for (unsigned i = 0; i < PIECES_MAX; i++)
        if (of[i].size && !cut_locked(of, &of[i], base, size))
            return false;
    return true;
}

static status_t check(uint64_t base, uint64_t size)
{
    if (!pci_present())
        return ERR_NOT_SUPPORTED;
    if (!size || base + size < base)
        return ERR_INVALID_ARGS;
    return pci_started() ? ERR_BAD_STATE : OK;
}

/* What is there already is there once. */
status_t pci_range_add(bool mmio, uint64_t base, uint64_t size)
{
    status_t st = check(base, size);

    if (st != OK)
        return st;
    SPIN_GUARD(&lock);
    if (!subtract_locked(pieces[mmio], base, size) || !add_locked(pieces[mmio], base, size))
        return ERR_NO_RESOURCES;
    return OK;
}

status_t pci_range_subtract(bool mmio, uint64_t base, uint64_t size)
{
    status_t st = check(base, size);

    if (st != OK)
        return st;
    SPIN_GUARD(&lock);
    return subtract_locked(pieces[mmio], base, size) ? OK : ERR_NO_RESOURCES;
}

uint64_t pci_range_take(bool mmio, uint64_t size)
{
    struct piece *of = pieces[mmio];
    SPIN_GUARD(&lock);

    for (unsigned i = 0; i < PIECES_MAX; i++) {
        uint64_t base = ROUND_UP(of[i].base, size);

        if (!of[i].size || !base || base < of[i].base || base - of[i].base > of[i].size ||
            size > of[i].size - (base - of[i].base))
            continue;
        if (cut_locked(of, &of[i], base, size))
            return base;
    }
    return 0;
}
