/*
 * memory_info.c - zx_object_get_info of processes: what their memory and their handles are.
 */
#include "tests/zircon/ztest.h"

CHILD(stays)
{
    return zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) != ZX_OK;
}

static void child_end(struct ztest_child *c)
{
    EXPECT_OK(zx_handle_close(c->channel));
    c->channel = ZX_HANDLE_INVALID;
    EXPECT_EQ(ztest_child_join(c), 0);
}

CASE(ProcessGetInfoTest, InfoProcessMapsUnstartedSuceeds)
{
    zx_handle_t process, vmar;
    uint64_t actual, avail;
    zx_info_maps_t map;

    ASSERT_OK(zx_process_create(ztest_job(), "unstarted", 9, 0, &process, &vmar));
    EXPECT_OK(zx_object_get_info(process, ZX_INFO_PROCESS_MAPS, &map, 0, &actual, &avail));
    EXPECT_EQ(avail, 2);
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(vmar));
}

enum { MAPPINGS = 8, MAPS = 64 };

/* A region of the child with every second page of a VMO mapped, so that none join. */
struct scene {
    struct ztest_child child;
    zx_handle_t region, vmo;
    zx_koid_t vmo_koid;
    zx_vaddr_t base, mapped[MAPPINGS];
};

static const zx_vm_option_t scene_perms[2] = {ZX_VM_PERM_READ,
                                              ZX_VM_PERM_READ | ZX_VM_PERM_WRITE};

static int scene_make(struct scene *s)
{
    zx_status_t st = ZX_OK;

    if (!ztest_child_run(&s->child, ztest_job(), "stays"))
        return 0;
    EXPECT_OK(zx_vmar_allocate(s->child.vmar, ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE, 0,
                               MAPPINGS * 16 * PAGE, &s->region, &s->base));
    EXPECT_OK(zx_vmo_create(MAPPINGS * 2 * PAGE, 0, &s->vmo));
    s->vmo_koid = ztest_koid(s->vmo);
    EXPECT_OK(zx_object_set_property(s->vmo, ZX_PROP_NAME, "mapped", 6));
    for (unsigned i = 0; i < MAPPINGS && st == ZX_OK; i++)
        st = zx_vmar_map(s->region, scene_perms[i & 1], 0, s->vmo, i * 2ull * PAGE, PAGE,
                         &s->mapped[i]);
    EXPECT_OK(st);
    EXPECT_OK(zx_handle_close(s->vmo));
    EXPECT_OK(zx_handle_close(s->region));
    return st == ZX_OK;
}

/* Which of the scene's mappings it is; MAPPINGS: none. */
static unsigned scene_find(const struct scene *s, const zx_info_maps_t *map)
{
    unsigned i = 0;

    while (i < MAPPINGS && s->mapped[i] != map->base)
        i++;
    return i;
}

static void check_mapping(const struct scene *s, const zx_info_maps_t *map, unsigned i)
{
    EXPECT_EQ(map->type, ZX_INFO_MAPS_TYPE_MAPPING);
    EXPECT_EQ(map->depth, 3);
    EXPECT_EQ(map->size, PAGE);
    EXPECT_EQ(map->u.mapping.mmu_flags, scene_perms[i & 1]);
    EXPECT_EQ(map->u.mapping.vmo_koid, s->vmo_koid);
    EXPECT_EQ(map->u.mapping.vmo_offset, i * 2ull * PAGE);
    EXPECT_EQ(strcmp(map->name, "mapped"), 0);
}

