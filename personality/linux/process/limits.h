/*
 * limits.h - resource limits that are asked for from below (getrlimit(2)).
 */
#pragma once

/* Boot: files ask for RLIMIT_FSIZE from now on. */
void limits_init(void);
