/*
 * memory.c - how much memory this process may use.
 */
#include "tools/zcore/memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"

static bool read_number(const char *directory, const char *name, uint64_t *out)
{
    char path[4200];
    FILE *file;
    bool found;

    snprintf(path, sizeof(path), CGROUPS "%s/%s", directory, name);
    file = fopen(path, "re");
    if (!file)
        return false;
    found = fscanf(file, "%" SCNu64, out) == 1; /* not so where it says "max" */
    fclose(file);
    return found;
}

static uint64_t host_available(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    uint64_t kibibytes = 0;
    char line[128];

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "MemAvailable: %" SCNu64, &kibibytes) == 1)
            break;
    if (file)
        fclose(file);
    if (kibibytes)
        return kibibytes << 10;
    return (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The least that any cgroup from ours up to the root leaves. File cache counts as available. */
static uint64_t cgroup_available(const char *group, const char *limit_name,
                                 const char *use_name)
{
    uint64_t least = UINT64_MAX, limit, use;
    char path[4096];

    snprintf(path, sizeof(path), "%s", group);
    for (;;) {
        char *slash = strrchr(path, '/');

        if (read_number(path, limit_name, &limit) && read_number(path, use_name, &use) &&
            limit - (use < limit ? use : limit) < least)
            least = limit - (use < limit ? use : limit);
        if (!slash)
            return least;
        *slash = '\0';
    }
}

uint64_t memory_available(void)
{
    uint64_t available = host_available(), left;
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[4096];

    while (file && fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::/", 4))
            continue;
        left = cgroup_available(line + 3, "memory.max", "memory.current");
        available = left < available ? left : available;
    }
    if (file)
        fclose(file);
    left = cgroup_available("/memory", "memory.limit_in_bytes", "memory.usage_in_bytes");
    return left < available ? left : available;
}