CASE(ProcessGetInfoTest, InfoProcessMapsSmokeTest)
{
    static zx_info_maps_t maps[MAPS];
    struct scene s;
    uint64_t actual, avail, few;
    unsigned seen = 0, regions = 0;

    ASSERT_TRUE(scene_make(&s));
    ASSERT_OK(zx_object_get_info(s.child.process, ZX_INFO_PROCESS_MAPS, maps, sizeof(maps),
                                 &actual, &avail));
    EXPECT_EQ(actual, avail);
    ASSERT_GT(actual, 2 + MAPPINGS);
    EXPECT_EQ(maps[0].type, ZX_INFO_MAPS_TYPE_ASPACE);
    EXPECT_EQ(maps[0].depth, 0);
    EXPECT_EQ(maps[1].type, ZX_INFO_MAPS_TYPE_VMAR);
    EXPECT_EQ(maps[1].depth, 1);
    EXPECT_GT(maps[1].size, 1ll << 36); /* the smallest of user halves, Sv39's, is 2^38 */
    for (uint64_t i = 2; i < actual; i++) {
        unsigned which = scene_find(&s, &maps[i]);

        EXPECT_GT(maps[i].depth, 1);
        if (maps[i].base == s.base && maps[i].type == ZX_INFO_MAPS_TYPE_VMAR)
            regions++;
        if (which < MAPPINGS && maps[i].type == ZX_INFO_MAPS_TYPE_MAPPING) {
            EXPECT_EQ(seen & 1u << which, 0);
            seen |= 1u << which;
            check_mapping(&s, &maps[i], which);
        }
    }
    EXPECT_EQ(seen, (1u << MAPPINGS) - 1);
    EXPECT_EQ(regions, 1);
    few = actual - 3;
    EXPECT_OK(zx_object_get_info(s.child.process, ZX_INFO_PROCESS_MAPS, maps,
                                 few * sizeof(maps[0]), &actual, &avail));
    EXPECT_EQ(actual, few);
    EXPECT_EQ(avail, few + 3);
    child_end(&s.child);
}

static void check_vmo(const zx_info_vmo_t *vmo, const struct scene *s)
{
    EXPECT_EQ(vmo->koid, s->vmo_koid);
    EXPECT_EQ(vmo->size_bytes, MAPPINGS * 2 * PAGE);
    EXPECT_EQ(vmo->parent_koid, 0);
    EXPECT_EQ(vmo->num_children, 0);
    EXPECT_EQ(vmo->share_count, 1);
    EXPECT_EQ(vmo->num_mappings, MAPPINGS);
    EXPECT_EQ(vmo->flags, ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_MAPPING);
    EXPECT_EQ(strcmp(vmo->name, "mapped"), 0);
}

/* Through the mappings; nobody has a handle to it. */
CASE(ProcessGetInfoTest, InfoProcessVmosSmokeTest)
{
    const uint32_t via = ZX_INFO_VMO_VIA_HANDLE | ZX_INFO_VMO_VIA_MAPPING;
    static zx_info_vmo_t vmos[MAPS];
    struct scene s;
    uint64_t actual, avail;
    unsigned seen = 0;

    ASSERT_TRUE(scene_make(&s));
    ASSERT_OK(zx_object_get_info(s.child.process, ZX_INFO_PROCESS_VMOS, vmos, sizeof(vmos),
                                 &actual, &avail));
    EXPECT_EQ(actual, avail);
    for (uint64_t i = 0; i < actual; i++) {
        EXPECT_TRUE(vmos[i].flags & ZX_INFO_VMO_TYPE_PAGED);
        EXPECT_TRUE(vmos[i].flags & via);
        EXPECT_NE(vmos[i].flags & via, via);
        if (vmos[i].koid == s.vmo_koid) {
            check_vmo(&vmos[i], &s);
            seen++;
        }
    }
    EXPECT_EQ(seen, MAPPINGS);
    child_end(&s.child);
}

static void handle_stats(zx_info_process_handle_stats_t *info)
{
    EXPECT_OK(zx_object_get_info(ztest_process(), ZX_INFO_PROCESS_HANDLE_STATS, info,
                                 sizeof(*info), NULL, NULL));
}

