/*
 * fs.h - flags of preadv2(2) and pwritev2(2).
 */
#pragma once

#define RWF_HIPRI  0x01u
#define RWF_DSYNC  0x02u
#define RWF_SYNC   0x04u
#define RWF_NOWAIT 0x08u
#define RWF_APPEND 0x10u
