/*
 * devices.h - what every PC has and the HAL uses itself.
 */
#pragma once

/* COM1 becomes the console; the controller of its interrupts is there. */
void console_attach(void);

/* Feed the pool of hal_entropy for the first time. */
void entropy_start(void);
