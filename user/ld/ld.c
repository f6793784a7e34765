/*
 * ld.c - the dynamic linker: loads the program and what it needs, links them, enters it.
 */
#include "user/ld/ld.h"
#include "user/zircon/linked.h"
#include "user/zircon/runtime_internal.h"

static const char vdso_name[] = "libzircon.so";

static zx_status_t load(const struct startup *s, struct modules *all, const char *name,
                        zx_handle_t vmo, struct image *image)
{
    zx_status_t st = load_image(s->vmar, vmo, image);

    zx_handle_close(vmo);
    return st == ZX_OK ? module_add(all, name, image->base) : st;
}

/* Everything that the modules need, and what that needs. */
static zx_status_t load_needed(const struct startup *s, struct modules *all)
{
    for (unsigned i = 0; i < all->count; i++) {
        const char *name;

        for (unsigned n = 0; (name = module_needs(&all->list[i], n)); n++) {
            struct image image;
            zx_handle_t vmo;
            zx_status_t st;

            if (module_has(all, name))
                continue;
            st = loader_load(s->loader, name, &vmo);
            if (st == ZX_OK)
                st = load(s, all, name, vmo, &image);
            if (st != ZX_OK)
                return fail(s, name, st);
        }
    }
    return ZX_OK;
}

/* The program last: it copies variables of the libraries. */
static zx_status_t relocate(const struct startup *s, const struct modules *all)
{
    for (unsigned i = all->count; i-- > 0;) {
        const char *what = "";
        zx_status_t st;

        if (!strcmp(all->list[i].name, vdso_name))
            continue; /* the kernel's: there is nothing to do, nor could it be written to */
        st = module_relocate(all, &all->list[i], &what);
        if (st != ZX_OK)
            return fail(s, what, st);
    }
    return ZX_OK;
}

/* The program is in this process, too, and calls it at its end. */
static struct modules all;
static struct linked linked;

static void finish(void)
{
    for (unsigned i = 2; i < all.count; i++)
        module_destroy(&all.list[i]);
}

/* The program comes first; the vDSO, which is there already, is found last of the rest. */
static zx_status_t link(zx_handle_t bootstrap, uint64_t vdso, zx_vaddr_t *entry)
{
    struct startup s;
    struct image program;
    zx_status_t st = startup_read(bootstrap, &s);

    if (st == ZX_OK)
        st = load(&s, &all, "", s.executable, &program);
    if (st != ZX_OK)
        return fail(&s, "the program", st);
    st = module_add(&all, vdso_name, vdso);
    if (st == ZX_OK)
        st = load_needed(&s, &all);
    loader_done(s.loader);
    for (unsigned i = 0; i < all.count; i++)
        all.list[i].tls = tls_layout_add(&linked.tls, all.list[i].base);
    if (st == ZX_OK)
        st = relocate(&s, &all);
    for (unsigned i = all.count; st == ZX_OK && i-- > 2;)
        module_construct(&all.list[i]);
    zx_handle_close(s.vmar);
    zx_handle_close(s.log);
    *entry = program.entry;
    return st;
}

_Noreturn void runtime_start(zx_handle_t bootstrap, uint64_t vdso, const struct linked *none)
{
    zx_vaddr_t entry = 0;
    zx_status_t st;

    (void)none;
    runtime_relocate(vdso);
    linked.finish = finish;
    st = link(bootstrap, vdso, &entry);
    if (st == ZX_OK)
        ((void (*)(zx_handle_t, uint64_t, const struct linked *))entry)(bootstrap, vdso,
                                                                        &linked);
    zx_process_exit(st);
}
