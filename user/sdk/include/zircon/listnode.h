/*
 * listnode.h - doubly linked lists: a head and, in each element, a node. Empty lists point at
 * themselves; a node in no list is all zeroes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/sdk/include/zircon/compiler.h"

__BEGIN_CDECLS

#define containerof(ptr, type, member) ((type *)((uintptr_t)(ptr)-offsetof(type, member)))

typedef struct list_node list_node_t;
struct list_node {
    list_node_t *prev, *next;
};

#define LIST_INITIAL_VALUE(list) \
    {                            \
        &(list), &(list)         \
    }
#define LIST_INITIAL_CLEARED_VALUE \
    {                              \
        NULL, NULL                 \
    }

static inline void list_initialize(list_node_t *list)
{
    list->prev = list->next = list;
}

static inline void list_clear_node(list_node_t *item)
{
    item->prev = item->next = NULL;
}

static inline bool list_in_list(const list_node_t *item)
{
    return item->prev != NULL || item->next != NULL;
}

static inline bool list_is_empty(const list_node_t *list)
{
    return list->next == list;
}

/* Between two neighbours. */
static inline void list_put_between_(list_node_t *prev, list_node_t *item, list_node_t *next)
{
    item->prev = prev;
    item->next = next;
    prev->next = item;
    next->prev = item;
}

static inline void list_add_head(list_node_t *list, list_node_t *item)
{
    list_put_between_(list, item, list->next);
}

static inline void list_add_tail(list_node_t *list, list_node_t *item)
{
    list_put_between_(list->prev, item, list);
}

#define list_add_after(entry, new_entry)  list_add_head(entry, new_entry)
#define list_add_before(entry, new_entry) list_add_tail(entry, new_entry)

static inline void list_delete(list_node_t *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
    list_clear_node(item);
}

static inline void list_replace_node(list_node_t *old_node, list_node_t *new_node)
{
    list_put_between_(old_node->prev, new_node, old_node->next);
    list_clear_node(old_node);
}

/* NULL where there is none: of an empty list, or past an end. */

static inline list_node_t *list_next(list_node_t *list, list_node_t *item)
{
    return item->next == list ? NULL : item->next;
}

static inline list_node_t *list_prev(list_node_t *list, list_node_t *item)
{
    return item->prev == list ? NULL : item->prev;
}

static inline list_node_t *list_peek_head(list_node_t *list)
{
    return list_next(list, list);
}

static inline list_node_t *list_peek_tail(list_node_t *list)
{
    return list_prev(list, list);
}

static inline list_node_t *list_remove_head(list_node_t *list)
{
    list_node_t *item = list_peek_head(list);

    if (item)
        list_delete(item);
    return item;
}

static inline list_node_t *list_remove_tail(list_node_t *list)
{
    list_node_t *item = list_peek_tail(list);

    if (item)
        list_delete(item);
    return item;
}

/* The same round the list's end; NULL: the item is alone. */

static inline list_node_t *list_next_wrap(list_node_t *list, list_node_t *item)
{
    list_node_t *next = list_next(list, item);

    if (!next)
        next = list_peek_head(list);
    return next == item ? NULL : next;
}

static inline list_node_t *list_prev_wrap(list_node_t *list, list_node_t *item)
{
    list_node_t *prev = list_prev(list, item);

    if (!prev)
        prev = list_peek_tail(list);
    return prev == item ? NULL : prev;
}

/* The element that holds a node, which may be NULL. */
#define LIST_ELEMENT_(node, type, element)                     \
    __extension__({                                            \
        list_node_t *node_ = (node);                           \
        node_ ? containerof(node_, type, element) : (type *)0; \
    })

#define list_peek_head_type(list, type, element) \
    LIST_ELEMENT_(list_peek_head(list), type, element)
#define list_peek_tail_type(list, type, element) \
    LIST_ELEMENT_(list_peek_tail(list), type, element)
#define list_remove_head_type(list, type, element) \
    LIST_ELEMENT_(list_remove_head(list), type, element)
#define list_remove_tail_type(list, type, element) \
    LIST_ELEMENT_(list_remove_tail(list), type, element)
#define list_next_type(list, item, type, element) \
    LIST_ELEMENT_(list_next(list, item), type, element)
#define list_prev_type(list, item, type, element) \
    LIST_ELEMENT_(list_prev(list, item), type, element)
#define list_next_wrap_type(list, item, type, element) \
    LIST_ELEMENT_(list_next_wrap(list, item), type, element)
#define list_prev_wrap_type(list, item, type, element) \
    LIST_ELEMENT_(list_prev_wrap(list, item), type, element)

/* Loops; those named safe allow the present one to be taken out. */
#define list_for_every(list, node) \
    for ((node) = (list)->next; (node) != (list); (node) = (node)->next)
#define list_for_every_safe(list, node, temp_node)                            \
    for ((node) = (list)->next, (temp_node) = (node)->next; (node) != (list); \
         (node) = (temp_node), (temp_node) = (node)->next)
#define list_for_every_entry(list, entry, type, member)                                 \
    for ((entry) = containerof((list)->next, type, member); &(entry)->member != (list); \
         (entry) = containerof((entry)->member.next, type, member))
#define list_for_every_entry_safe(list, entry, temp_entry, type, member) \
    for ((entry) = containerof((list)->next, type, member),              \
        (temp_entry) = containerof((entry)->member.next, type, member);  \
         &(entry)->member != (list); (entry) = (temp_entry),             \
        (temp_entry) = containerof((temp_entry)->member.next, type, member))

static inline size_t list_length(const list_node_t *list)
{
    const list_node_t *node;
    size_t count = 0;

    list_for_every(list, node) count++;
    return count;
}

/* What is in `from` goes behind `pos`, and `from` is empty. */
static inline void list_splice_after(list_node_t *from, list_node_t *pos)
{
    if (list_is_empty(from))
        return;
    from->next->prev = pos;
    from->prev->next = pos->next;
    pos->next->prev = from->prev;
    pos->next = from->next;
    list_initialize(from);
}

/* What is behind `pos` goes to `to`, whatever that was. */
static inline void list_split_after(list_node_t *list, list_node_t *pos, list_node_t *to)
{
    list_initialize(to);
    if (pos->next == list)
        return;
    to->next = pos->next;
    to->prev = list->prev;
    to->next->prev = to;
    to->prev->next = to;
    pos->next = list;
    list->prev = pos;
}

/* All goes to `to`, whatever that was. */
static inline void list_move(list_node_t *from, list_node_t *to)
{
    list_initialize(to);
    list_splice_after(from, to);
}

__END_CDECLS
