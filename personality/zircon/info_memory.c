/*
 * info_memory.c - the topics about memory: VMOs, and what a process has of them.
 */
#include "base/string.h"
#include "object/bti.h"
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/info.h"
#include "personality/zircon/vmar_flags.h"

/* The koid, name and parent of a VMO that no handle ever named are 0. */
static void copy_label(struct vmo *vmo, zx_info_vmo_t *out)
{
    SPIN_GUARD(&vmo->lock);
    struct vmo_label *label = vmo->label;

    if (!label)
        return;
    out->koid = label->koid;
    out->parent_koid = label->parent_koid;
    out->num_children = atomic_load_explicit(&label->children, memory_order_relaxed);
    memcpy(out->name, label->name, sizeof(out->name));
}

void info_of_vmo(struct vmo *vmo, zx_info_vmo_t *out)
{
    struct vmo_use use;

    vmo_use_read(vmo, &use);
    *out = (zx_info_vmo_t){
        .size_bytes = vmo->size,
        .num_mappings = use.mappings,
        .share_count = use.spaces ? use.spaces : 1,
        .flags = (vmo->flags & VMO_PHYSICAL ? 0u : ZX_INFO_VMO_TYPE_PAGED) |
                 (vmo->flags & VMO_RESIZABLE ? ZX_INFO_VMO_RESIZABLE : 0u) |
                 (vmo->flags & VMO_CONTIGUOUS ? ZX_INFO_VMO_CONTIGUOUS : 0u) |
                 (vmo->flags & VMO_DISCARDABLE ? ZX_INFO_VMO_DISCARDABLE
                  : vmo->pager                 ? ZX_INFO_VMO_PAGER_BACKED
                                               : 0u),
        .committed_bytes = vmo_committed_in(vmo, 0, vmo->size >> PAGE_SHIFT) * PAGE_SIZE,
    };
    copy_label(vmo, out);
    if (out->parent_koid)
        out->flags |= ZX_INFO_VMO_IS_COW_CLONE;
}

/* ERR_BAD_STATE: the process has ended. */
static status_t walk(struct object *obj,
                     void (*see)(void *arg, const struct region *r, unsigned depth), void *arg)
{
    struct aspace *as = process_aspace(container_of(obj, struct process, object));

    if (!as)
        return ERR_BAD_STATE;
    aspace_walk(as, see, arg);
    aspace_put(as);
    return OK;
}

static const struct mapping *as_mapping(const struct region *r)
{
    return r->kind == REGION_MAPPING ? container_of(r, const struct mapping, region) : NULL;
}

static uint64_t committed_pages(const struct mapping *m)
{
    uint64_t first = m->offset >> PAGE_SHIFT;

    return vmo_committed_in(m->vmo, first, first + (m->region.size >> PAGE_SHIFT));
}

static zx_vm_option_t map_flags(unsigned prot)
{
    return (prot & HAL_PROT_READ ? ZX_VM_PERM_READ : 0u) |
           (prot & HAL_PROT_WRITE ? ZX_VM_PERM_WRITE : 0u) |
           (prot & HAL_PROT_EXEC ? ZX_VM_PERM_EXECUTE : 0u);
}

static void set_name(zx_info_maps_t *map, const char *name)
{
    memcpy(map->name, name, strnlen(name, sizeof(map->name) - 1));
}

static void fill_map(const struct region *r, zx_info_maps_t *map)
{
    const struct mapping *m = as_mapping(r);
    zx_info_vmo_t vmo = {0};

    map->type = m ? ZX_INFO_MAPS_TYPE_MAPPING : ZX_INFO_MAPS_TYPE_VMAR;
    if (!m) {
        set_name(map, r->parent ? "useralloc" : "root");
        return;
    }
    copy_label(m->vmo, &vmo);
    memcpy(map->name, vmo.name, sizeof(map->name));
    map->u.mapping = (zx_info_maps_mapping_t){
        .mmu_flags = map_flags(m->prot),
        .vmo_koid = vmo.koid,
        .vmo_offset = m->offset,
        .committed_pages = committed_pages(m),
    };
}

/* The space itself is told before its root. */
static void see_map(void *arg, const struct region *r, unsigned depth)
{
    struct info_list *list = arg;
    zx_info_maps_t map = {.base = r->base, .size = r->size};

    if (depth == 0) {
        map.type = ZX_INFO_MAPS_TYPE_ASPACE;
        set_name(&map, "user");
        info_list_add(list, &map);
    }
    map.depth = depth + 1;
    if (list->count < list->room)
        fill_map(r, &map);
    info_list_add(list, &map);
}

status_t info_maps(struct object *obj, struct info_list *list)
{
    return walk(obj, see_map, list);
}

static void see_vmo(void *arg, const struct region *r, unsigned depth)
{
    const struct mapping *m = as_mapping(r);
    struct info_list *list = arg;
    zx_info_vmo_t vmo;

    (void)depth;
    if (!m)
        return;
    if (list->count < list->room) {
        info_of_vmo(m->vmo, &vmo);
        vmo.flags |= ZX_INFO_VMO_VIA_MAPPING;
    }
    info_list_add(list, &vmo);
}

static void list_vmo_handle(struct info_list *list, const struct handle *h)
{
    zx_info_vmo_t vmo;

    if (list->count < list->room) {
        info_of_vmo(vmo_object_of(h->obj)->vmo, &vmo);
        vmo.koid = h->obj->koid;
        vmo.flags |= ZX_INFO_VMO_VIA_HANDLE;
        vmo.handle_rights = h->rights;
    }
    info_list_add(list, &vmo);
}

/* One of more than one handle or mapping is told once for each. */
status_t info_vmos(struct object *obj, struct info_list *list)
{
    struct process *p = container_of(obj, struct process, object);
    struct handle_entry entry;

    for (uint32_t cursor = 0; handle_next(&p->handles, &cursor, &entry);) {
        if (entry.handle.obj->ops->type == ZX_OBJ_TYPE_VMO)
            list_vmo_handle(list, &entry.handle);
        object_put(entry.handle.obj);
    }
    return walk(obj, see_vmo, list);
}

static void add_usage(void *arg, const struct region *r, unsigned depth)
{
    const struct mapping *m = as_mapping(r);
    zx_info_task_stats_t *stats = arg;
    struct vmo_use use;
    uint64_t bytes;

    (void)depth;
    if (!m)
        return;
    vmo_use_read(m->vmo, &use);
    bytes = committed_pages(m) * PAGE_SIZE;
    stats->mem_mapped_bytes += m->region.size;
    if (use.spaces <= 1) {
        stats->mem_private_bytes += bytes;
    } else {
        stats->mem_shared_bytes += bytes;
        stats->mem_scaled_shared_bytes += bytes / use.spaces;
    }
}

status_t info_task_stats(struct object *obj, rights_t rights, union info_record *out)
{
    (void)rights;
    return walk(obj, add_usage, &out->task_stats);
}

status_t info_bti(struct object *obj, rights_t rights, union info_record *out)
{
    (void)obj;
    (void)rights;
    out->bti = (zx_info_bti_t){.minimum_contiguity = BTI_MIN_CONTIGUITY,
                               .aspace_size = BTI_ASPACE_SIZE};
    return OK;
}
