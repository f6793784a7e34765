/*
 * resource.c - resources, and who else has what they stand for.
 */
#include "object/resource.h"

#include "base/assert.h"
#include "base/string.h"
#include "mm/slab.h"

SLAB_CACHE(resource_cache, struct resource);

/* What the machine has of each kind; 0: the kind has no ranges. */
static const uint64_t ends[ZX_RSRC_KIND_COUNT] = {
    [ZX_RSRC_KIND_MMIO] = 1ull << 52,
    [ZX_RSRC_KIND_IRQ] = 1024,
    [ZX_RSRC_KIND_IOPORT] = 1ull << 16,
    [ZX_RSRC_KIND_SMC] = 1ull << 16,
};

/* Leaf. */
static struct spinlock lock;
static struct list all;

static struct resource *root;

static void resource_destroy(struct object *obj)
{
    struct resource *r = resource_of(obj);

    {
        SPIN_GUARD(&lock);
        list_remove(&r->link);
    }
    slab_free(&resource_cache, r);
}

static const struct object_ops resource_ops = {
    .name = "resource",
    .type = ZX_OBJ_TYPE_RESOURCE,
    .rights = ZX_DEFAULT_RESOURCE_RIGHTS,
    .destroy = resource_destroy,
};

static status_t check_args(uint32_t kind, uint32_t flags, uint64_t base, uint64_t size)
{
    if (kind >= ZX_RSRC_KIND_COUNT || flags & ~ZX_RSRC_FLAG_EXCLUSIVE)
        return ERR_INVALID_ARGS;
    if (!ends[kind])
        return base || size ? ERR_INVALID_ARGS : OK;
    return size == 0 || base >= ends[kind] || size > ends[kind] - base ? ERR_INVALID_ARGS : OK;
}

/* Does another claim what `r` cannot share? Caller holds the lock. */
static bool collides(const struct resource *r)
{
    list_for_each (it, &all) {
        const struct resource *other = container_of(it, struct resource, link);

        if (other->kind == r->kind && ends[r->kind] &&
            ((other->flags | r->flags) & ZX_RSRC_FLAG_EXCLUSIVE) &&
            other->base < r->base + r->size && r->base < other->base + other->size)
            return true;
    }
    return false;
}

status_t resource_create(uint32_t kind, uint32_t flags, uint64_t base, uint64_t size,
                         const char name[ZX_MAX_NAME_LEN], struct resource **out)
{
    status_t st = check_args(kind, flags, base, size);
    struct resource *r;
    bool taken;

    if (st != OK)
        return st;
    r = slab_alloc_zeroed(&resource_cache);
    if (!r)
        return ERR_NO_MEMORY;
    object_init(&r->object, &resource_ops, 0);
    r->kind = kind;
    r->flags = flags;
    r->base = base;
    r->size = size;
    memcpy(r->name, name, ZX_MAX_NAME_LEN);
    list_init(&r->link);
    {
        SPIN_GUARD(&lock);
        taken = collides(r);
        if (!taken)
            list_push_back(&all, &r->link);
    }
    if (taken) {
        object_put(&r->object);
        return ERR_NOT_FOUND;
    }
    *out = r;
    return OK;
}

void resource_init(void)
{
    static const char name[ZX_MAX_NAME_LEN] = "root";
    status_t st;

    list_init(&all);
    st = resource_create(ZX_RSRC_KIND_ROOT, 0, 0, 0, name, &root);
    assert(st == OK); /* memory at boot */
}

struct resource *resource_root(void)
{
    return root;
}

status_t resource_check(const struct resource *r, uint32_t kind)
{
    return r->kind == kind || r->kind == ZX_RSRC_KIND_ROOT ? OK : ERR_WRONG_TYPE;
}

status_t resource_check_range(const struct resource *r, uint32_t kind, uint64_t base,
                              uint64_t size)
{
    uint64_t unit = kind == ZX_RSRC_KIND_MMIO ? PAGE_SIZE : 1, first, end;
    status_t st = resource_check(r, kind);

    if (st != OK || r->kind == ZX_RSRC_KIND_ROOT)
        return st;
    first = ROUND_DOWN(r->base, unit);
    end = ROUND_UP(r->base + r->size, unit);
    return base >= first && base <= end && size <= end - base ? OK : ERR_OUT_OF_RANGE;
}
