/*
 * list.h - intrusive circular doubly linked list.
 *
 * The same struct is head and link. An unlinked link points at itself, so removal is
 * idempotent and "am I on a list" is a question a node can answer alone.
 * A list has no lock of its own: the owner of the head says which lock guards it.
 */
#pragma once

#include "base/types.h"

struct list {
    struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_empty(const struct list *head)
{
    return head->next == head;
}

static inline void list_insert_before(struct list *at, struct list *node)
{
    node->prev = at->prev;
    node->next = at;
    at->prev->next = node;
    at->prev = node;
}

static inline void list_push_back(struct list *head, struct list *node)
{
    list_insert_before(head, node);
}

static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

static inline struct list *list_pop_front(struct list *head)
{
    struct list *node = head->next;

    if (node == head)
        return NULL;
    list_remove(node);
    return node;
}

#define list_for_each(it, head) \
    for (struct list *it = (head)->next; it != (head); it = it->next)

/* The body may remove `it`, and nothing else. */
#define list_for_each_safe(it, head)                                          \
    for (struct list *it = (head)->next, *it##_next = it->next; it != (head); \
         it = it##_next, it##_next = it->next)
