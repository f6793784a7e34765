/*
 * ztest.c - runs the cases of a native test program, and tells how each went.
 */
#include "tests/zircon/ztest.h"

#include <stdatomic.h>

extern const struct ztest_case __start_ztest_cases[], __stop_ztest_cases[];
extern const struct ztest_child_entry __start_ztest_children[] __attribute__((weak));
extern const struct ztest_child_entry __stop_ztest_children[] __attribute__((weak));

/* A line in the making. */
struct line {
    char text[ZX_LOG_RECORD_DATA];
    size_t size;
};

static atomic_flag failed;
static struct line failure; /* of the running case; written by who set `failed` */

static void put(struct line *line, const char *text)
{
    while (*text && line->size < sizeof(line->text) - 1)
        line->text[line->size++] = *text++;
    line->text[line->size] = '\0';
}

static void put_number(struct line *line, int64_t number)
{
    char digits[24], *d = digits + sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    *--d = '\0';
    do
        *--d = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--d = '-';
    put(line, d);
}

void ztest_fail(const char *where, const char *what, int64_t left, int64_t right)
{
    if (atomic_flag_test_and_set(&failed))
        return;
    put(&failure, where);
    put(&failure, ": ");
    put(&failure, what);
    put(&failure, ": ");
    put_number(&failure, left);
    put(&failure, " and ");
    put_number(&failure, right);
}

/* Handles of this process; 0 where the kernel does not tell. */
static int64_t handles_here(void)
{
    static zx_info_process_handle_stats_t stats;
    int64_t sum = 0;

    if (zx_object_get_info(ztest_process(), ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats),
                           NULL, NULL) != ZX_OK)
        return 0;
    for (unsigned i = 0; i < 64; i++)
        sum += stats.handle_count[i];
    return sum;
}

static int run_case(const struct ztest_case *c)
{
    struct line line = {.size = 0};
    int64_t before = handles_here(), after;

    atomic_flag_clear(&failed);
    failure.size = 0;
    c->run();
    after = handles_here();
    if (after > before)
        ztest_fail(c->name, "handles are left over", before, after);
    if (!atomic_flag_test_and_set(&failed)) {
        put(&line, "ok ");
        put(&line, c->name);
        print(line.text);
        return 0;
    }
    put(&line, "not ok ");
    put(&line, c->name);
    put(&line, " ");
    put(&line, failure.text);
    print(line.text);
    return 1;
}

static int begins_with(const char *name, const char *prefix)
{
    while (*prefix && *name == *prefix)
        name++, prefix++;
    return *prefix == '\0';
}

static int run_child(const char *name)
{
    for (const struct ztest_child_entry *c = __start_ztest_children; c < __stop_ztest_children;
         c++)
        if (strcmp(c->name, name) == 0)
            return c->run(startup_handle(PA_USER0));
    print("not ok: no such child");
    return 1;
}

/* By the program's arguments; without any, all are. */
static int is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (begins_with(name, argv[i]))
            return 1;
    return argc < 2;
}

int main(int argc, char **argv)
{
    int failures = 0, count = 0;

    if (argc > 2 && strcmp(argv[1], "--child") == 0)
        return run_child(argv[2]);
    if (ztest_setup)
        ztest_setup();
    for (const struct ztest_case *c = __start_ztest_cases; c < __stop_ztest_cases; c++) {
        if (!is_wanted(c->name, argc, argv))
            continue;
        failures += run_case(c);
        count++;
    }
    print_number("% cases", count);
    return failures > 99 ? 99 : failures;
}
