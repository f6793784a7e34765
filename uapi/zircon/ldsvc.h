/*
 * ldsvc.h - what a dynamic linker asks for its files by: the protocol fuchsia.ldsvc.Loader, as
 * the messages of June 2020.
 */
#pragma once

#include "uapi/zircon/types.h"

#define LDSVC_DONE        0x63ba6b76d3671001ull
#define LDSVC_LOAD_OBJECT 0x48c5a151d6df2853ull /* name -> status, VMO */
#define LDSVC_CONFIG      0x6a8a1a1464632841ull /* text -> status */
#define LDSVC_CLONE       0x57e643a9ab6e4c29ull /* channel -> status */

#define FIDL_MAGIC_INITIAL  1u
#define FIDL_PRESENT        UINT64_MAX /* of what is out of line */
#define FIDL_HANDLE_PRESENT UINT32_MAX

typedef struct fidl_header {
    uint32_t txid;
    uint8_t flags[3], magic;
    uint64_t ordinal;
} fidl_header_t;

/* LOAD_OBJECT and CONFIG; the text follows, padded to 8 bytes. */
typedef struct ldsvc_text_request {
    fidl_header_t header;
    uint64_t size; /* bytes of the text, which has no NUL */
    uint64_t present;
} ldsvc_text_request_t;

typedef struct ldsvc_reply {
    fidl_header_t header;
    zx_status_t status;
    uint32_t object; /* LOAD_OBJECT: FIDL_HANDLE_PRESENT or 0 */
} ldsvc_reply_t;

#define LDSVC_MESSAGE_MAX 1024
