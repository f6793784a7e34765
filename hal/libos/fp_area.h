/*
 * fp_area.h - FP and vector state in memory: its two formats.
 *
 * The standard format has a place for all components of this machine (Intel SDM 1, 13.4). The
 * kept one is compacted, and has those that contexts have in use whenever they wait, but for
 * few: the C library clears the upper halves of YMM0 to YMM15 after use.
 */
#pragma once

#include "hal/context.h"

enum { XSAVE_LEGACY = 512, XSAVE_HEADER = 64 };

/* The head of both formats. */
struct xsave_area {
    uint16_t fcw, fsw, ftw, fop;
    uint64_t fip, fdp;
    uint32_t mxcsr, mxcsr_mask;
    uint64_t st[16], xmm[32];
    uint8_t unused[96];
    uint64_t present, compaction, reserved[6];
};
_Static_assert(sizeof(struct xsave_area) == XSAVE_LEGACY + XSAVE_HEADER, "SDM 1, 13.4.1");

struct kept_area {
    struct xsave_area head;
    uint64_t masks[8];
    unsigned char high_zmm[16][64];
};

/* Components of the machine and, of these, of the kept format; 0: the processor lacks what that
 * takes, and the standard format is kept. Both from fp_setup. */
extern uint64_t fp_components, fp_kept;

/* In what is kept, the initial state. */
void fp_area_init(struct xsave_area *area);

/* Components whose registers are not in their initial state; all, if the processor does not
 * tell. */
uint64_t fp_area_in_use(void);

/* The registers, of which these are in use. False, and nothing stored: it is more than the kept
 * format has. */
bool fp_area_store_kept(struct kept_area *kept, uint64_t in_use) MUST_USE;
/* In the standard format. */
void fp_area_store(struct xsave_area *area);
/* From the kept format, where `in_use` may be what the registers hold; from the standard one.
 */
void fp_area_fetch_kept(const struct kept_area *kept, uint64_t in_use);
void fp_area_fetch(const struct xsave_area *area);

/* Pieces of the kept format: the head, and `components`. */
void fp_area_view(struct kept_area *kept, uint64_t components, struct hal_fp_view *view);

/* What a guest's signal frame holds must not make the load fault. `kept`: its format. */
void fp_area_settle(struct xsave_area *area, bool kept);
