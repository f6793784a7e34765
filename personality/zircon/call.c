/*
 * call.c - what calls share: handles out, names in.
 */
#include "personality/zircon/call.h"

#include "base/string.h"

status_t call_give(struct syscall *call, struct object *obj, rights_t rights, user_addr_t out)
{
    struct handle h = handle_make(obj, rights);
    handle_t value;
    status_t st = handle_insert(call_handles(call), &h, &value);

    if (st != OK) {
        handle_drop(&h);
        return st;
    }
    st = copy_to_user(call_user(call), out, &value, sizeof(value));
    if (st != OK)
        handle_close(call_handles(call), value); /* the program never learnt its value */
    return st;
}

/* Inserts both or none. */
static status_t insert_pair(struct handle_table *table, struct handle h[2], handle_t values[2])
{
    status_t st = handle_insert(table, &h[0], &values[0]);

    if (st != OK)
        return st;
    st = handle_insert(table, &h[1], &values[1]);
    if (st != OK)
        handle_close(table, values[0]);
    return st;
}

status_t call_give_two(struct syscall *call, struct object *a, rights_t rights_a,
                       user_addr_t out_a, struct object *b, rights_t rights_b,
                       user_addr_t out_b)
{
    struct handle h[2] = {handle_make(a, rights_a), handle_make(b, rights_b)};
    handle_t values[2];
    status_t st = insert_pair(call_handles(call), h, values);

    object_put(a);
    object_put(b);
    if (st != OK) {
        handle_drop(&h[0]);
        handle_drop(&h[1]);
        return st;
    }
    st = copy_to_user(call_user(call), out_a, &values[0], sizeof(values[0]));
    if (st == OK)
        st = copy_to_user(call_user(call), out_b, &values[1], sizeof(values[1]));
    if (st != OK) {
        handle_close(call_handles(call), values[0]);
        handle_close(call_handles(call), values[1]);
    }
    return st;
}

status_t call_copy_name(struct syscall *call, user_addr_t from, size_t size,
                        char name[ZX_MAX_NAME_LEN])
{
    memset(name, 0, ZX_MAX_NAME_LEN);
    return copy_from_user(call_user(call), name, from, MIN(size, ZX_MAX_NAME_LEN - 1));
}

/* What precedes the page that is missing has been copied. */
static void advance(struct transfer *f)
{
    user_addr_t fault = f->thread->user.fault_addr;
    size_t done = fault > f->user ? MIN(fault - f->user, f->size) : 0;

    f->user += done;
    f->size -= done;
    f->kernel = (char *)f->kernel + done;
}

CO_FN(transfer)
{
    status_t st;

    for (;;) {
        st = f->direction == TO_USER
                 ? copy_to_user(&f->thread->user, f->user, f->kernel, f->size)
                 : copy_from_user(&f->thread->user, f->kernel, f->user, f->size);
        if (st != ERR_USER_PAGE)
            CO_RETURN(st);
        advance(f);
        THREAD_PAGE_IN(st, f->thread);
        if (st != OK)
            CO_RETURN(st == ERR_CANCELED || st == ERR_NO_MEMORY ? st : ERR_FAULT);
    }
}
CO_END
