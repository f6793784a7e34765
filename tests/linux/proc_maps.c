/*
 * proc_maps.c - /proc/self/maps and smaps: a process's mappings.
 */
#include "tests/linux/proc_test.h"

#include <sys/mman.h>
#include <sys/stat.h>

enum { PAGE = 4096 };

static void memory_map(void)
{
    static int here;
    unsigned long start, end, address = (unsigned long)&here;
    bool found = false;
    char rights[8];

    for (const char *line = contents("/proc/self/maps"); line && *line;) {
        CHECK_EQ(sscanf(line, "%lx-%lx %7s", &start, &end, rights), 3);
        CHECK(start < end);
        if (start <= address && address < end) {
            CHECK_EQ(rights[0], 'r');
            CHECK_EQ(rights[1], 'w');
            found = true;
        }
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    CHECK(found);
    CHECK(strstr(text, "[stack]"));
}

/* The line of /proc/self/maps that holds `what`. */
static const char *map_line(const char *what)
{
    char *line = strstr(contents("/proc/self/maps"), what);

    if (!line)
        FAIL("no %s in maps", what);
    line[strcspn(line, "\n")] = '\0';
    while (line > text && line[-1] != '\n')
        line--;
    return line;
}

static void map_names(void)
{
    unsigned long start, end;
    char rights[8], *at;
    int fd = memfd_create("buffer", 0);

    CHECK_EQ(ftruncate(fd, 2 * PAGE), 0);
    at = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(at != MAP_FAILED);
    CHECK_EQ(sscanf(map_line("/memfd:buffer (deleted)"), "%lx-%lx %7s", &start, &end, rights),
             3);
    CHECK_EQ(start, (unsigned long)at);
    CHECK_EQ(end - start, 2 * PAGE);
    CHECK(!strcmp(rights, "r--s"));
    CHECK_EQ(sscanf(map_line("[vdso]"), "%*x-%*x %7s", rights), 1);
    CHECK(!strcmp(rights, "r-xp"));
}

static void mapping_sizes(void)
{
    enum { PAGES = 8 };
    char head[32], *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const char *line;

    CHECK(at != MAP_FAILED);
    CHECK_EQ(madvise(at, PAGES * PAGE, MADV_DONTFORK), 0);
    memset(at, 1, PAGES * PAGE);
    snprintf(head, sizeof(head), "%lx-%lx rw-p", (unsigned long)at,
             (unsigned long)at + PAGES * PAGE);
    line = strstr(contents("/proc/self/smaps"), head);
    CHECK(line);
    CHECK_EQ(kb_after(line, "\nSize:"), 32);
    CHECK_EQ(kb_after(line, "\nRss:"), 32);
    CHECK_EQ(kb_after(line, "\nPss:"), 32);
    CHECK_EQ(kb_after(line, "\nPrivate_Dirty:"), 32);
    CHECK_EQ(kb_after(line, "\nLocked:"), 0);
    CHECK(!strncmp(strstr(line, "\nVmFlags:"), "\nVmFlags: rd wr mr mw me ", 24));
    CHECK(strstr(strstr(line, "\nVmFlags:"), " dc "));
    CHECK_EQ(mlock(at, PAGES * PAGE), 0);
    line = strstr(contents("/proc/self/smaps"), head);
    CHECK_EQ(kb_after(line, "\nLocked:"), 32);
    CHECK_EQ(kb_after(contents("/proc/self/status"), "\nVmLck:"), 32);
    CHECK_EQ(munlock(at, PAGES * PAGE), 0);
    CHECK_EQ(madvise(at, 4 * PAGE, MADV_DONTNEED), 0);
    line = strstr(contents("/proc/self/smaps"), head);
    CHECK_EQ(kb_after(line, "\nRss:"), 16);
}

static void size_sum(void)
{
    long rss = kb_after(contents("/proc/self/smaps_rollup"), "\nRss:");

    CHECK(rss > 0);
    CHECK(strstr(text, "[rollup]\n"));
    CHECK(rss >= kb_after(text, "\nPrivate_Dirty:"));
}

/* The line of the mapping at `at`. */
static const char *line_at(const void *at)
{
    char start[32];

    snprintf(start, sizeof(start), "%lx-", (unsigned long)at);
    return map_line(start);
}

static bool ends_in(const char *text, const char *end)
{
    size_t size = strlen(text);

    return size >= strlen(end) && !strcmp(text + size - strlen(end), end);
}

static void mapped_files(void)
{
    char name[] = "/tmp/proc.mapped.XXXXXX", moved[60], number[32];
    int fd = mkstemp(name), length = snprintf(moved, sizeof(moved), "%s new", name);
    struct stat st;
    char *shared, *private;

    CHECK(fd >= 0 && ftruncate(fd, 4 * PAGE) == 0 && fstat(fd, &st) == 0);
    shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
    private = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 2 * PAGE);
    CHECK(shared != MAP_FAILED && private != MAP_FAILED);
    snprintf(number, sizeof(number), " %lu ", (unsigned long)st.st_ino);
    CHECK(strstr(line_at(shared), " r--s 00001000 ") && strstr(line_at(shared), number));
    CHECK(ends_in(line_at(shared), name));
    CHECK(strstr(line_at(private), " rw-p 00002000 ") && ends_in(line_at(private), name));
    private[PAGE] = 1;
    CHECK_EQ(mprotect(private + PAGE, PAGE, PROT_READ), 0);
    CHECK(strstr(line_at(private + PAGE), " r--p 00003000 "));
    CHECK_EXITS(CHILD(CHECK(ends_in(line_at(private), name))), 0);
    CHECK(rename(name, moved) == 0 && close(fd) == 0);
    CHECK(length > 0 && ends_in(line_at(private), moved));
    CHECK_EQ(unlink(moved), 0);
    CHECK(ends_in(line_at(private), " new (deleted)"));
}

static const struct check_case cases[] = {
    CASE(memory_map), CASE(map_names), CASE(mapping_sizes), CASE(size_sum), CASE(mapped_files),
};
CHECK_MAIN(cases)
