/*
 * handle.c - handle tables: values that cannot be guessed, and rights.
 */
#include "object/handle.h"

#include "base/assert.h"
#include "base/string.h"
#include "hal/boot.h"
#include "mm/counter.h"
#include "mm/slab.h"

/*
 * A value is two set bits below 30 bits: the slot's index and the generation it had, both
 * hidden by the table's secret.
 */
#define INDEX_BITS      18u
#define GENERATION_BITS (30u - INDEX_BITS)
#define SLOTS_MAX       (1u << INDEX_BITS)
#define SLOTS_FIRST     64u
#define SLOT_NONE       UINT32_MAX

struct handle_slot {
    struct object *obj; /* NULL: free */
    union {
        rights_t rights;
        uint32_t next_free; /* SLOT_NONE: the last */
    };
    uint32_t generation; /* of the value that it has, or will have next */
};

void handle_table_init(struct handle_table *table)
{
    *table = (struct handle_table){.free_head = SLOT_NONE, .free_tail = SLOT_NONE};
    hal_entropy(&table->secret, sizeof(table->secret));
}

static handle_t value_of(const struct handle_table *table, uint32_t index)
{
    uint32_t plain = index | table->slots[index].generation << INDEX_BITS;

    return (plain ^ table->secret) << 2 | ZX_HANDLE_FIXED_BITS;
}

/* NULL: no such handle. */
static struct handle_slot *slot_of(const struct handle_table *table, handle_t value)
{
    uint32_t plain = (value >> 2 ^ table->secret) & ((1u << 30) - 1);
    uint32_t index = plain & (SLOTS_MAX - 1);
    struct handle_slot *slot;

    if ((value & ZX_HANDLE_FIXED_BITS) != ZX_HANDLE_FIXED_BITS || index >= table->capacity)
        return NULL;
    slot = &table->slots[index];
    return slot->obj && slot->generation == plain >> INDEX_BITS ? slot : NULL;
}

static void slot_free(struct handle_table *table, uint32_t index)
{
    table->slots[index].obj = NULL;
    table->slots[index].next_free = SLOT_NONE;
    if (table->free_tail == SLOT_NONE)
        table->free_head = index;
    else
        table->slots[table->free_tail].next_free = index;
    table->free_tail = index;
}

/* Takes the slots from `old_capacity` on into use. Caller holds the lock. */
static struct handle_slot *table_adopt(struct handle_table *table, struct handle_slot *slots,
                                       uint32_t capacity)
{
    struct handle_slot *old = table->slots;
    uint32_t index = table->capacity;

    if (old)
        memcpy(slots, old, index * sizeof(*slots));
    table->slots = slots;
    table->capacity = capacity;
    for (; index < capacity; index++)
        slot_free(table, index);
    return old;
}

/* More room, unless somebody else made it meanwhile. `capacity` is what was too small. */
static status_t table_grow(struct handle_table *table, uint32_t capacity)
{
    uint32_t larger = capacity ? capacity * 2 : SLOTS_FIRST;
    struct handle_slot *slots;

    if (larger > SLOTS_MAX)
        return ERR_NO_RESOURCES;
    slots = kzalloc(larger * sizeof(*slots));
    if (!slots)
        return ERR_NO_MEMORY;
    {
        SPIN_GUARD(&table->lock);
        if (table->capacity == capacity)
            slots = table_adopt(table, slots, larger);
    }
    kfree(slots);
    return OK;
}

void handle_table_fini(struct handle_table *table)
{
    struct handle_table old;

    {
        SPIN_GUARD(&table->lock);
        old = *table;
        table->slots = NULL;
        table->capacity = table->count = 0;
        table->free_head = table->free_tail = SLOT_NONE;
    }
    for (uint32_t i = 0; i < old.capacity; i++) {
        struct handle h = {old.slots[i].obj, old.slots[i].rights};

        if (h.obj)
            object_cancel_handle(h.obj, value_of(&old, i));
        handle_drop(&h);
    }
    counter_add(COUNTER_HANDLES, -(int64_t)old.count);
    kfree(old.slots);
}

struct handle handle_make(struct object *obj, rights_t rights)
{
    assert(obj->ops->type); /* of a type that Zircon programs know */
    object_get(obj);
    object_handle_get(obj);
    return (struct handle){.obj = obj, .rights = rights};
}

void handle_drop(struct handle *h)
{
    if (!h->obj)
        return;
    object_handle_put(h->obj);
    object_put(h->obj);
    *h = (struct handle){0};
}

/* False: the table is full at the capacity reported. */
static bool try_insert(struct handle_table *table, struct handle *h, handle_t *out,
                       uint32_t *capacity)
{
    SPIN_GUARD(&table->lock);
    uint32_t index = table->free_head;

    *capacity = table->capacity;
    if (index == SLOT_NONE)
        return false;
    table->free_head = table->slots[index].next_free;
    if (table->free_head == SLOT_NONE)
        table->free_tail = SLOT_NONE;
    table->slots[index].obj = h->obj;
    table->slots[index].rights = h->rights;
    table->count++;
    counter_add(COUNTER_HANDLES, 1);
    *out = value_of(table, index);
    *h = (struct handle){0};
    return true;
}

