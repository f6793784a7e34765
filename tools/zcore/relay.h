/*
 * relay.h - between our standard descriptors and the serial console of a machine.
 */
#pragma once

#include <stdbool.h>

#include "tools/zcore/filter.h"
#include "tools/zcore/machine.h"

enum relay_end {
    RELAY_MACHINE_ENDED = 0,
    RELAY_TOO_LATE = -1, /* the program had not begun in time */
    /* > 0: a signal that ends us */
};

/*
 * Until the machine's console is closed, or something else ends it. `terminal`: our terminal is
 * the guest's, in raw mode; otherwise what we read is the guest's input as it is, and ends.
 * `seconds`: the program must have begun by then, or, where the filter has started already, the
 * machine have ended; 0: it has time.
 */
int relay(struct machine *machine, struct filter *filter, bool terminal, unsigned seconds);
