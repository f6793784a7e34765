/*
 * rtc.c - reads the CMOS clock (MC146818), whose years are taken for 2000 to 2099.
 */
#include "hal/bare/x86_64/rtc.h"

#include "base/string.h"
#include "hal/bare/x86_64/instructions.h"

#define PORT_INDEX 0x70
#define PORT_DATA  0x71

enum { REG_A = 0x0a, REG_B = 0x0b };

#define A_UPDATING (1u << 7)
#define B_BINARY   (1u << 2)
#define B_24_HOURS (1u << 1)
#define HOUR_PM    (1u << 7)

#define ABSENT 0xff /* what a port without a device reads */
#define TRIES  100000u

enum { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, FIELDS };

static uint8_t cmos_read(uint8_t reg)
{
    port_out8(PORT_INDEX, reg);
    return port_in8(PORT_DATA);
}

static void fields_read(uint8_t fields[FIELDS])
{
    static const uint8_t registers[FIELDS] = {0, 2, 4, 7, 8, 9};

    for (unsigned i = 0; i < FIELDS; i++)
        fields[i] = cmos_read(registers[i]);
}

/* The same twice in a row and no update under way: the clock did not tick in between. */
static bool fields_read_steady(uint8_t fields[FIELDS])
{
    uint8_t again[FIELDS];

    for (unsigned i = 0; i < TRIES; i++) {
        if (cmos_read(REG_A) & A_UPDATING)
            continue;
        fields_read(fields);
        fields_read(again);
        if (memcmp(fields, again, FIELDS) == 0)
            return true;
    }
    return false;
}

/* To binary and 24 hours. */
static void fields_normalise(uint8_t fields[FIELDS], uint8_t mode)
{
    bool afternoon = !(mode & B_24_HOURS) && (fields[HOUR] & HOUR_PM);

    fields[HOUR] &= (uint8_t) ~(mode & B_24_HOURS ? 0 : HOUR_PM);
    for (unsigned i = 0; i < FIELDS && !(mode & B_BINARY); i++)
        fields[i] = (uint8_t)((fields[i] >> 4) * 10 + (fields[i] & 0xf));
    if (!(mode & B_24_HOURS))
        fields[HOUR] = (uint8_t)(fields[HOUR] % 12 + (afternoon ? 12 : 0));
}

/* Days from 1970-01-01. The year begins in March, so that the leap day is its last: then a
 * month starts (153 m + 2) / 5 days into it. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

int64_t rtc_read(void)
{
    uint8_t f[FIELDS];

    if (cmos_read(REG_B) == ABSENT || !fields_read_steady(f))
        return 0;
    fields_normalise(f, cmos_read(REG_B));
    return ((days_since_1970(2000 + f[YEAR], f[MONTH], f[DAY]) * 24 + f[HOUR]) * 60 +
            f[MINUTE]) *
               60 +
           f[SECOND];
}
