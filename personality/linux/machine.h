/*
 * machine.h - what the personality tells the machine that it runs on.
 */
#pragma once

#include <stdbool.h>

/* The first program stopped and no shell of ours will see it: libos stops the launcher too, and
 * lets the program go on when the launcher is continued; bare metal has nobody to tell. */
void machine_stopped(int signo);

/* Whether it can do that. */
bool machine_sees_stops(void);
