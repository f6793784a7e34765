/*
 * linked.h - what the dynamic linker hands to the program that it has linked, as the third
 * argument of its entry.
 */
#pragma once

#include "user/zircon/tls.h"

struct linked {
    struct tls_layout tls; /* of the program and its libraries */
    void (*finish)(void);  /* the libraries' destructors: when the program ends */
};