CASE(ProcessGetInfoTest, InfoProcessHandleStats)
{
    static zx_info_process_handle_stats_t info;
    zx_handle_t a, b;
    uint32_t channels;

    handle_stats(&info);
    EXPECT_EQ(info.handle_count[ZX_OBJ_TYPE_NONE], 0);
    EXPECT_GT(info.handle_count[ZX_OBJ_TYPE_PROCESS], 0);
    EXPECT_GT(info.handle_count[ZX_OBJ_TYPE_THREAD], 0);
    EXPECT_GT(info.handle_count[ZX_OBJ_TYPE_VMO], 0);
    EXPECT_EQ(info.handle_count[ZX_OBJ_TYPE_INTERRUPT], 0);
    channels = info.handle_count[ZX_OBJ_TYPE_CHANNEL];
    ASSERT_OK(zx_channel_create(0, &a, &b));
    handle_stats(&info);
    EXPECT_EQ(info.handle_count[ZX_OBJ_TYPE_CHANNEL], channels + 2);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CHILD(says_it_waits)
{
    return zx_object_signal_peer(channel, 0, ZX_USER_SIGNAL_0) != ZX_OK || stays(channel) != 0;
}

/* The child's end of our channel is among its handles, and all of them are sound. */
CASE(ProcessGetInfoTest, InfoProcessHandleTable)
{
    static zx_info_handle_extended_t info[MAPS];
    uint64_t actual, avail;
    struct ztest_child c;
    unsigned ours = 0;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "says_it_waits"));
    EXPECT_OK(zx_object_wait_one(c.channel, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL));
    ASSERT_OK(zx_object_get_info(c.process, ZX_INFO_HANDLE_TABLE, info, sizeof(info), &actual,
                                 &avail));
    EXPECT_EQ(actual, avail);
    for (uint64_t i = 0; i < actual; i++) {
        EXPECT_NE(info[i].handle_value, ZX_HANDLE_INVALID);
        EXPECT_GT(info[i].koid, 0);
        EXPECT_EQ(info[i].peer_owner_koid, 0);
        ours += info[i].type == ZX_OBJ_TYPE_CHANNEL &&
                info[i].related_koid == ztest_koid(c.channel);
        if (info[i].type == ZX_OBJ_TYPE_VMO)
            EXPECT_EQ(info[i].related_koid, 0);
    }
    EXPECT_EQ(ours, 1);
    child_end(&c);
}

CASE(ProcessGetInfoTest, InfoProcessHandleTableInsufficientRights)
{
    zx_handle_t weak = ztest_without(ztest_process(), ZX_RIGHT_MANAGE_PROCESS);
    uint64_t avail;

    EXPECT_EQ(zx_object_get_info(weak, ZX_INFO_HANDLE_TABLE, NULL, 0, NULL, &avail),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
}

CASE(ProcessGetInfoTest, InfoProcessHandleTableEmpty)
{
    zx_info_handle_extended_t info[4];
    uint64_t actual = 77, avail = 77;
    zx_handle_t process, vmar;

    ASSERT_OK(zx_process_create(ztest_job(), "", 0, 0, &process, &vmar));
    EXPECT_OK(
        zx_object_get_info(process, ZX_INFO_HANDLE_TABLE, info, sizeof(info), &actual, &avail));
    EXPECT_EQ(actual, 0);
    EXPECT_EQ(avail, 0);
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(vmar));
}

CASE(ProcessGetInfoTest, InfoProcessHandleTableSelf)
{
    static zx_info_handle_extended_t info[MAPS];
    uint64_t actual, avail = 0;

    EXPECT_OK(zx_object_get_info(ztest_process(), ZX_INFO_HANDLE_TABLE, NULL, 0, NULL, &avail));
    EXPECT_GT(avail, 5);
    ASSERT_OK(zx_object_get_info(ztest_process(), ZX_INFO_HANDLE_TABLE, info, sizeof(info),
                                 &actual, &avail));
    EXPECT_EQ(actual, avail);
    for (uint64_t i = 0; i < actual; i++) {
        EXPECT_EQ(info[i].koid, ztest_koid(info[i].handle_value));
        EXPECT_EQ(info[i].rights, ztest_rights(info[i].handle_value));
        EXPECT_NE(info[i].type, ZX_OBJ_TYPE_NONE);
        if (info[i].type == ZX_OBJ_TYPE_THREAD || info[i].type == ZX_OBJ_TYPE_PROCESS)
            EXPECT_NE(info[i].related_koid, 0);
    }
}
