/*
 * epoll_nesting.c - sets that watch sets: how deep, and by how many ways, since one event wakes
 * along all of them.
 */
#include "personality/linux/poll/epoll_internal.h"

static uint64_t last_round; /* of searches; guarded by epoll_lock */

/*
 * How many levels of sets there are from `at` down; too many if `top` is among them, which
 * closes a circle. Each set is looked at once in a round.
 */
static unsigned levels_below_locked(struct epoll *at, const struct epoll *top, uint64_t round)
{
    unsigned deepest = 0;

    if (at == top)
        return EPOLL_NESTING_MAX;
    if (at->round == round)
        return at->levels;
    list_for_each (it, &at->items) {
        struct epoll_item *item = container_of(it, struct epoll_item, set_link);
        struct epoll *below = epoll_of_file(item->file);

        if (below)
            deepest = MAX(deepest, levels_below_locked(below, top, round));
    }
    at->round = round;
    at->levels = deepest + 1;
    return at->levels;
}

/* And from `at` up: the sets that watch it, and those that watch them. */
static unsigned levels_above_locked(struct epoll *at, uint64_t round)
{
    unsigned highest = 0;

    if (at->round == round)
        return at->levels;
    list_for_each (it, epoll_bucket_of(at->file)) {
        struct epoll_item *item = container_of(it, struct epoll_item, hash_link);

        if (item->file == at->file)
            highest = MAX(highest, levels_above_locked(item->set, round));
    }
    at->round = round;
    at->levels = highest + 1;
    return at->levels;
}

/* A set may be watched by another, but not in a circle, nor in too many levels from the topmost
 * to the lowest: whichever of them is added last. */
status_t epoll_check_nesting_locked(struct epoll *set, struct file *file)
{
    struct epoll *below = epoll_of_file(file);
    unsigned levels;

    if (!below)
        return OK;
    levels = levels_below_locked(below, set, ++last_round);
    levels += levels_above_locked(set, ++last_round);
    return levels > EPOLL_NESTING_MAX ? ERR_LOOP : OK;
}

/* How many ways there may be, through so many sets on the way, from a file to a set that nobody
 * watches; any number straight there. */
static const unsigned ways_max[EPOLL_NESTING_MAX] = {UINT32_MAX, 500, 100, 50, 10};

/* False: too many. `ways` counts them by their length. */
static bool count_ways_locked(const struct file *file, unsigned depth, unsigned *ways)
{
    bool watched = false;

    if (depth > EPOLL_NESTING_MAX)
        return false;
    list_for_each (it, epoll_bucket_of(file)) {
        struct epoll_item *item = container_of(it, struct epoll_item, hash_link);

        if (item->file != file)
            continue;
        watched = true;
        if (!count_ways_locked(item->set->file, depth + 1, ways))
            return false;
    }
    if (watched || !depth)
        return true;
    return depth == 1 || ++ways[depth - 1] <= ways_max[depth - 1];
}

static bool ways_from_fit_locked(const struct file *file)
{
    unsigned ways[EPOLL_NESTING_MAX + 1] = {0};

    return count_ways_locked(file, 0, ways);
}

/* Of a set, those of all that it comes to watch, directly or not; each set once in a round. */
static bool paths_fit_locked(struct file *file, uint64_t round)
{
    struct epoll *set = epoll_of_file(file);

    if (!set)
        return ways_from_fit_locked(file);
    if (set->round == round)
        return true;
    set->round = round;
    list_for_each (it, &set->items)
        if (!paths_fit_locked(container_of(it, struct epoll_item, set_link)->file, round))
            return false;
    return true;
}

bool epoll_paths_fit_locked(struct file *file)
{
    return paths_fit_locked(file, ++last_round);
}
