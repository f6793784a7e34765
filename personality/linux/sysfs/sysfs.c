/*
 * sysfs.c - /sys: a fixed tree, but for a directory for each CPU. Each CPU is a core of its own
 * in one package.
 */
#include "personality/linux/sysfs/sysfs.h"

#include "base/format.h"
#include "base/string.h"
#include "fs/fstype.h"
#include "fs/genfs.h"
#include "hal/cpu.h"

enum { SYSFS_MAGIC = 0x62656572, MASK_BITS = 32 };

/* Directories; files have none of these. CPU_N stands for one of each CPU. */
enum place {
    FILE_PLACE,
    ROOT,
    DEVICES,
    SYSTEM,
    CPU,
    CPU_N,
    TOPOLOGY,
    NODE,
    NODE_0,
    KERNEL,
    MM,
    HUGEPAGE,
    FS,
    CLASS,
    BLOCK,
    BUS,
};

typedef void show_fn(struct seq *seq, unsigned cpu);

static void show_all(struct seq *seq, unsigned cpu)
{
    (void)cpu;
    if (hal_cpu_count() == 1)
        seq_puts(seq, "0\n");
    else
        seq_printf(seq, "0-%u\n", hal_cpu_count() - 1);
}

static void show_none(struct seq *seq, unsigned cpu)
{
    (void)cpu;
    seq_puts(seq, "\n");
}

static void show_zero(struct seq *seq, unsigned cpu)
{
    (void)cpu;
    seq_puts(seq, "0\n");
}

static void show_one(struct seq *seq, unsigned cpu)
{
    (void)cpu;
    seq_puts(seq, "1\n");
}

static void show_number(struct seq *seq, unsigned cpu)
{
    seq_printf(seq, "%u\n", cpu);
}

static void show_highest(struct seq *seq, unsigned cpu)
{
    (void)cpu;
    seq_printf(seq, "%u\n", hal_cpu_count() - 1);
}

/* CPUs [first, end) as a mask: words of 32 bits, the highest first. */
static void show_mask(struct seq *seq, unsigned first, unsigned end)
{
    for (unsigned word = (hal_cpu_count() - 1) / MASK_BITS + 1; word-- > 0;) {
        uint32_t bits = 0;

        for (unsigned i = 0; i < MASK_BITS; i++)
            if (word * MASK_BITS + i >= first && word * MASK_BITS + i < end)
                bits |= 1u << i;
        seq_printf(seq, "%08x%s", bits, word ? "," : "\n");
    }
}

static void show_all_mask(struct seq *seq, unsigned cpu)
{
    (void)cpu;
    show_mask(seq, 0, hal_cpu_count());
}

static void show_own_mask(struct seq *seq, unsigned cpu)
{
    show_mask(seq, cpu, cpu + 1);
}

static void show_never(struct seq *seq, unsigned cpu)
{
    (void)cpu;
    seq_puts(seq, "always madvise [never]\n");
}

static const struct node {
    const char *name;
    enum place in;
    enum place place;
    show_fn *show; /* files */
} nodes[] = {
    {.name = "", .in = FILE_PLACE, .place = ROOT},
    {"block", ROOT, BLOCK, NULL},
    {"bus", ROOT, BUS, NULL},
    {"class", ROOT, CLASS, NULL},
    {"devices", ROOT, DEVICES, NULL},
    {"fs", ROOT, FS, NULL},
    {"kernel", ROOT, KERNEL, NULL},
    {"mm", KERNEL, MM, NULL},
    {"transparent_hugepage", MM, HUGEPAGE, NULL},
    {"enabled", HUGEPAGE, FILE_PLACE, show_never},
    {"system", DEVICES, SYSTEM, NULL},
    {"cpu", SYSTEM, CPU, NULL},
    {"kernel_max", CPU, FILE_PLACE, show_highest},
    {"offline", CPU, FILE_PLACE, show_none},
    {"online", CPU, FILE_PLACE, show_all},
    {"possible", CPU, FILE_PLACE, show_all},
    {"present", CPU, FILE_PLACE, show_all},
    {"cpu%u", CPU, CPU_N, NULL},
    {"online", CPU_N, FILE_PLACE, show_one},
    {"topology", CPU_N, TOPOLOGY, NULL},
    {"core_cpus", TOPOLOGY, FILE_PLACE, show_own_mask},
    {"core_cpus_list", TOPOLOGY, FILE_PLACE, show_number},
    {"core_id", TOPOLOGY, FILE_PLACE, show_number},
    {"core_siblings", TOPOLOGY, FILE_PLACE, show_all_mask},
    {"core_siblings_list", TOPOLOGY, FILE_PLACE, show_all},
    {"die_id", TOPOLOGY, FILE_PLACE, show_zero},
    {"package_cpus", TOPOLOGY, FILE_PLACE, show_all_mask},
    {"package_cpus_list", TOPOLOGY, FILE_PLACE, show_all},
    {"physical_package_id", TOPOLOGY, FILE_PLACE, show_zero},
    {"thread_siblings", TOPOLOGY, FILE_PLACE, show_own_mask},
    {"thread_siblings_list", TOPOLOGY, FILE_PLACE, show_number},
    {"node", SYSTEM, NODE, NULL},
    {"online", NODE, FILE_PLACE, show_zero},
    {"possible", NODE, FILE_PLACE, show_zero},
    {"node0", NODE, NODE_0, NULL},
    {"cpulist", NODE_0, FILE_PLACE, show_all},
    {"cpumap", NODE_0, FILE_PLACE, show_all_mask},
};

