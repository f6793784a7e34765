/*
 * timerfd.h - flags of timerfd_create(2) and timerfd_settime(2).
 */
#pragma once

#define TFD_TIMER_ABSTIME       1u
#define TFD_TIMER_CANCEL_ON_SET 2u
