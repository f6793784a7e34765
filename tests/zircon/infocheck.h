/*
 * infocheck.h - what holds for every topic of zx_object_get_info.
 */
#pragma once

#include "tests/zircon/ztest.h"

/* A topic, and an object to ask about. */
struct topic {
    uint32_t number;
    uint32_t size; /* of a record */
    zx_handle_t (*handle)(void);
    zx_rights_t need;
};

/* zx_object_get_info into a buffer of its own; `records`: how many fit. */
zx_status_t topic_read(const struct topic *t, zx_handle_t handle, uint64_t records,
                       uint64_t *actual, uint64_t *avail);

void check_ok(const struct topic *t);
void check_invalid_handle(const struct topic *t);
void check_null_avail(const struct topic *t);
void check_null_actual(const struct topic *t);
void check_null_both(const struct topic *t);
void check_bad_buffer(const struct topic *t);
void check_bad_actual(const struct topic *t);
void check_bad_avail(const struct topic *t);
/* Of topics with one record, and of lists. */
void check_zero_fails(const struct topic *t);
void check_zero_ok(const struct topic *t);
void check_small_ok(const struct topic *t);
void check_half_mapped(const struct topic *t);
void check_needs(const struct topic *t);
void check_wrong_job(const struct topic *t);
void check_wrong_process(const struct topic *t);
void check_wrong_thread(const struct topic *t);

/* This thread. */
zx_handle_t self_thread(void);