/* An inode's data: its node's index, and the CPU that it is of. */
enum { INDEX_BITS = 8, INDEX_MASK = (1 << INDEX_BITS) - 1 };
_Static_assert(countof(nodes) <= INDEX_MASK, "an index has its bits");

static uintptr_t pack(size_t index, unsigned cpu)
{
    return index | (uintptr_t)cpu << INDEX_BITS;
}

static const struct node *node_of(const struct inode *inode)
{
    return &nodes[(uintptr_t)inode->data & INDEX_MASK];
}

static unsigned cpu_of(const struct inode *inode)
{
    return (unsigned)((uintptr_t)inode->data >> INDEX_BITS);
}

/* How many files of the directory the node stands for. */
static unsigned copies(const struct node *n)
{
    return n->place == CPU_N ? hal_cpu_count() : 1;
}

/* The name of one of them; `text` has room for it. */
static struct name name_of(const struct node *n, unsigned copy, char text[32])
{
    if (n->place != CPU_N)
        return (struct name){n->name, strlen(n->name)};
    return (struct name){text, (size_t)format(text, 32, "cpu%u", copy)};
}

static const struct gen_ops dir_ops, file_ops;

static status_t create(struct inode *dir, size_t index, unsigned cpu, struct inode **out)
{
    bool is_dir = nodes[index].place != FILE_PLACE;

    return gen_inode_create(dir->fs, 1 + pack(index, cpu), is_dir ? INODE_DIR : INODE_FILE,
                            is_dir ? 0555 : 0444, 0, 0, is_dir ? &dir_ops : &file_ops,
                            (void *)pack(index, cpu), out);
}

static status_t dir_lookup(struct inode *dir, struct name name, struct inode **out)
{
    enum place place = node_of(dir)->place;
    char text[32];

    for (size_t i = 0; i < countof(nodes); i++) {
        for (unsigned copy = 0; nodes[i].in == place && copy < copies(&nodes[i]); copy++) {
            struct name n = name_of(&nodes[i], copy, text);

            if (n.size == name.size && !memcmp(n.text, name.text, n.size))
                return create(dir, i, nodes[i].place == CPU_N ? copy : cpu_of(dir), out);
        }
    }
    return ERR_NOT_FOUND;
}

/* A cursor is a node's index and a copy's number. */
static status_t dir_readdir(struct inode *dir, uint64_t *at,
                            bool (*emit)(void *arg, struct name name, uint64_t ino,
                                         enum inode_type type, uint64_t next),
                            void *arg)
{
    enum place place = node_of(dir)->place;
    char text[32];

    for (size_t i = *at & INDEX_MASK; i < countof(nodes); i++) {
        unsigned copy = i == (*at & INDEX_MASK) ? (unsigned)(*at >> INDEX_BITS) : 0;

        for (; nodes[i].in == place && copy < copies(&nodes[i]); copy++) {
            unsigned cpu = nodes[i].place == CPU_N ? copy : cpu_of(dir);
            bool is_dir = nodes[i].place != FILE_PLACE;

            if (!emit(arg, name_of(&nodes[i], copy, text), 1 + pack(i, cpu),
                      is_dir ? INODE_DIR : INODE_FILE, pack(i, copy + 1)))
                return OK;
            *at = pack(i, copy + 1);
        }
    }
    return OK;
}

static status_t file_show(struct inode *inode, struct seq *seq)
{
    node_of(inode)->show(seq, cpu_of(inode));
    return OK;
}

static const struct gen_ops dir_ops = {.lookup = dir_lookup, .readdir = dir_readdir};
static const struct gen_ops file_ops = {.show = file_show};

static status_t sysfs_create(const char *options, struct filesystem **out)
{
    if (*options)
        return ERR_INVALID_ARGS;
    return genfs_create("sysfs", SYSFS_MAGIC, &dir_ops, NULL, out);
}

status_t sysfs_register(void)
{
    static struct fs_type sysfs = {.name = "sysfs", .create = sysfs_create};

    return fs_type_register(&sysfs);
}