status_t handle_insert(struct handle_table *table, struct handle *h, handle_t *out)
{
    uint32_t capacity;
    status_t st = OK;

    while (st == OK && !try_insert(table, h, out, &capacity))
        st = table_grow(table, capacity);
    return st;
}

static status_t remove_slot(struct handle_table *table, handle_t value, struct handle *out)
{
    SPIN_GUARD(&table->lock);
    struct handle_slot *slot = slot_of(table, value);

    if (!slot)
        return ERR_BAD_HANDLE;
    *out = (struct handle){.obj = slot->obj, .rights = slot->rights};
    slot->generation = (slot->generation + 1) & ((1u << GENERATION_BITS) - 1);
    slot_free(table, (uint32_t)(slot - table->slots));
    table->count--;
    counter_add(COUNTER_HANDLES, -1);
    return OK;
}

status_t handle_remove(struct handle_table *table, handle_t value, struct handle *out)
{
    status_t st = remove_slot(table, value, out);

    if (st == OK)
        object_cancel_handle(out->obj, value);
    return st;
}

status_t handle_close(struct handle_table *table, handle_t value)
{
    struct handle h;
    status_t st = handle_remove(table, value, &h);

    if (st == OK)
        handle_drop(&h);
    return st;
}

/* Takes over how `from` makes values, if its size is still what `to` has room for. */
static bool copy_generations(struct handle_table *from, struct handle_table *to)
{
    SPIN_GUARD(&from->lock);

    if (from->capacity != to->capacity)
        return false;
    to->secret = from->secret;
    for (uint32_t i = 0; i < to->capacity; i++)
        to->slots[i].generation = from->slots[i].generation;
    return true;
}

/* What `from` has handed out as this slot's value is stale, unless it is in use here. */
static void slots_settle(struct handle_table *to)
{
    for (uint32_t i = 0; i < to->capacity; i++) {
        if (to->slots[i].obj)
            continue;
        to->slots[i].generation = (to->slots[i].generation + 1) & ((1u << GENERATION_BITS) - 1);
        slot_free(to, i);
    }
}

static void slot_keep(struct handle_table *to, struct handle_at *kept)
{
    uint32_t index = (kept->value >> 2 ^ to->secret) & (SLOTS_MAX - 1);

    to->slots[index].obj = kept->h.obj;
    to->slots[index].rights = kept->h.rights;
    to->count++;
    counter_add(COUNTER_HANDLES, 1);
    kept->h = (struct handle){0};
}

status_t handle_table_fork(struct handle_table *from, struct handle_table *to,
                           struct handle_at kept[], unsigned count)
{
    do {
        kfree(to->slots);
        {
            SPIN_GUARD(&from->lock);
            to->capacity = from->capacity;
        }
        to->slots = kzalloc(MAX(to->capacity, 1u) * sizeof(*to->slots));
        if (!to->slots) {
            to->capacity = 0;
            return ERR_NO_MEMORY;
        }
    } while (!copy_generations(from, to));
    for (unsigned i = 0; i < count; i++)
        if (kept[i].h.obj)
            slot_keep(to, &kept[i]);
    slots_settle(to);
    return OK;
}

/* Caller holds the lock. */
static status_t slot_check(const struct handle_table *table, handle_t value, uint32_t type,
                           rights_t need, struct handle_slot **out)
{
    struct handle_slot *slot = slot_of(table, value);

    if (!slot)
        return ERR_BAD_HANDLE;
    if (type && slot->obj->ops->type != type)
        return ERR_WRONG_TYPE;
    if ((slot->rights & need) != need)
        return ERR_ACCESS_DENIED;
    *out = slot;
    return OK;
}

status_t handle_get(struct handle_table *table, handle_t value, uint32_t type, rights_t need,
                    struct object **out, rights_t *rights)
{
    SPIN_GUARD(&table->lock);
    struct handle_slot *slot;
    status_t st = slot_check(table, value, type, need, &slot);

    if (st != OK)
        return st;
    *out = object_get(slot->obj);
    if (rights)
        *rights = slot->rights;
    return OK;
}

bool handle_next(struct handle_table *table, uint32_t *cursor, struct handle_entry *out)
{
    SPIN_GUARD(&table->lock);

    while (*cursor < table->capacity) {
        uint32_t index = (*cursor)++;
        struct handle_slot *slot = &table->slots[index];

        if (!slot->obj)
            continue;
        *out = (struct handle_entry){
            .value = value_of(table, index),
            .handle = {.obj = object_get(slot->obj), .rights = slot->rights},
        };
        return true;
    }
    return false;
}

status_t handle_observe(struct handle_table *table, handle_t value, struct observer *ob,
                        struct task *task)
{
    SPIN_GUARD(&table->lock);
    struct handle_slot *slot;
    status_t st = slot_check(table, value, 0, ZX_RIGHT_WAIT, &slot);

    if (st != OK)
        return st;
    ob->obj = object_get(slot->obj);
    ob->handle = value;
    object_observe(ob, task);
    return OK;
}
