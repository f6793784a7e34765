/*
 * panic.h - the kernel's last words.
 */
#pragma once

/* Makes base's panic print backtrace and await chains and end the machine with status 125. */
void panic_init(void);
