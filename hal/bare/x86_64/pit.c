/*
 * pit.c - measures clocks against channel 0 of the 8254 timer.
 *
 * A moment is known when two reads in a row see the count change: it lies between them. Of
 * several such pairs the tightest counts. The count wraps after 55 ms, and an emulator may lose
 * its CPU for longer, which no single measurement can tell: two have to agree.
 */
#include "hal/bare/x86_64/pit.h"

#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"

#define PIT_HZ 1193182u

#define PORT_CHANNEL0 0x40
#define PORT_COMMAND  0x43
#define RATE_GENERATOR \
    0x34 /* channel 0, low then high byte, mode 2: counts down, over and over */
#define LATCH 0x00

#define WINDOW   (PIT_HZ / 80) /* 12.5 ms */
#define TRIES    16u
#define PATIENCE 1000u /* reads without a change before the timer is given up for dead */
#define ATTEMPTS 20u
#define ACCURACY 1000u /* two agree to one part in so many */

/* What the clocks showed at one moment. */
struct moment {
    uint16_t pit; /* counts down */
    uint64_t tsc;
    uint32_t apic; /* counts down */
};

static struct moment moment_read(void)
{
    struct moment m;
    uint8_t low;

    port_out8(PORT_COMMAND, LATCH);
    low = port_in8(PORT_CHANNEL0);
    m.pit = (uint16_t)(low | port_in8(PORT_CHANNEL0) << 8);
    m.tsc = tsc_read();
    m.apic = lapic_timer_left();
    return m;
}

/* The first read after the count has changed, and how long that read took. */
static struct moment moment_of_change(uint64_t *width)
{
    struct moment now = moment_read(), before;

    for (unsigned i = 0; i < PATIENCE; i++) {
        before = now;
        now = moment_read();
        if (now.pit != before.pit)
            break;
    }
    *width = now.tsc - before.tsc;
    return now;
}

static struct moment moment_sharpest(void)
{
    struct moment best = {}, m;
    uint64_t best_width = UINT64_MAX, width;

    for (unsigned i = 0; i < TRIES; i++) {
        m = moment_of_change(&width);
        if (width < best_width) {
            best_width = width;
            best = m;
        }
    }
    return best;
}

static struct clock_rates rates_measure(void)
{
    struct moment start, end;
    uint64_t ticks;

    lapic_timer_set(UINT32_MAX);
    start = moment_sharpest();
    do
        end = moment_read();
    while ((uint16_t)(start.pit - end.pit) < WINDOW && end.tsc - start.tsc < UINT32_MAX);
    end = moment_sharpest();
    lapic_timer_set(0);

    ticks = MAX((uint16_t)(start.pit - end.pit), (uint16_t)1);
    return (struct clock_rates){
        .tsc = (end.tsc - start.tsc) * PIT_HZ / ticks,
        .apic = (uint64_t)(start.apic - end.apic) * PIT_HZ / ticks,
    };
}

static bool rates_agree(uint64_t a, uint64_t b)
{
    return MAX(a, b) - MIN(a, b) <= MIN(a, b) / ACCURACY;
}

struct clock_rates pit_measure(void)
{
    struct clock_rates last, now;

    port_out8(PORT_COMMAND, RATE_GENERATOR);
    port_out8(PORT_CHANNEL0, 0);
    port_out8(PORT_CHANNEL0, 0);
    now = rates_measure();
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        last = now;
        now = rates_measure();
        if (rates_agree(last.tsc, now.tsc) && rates_agree(last.apic, now.apic))
            break;
    }
    return now;
}
