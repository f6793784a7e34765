/*
 * counter.c - where the counters' numbers are, and their sums.
 */
#include "mm/counter.h"

#include "base/string.h"

const char *const counter_names[COUNTERS] = {
#define COUNTER(name, text) [COUNTER_##name] = (text),
#include "mm/counters.def"
#undef COUNTER
};

static int64_t first_rows[HAL_MAX_CPUS * COUNTERS]; /* until they move */
int64_t *counter_rows = first_rows;

void counters_init(void)
{
    counter_rows = first_rows;
    memset(first_rows, 0, sizeof(first_rows));
}

void counters_move(void *to)
{
    memcpy(to, counter_rows, COUNTER_BYTES);
    counter_rows = to;
}

int64_t counter_sum(enum counter which)
{
    int64_t sum = 0;

    for (unsigned cpu = 0; cpu < HAL_MAX_CPUS; cpu++)
        sum += __atomic_load_n(&counter_rows[cpu * COUNTERS + which], __ATOMIC_RELAXED);
    return sum;
}
