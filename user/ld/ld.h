/*
 * ld.h - the parts of the dynamic linker, for each other.
 *
 * It links what a program needs and nothing more: relocations by base and by symbol, symbols
 * found breadth first, thread-local variables, constructors and destructors of libraries. There
 * are no versions, no lazy binding, no dlopen.
 */
#pragma once

#include <stdbool.h>

#include "user/zircon/load.h"
#include "user/zircon/symbol.h"

/* --- message.c --- */

struct startup {
    zx_handle_t executable, vmar, loader, log;
};

/* The message for us; the program's own stays in the channel. */
zx_status_t startup_read(zx_handle_t bootstrap, struct startup *out);
/* Says so and is `st`. */
zx_status_t fail(const struct startup *startup, const char *what, zx_status_t st);

/* --- loader.c: the other end of fuchsia.ldsvc.Loader --- */

zx_status_t loader_load(zx_handle_t loader, const char *name, zx_handle_t *out);
void loader_done(zx_handle_t loader);

/* --- module.c --- */

enum { MODULES_MAX = 16 };

struct module {
    const char *name; /* as others need it; the program's is "" */
    zx_vaddr_t base;
    intptr_t tls; /* where its thread-local variables are, from the thread pointer */
    struct dynamic dynamic;
};

/* In the order in which they are searched for symbols: the program first. */
struct modules {
    struct module list[MODULES_MAX];
    unsigned count;
};

/* An image that is mapped. ERR_NO_RESOURCES: too many. */
zx_status_t module_add(struct modules *all, const char *name, zx_vaddr_t base);
bool module_has(const struct modules *all, const char *name);
/* The `i`-th that a module needs; NULL: there are fewer. */
const char *module_needs(const struct module *m, unsigned i);
/* ERR_NOT_FOUND: a symbol; ERR_NOT_SUPPORTED: a kind of relocation. `*what` names it. */
zx_status_t module_relocate(const struct modules *all, const struct module *m,
                            const char **what);
/* Its constructors in order, and its destructors in the opposite. */
void module_construct(const struct module *m);
void module_destroy(const struct module *m);
