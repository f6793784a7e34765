/*
 * libc.c - the C library of native programs: memory, text, numbers, streams, the environment.
 * Its sources are tried where they come from; this sees that what they stand on carries them.
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "tests/zircon/ztest.h"
#include "user/sdk/include/zircon/utc.h"

#define EXPECT_TEXT(text, want) EXPECT_EQ(strcmp(text, want), 0)

CASE(Libc, Malloc)
{
    enum { BLOCKS = 1000 };
    static unsigned char *blocks[BLOCKS];

    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < BLOCKS; i++) {
            blocks[i] = malloc(i * 37);
            ASSERT_TRUE(blocks[i]);
            memset(blocks[i], (int)i, i * 37);
        }
        for (size_t i = 0; i < BLOCKS; i += 2) {
            blocks[i] = realloc(blocks[i], i * 91 + 1);
            ASSERT_TRUE(blocks[i]);
        }
        for (size_t i = 0; i < BLOCKS; i++) {
            if (i)
                EXPECT_EQ(blocks[i][i * 37 - 1], i % 256);
            free(blocks[i]);
        }
    }
    EXPECT_TRUE(!malloc(SIZE_MAX / 2));
    EXPECT_EQ(errno, ENOMEM);
}

CASE(Libc, MallocAligned)
{
    unsigned char *zero = calloc(100, 1000), *aligned = aligned_alloc(4096, 8192);
    void *other = NULL;

    ASSERT_TRUE(zero && aligned);
    for (unsigned i = 0; i < 100000; i += 999)
        EXPECT_EQ(zero[i], 0);
    EXPECT_EQ((uintptr_t)aligned % 4096, 0);
    EXPECT_EQ(posix_memalign(&other, 64, 10), 0);
    EXPECT_EQ((uintptr_t)other % 64, 0);
    free(zero);
    free(aligned);
    free(other);
}

CASE(Libc, Printf)
{
    char text[128];

    EXPECT_EQ(snprintf(text, sizeof(text), "%5d|%-4s|%#" PRIx64 "|%c|%%|%zu", -42, "ab",
                       UINT64_C(0xdeadbeef01), 'z', (size_t)7),
              29);
    EXPECT_TEXT(text, "  -42|ab  |0xdeadbeef01|z|%|7");
    snprintf(text, sizeof(text), "%.3f %g %Le %a", 3.14159, 1e-7, 2.5L, 1.0);
    EXPECT_TEXT(text, "3.142 1e-07 2.500000e+00 0x1p+0");
    EXPECT_EQ(snprintf(text, 4, "abcdef"), 6);
    EXPECT_TEXT(text, "abc");
}

CASE(Libc, Scanf)
{
    double real = 0;
    char word[8];
    int n = 0;

    EXPECT_EQ(sscanf("17 word 2.5e3", "%d %7s %lf", &n, word, &real), 3);
    EXPECT_EQ(n, 17);
    EXPECT_TEXT(word, "word");
    EXPECT_TRUE(real == 2500.0);
}

CASE(Libc, Numbers)
{
    char *end;

    EXPECT_EQ(strtol("-0x7fz", &end, 16), -127);
    EXPECT_EQ(*end, 'z');
    EXPECT_EQ(strtoull("18446744073709551615", NULL, 10), UINT64_MAX);
    errno = 0;
    EXPECT_EQ(strtol("9223372036854775808", NULL, 10), INT64_MAX);
    EXPECT_EQ(errno, ERANGE);
    EXPECT_TRUE(strtod("0.1", NULL) == 0.1);
    EXPECT_TRUE(fabs(sqrt(2) * sqrt(2) - 2) < 1e-9);
    EXPECT_TRUE(floor(-1.5) == -2 && fabs(exp(log(5)) - 5) < 1e-9 && isnan(NAN));
    EXPECT_EQ(llabs(-3) + div(7, 2).rem, 4);
}

static int in_order(const void *a, const void *b)
{
    const int *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

CASE(Libc, Sort)
{
    int numbers[100], key = 50;
    int *found;

    for (int i = 0; i < 100; i++)
        numbers[i] = i * 37 % 100;
    qsort(numbers, 100, sizeof(numbers[0]), in_order);
    for (int i = 0; i < 100; i++)
        EXPECT_EQ(numbers[i], i);
    found = bsearch(&key, numbers, 100, sizeof(numbers[0]), in_order);
    EXPECT_TRUE(found == &numbers[50]);
}

CASE(Libc, Text)
{
    char text[32] = "one,two;three", *rest, *copy;

    EXPECT_TEXT(strtok_r(text, ",;", &rest), "one");
    EXPECT_TEXT(strtok_r(NULL, ",;", &rest), "two");
    EXPECT_TRUE(strstr("haystack", "st") && !strchr("abc", 'z') && strrchr("a/b/c", '/'));
    EXPECT_EQ(strspn("aab", "a"), 2);
    copy = strdup("copy");
    ASSERT_TRUE(copy);
    EXPECT_TEXT(strcat(strcpy(text, copy), "!"), "copy!");
    free(copy);
    EXPECT_EQ(memchr("abc", 'c', 3) != NULL, 1);
    EXPECT_EQ(strncasecmp("ABc", "abC", 3), 0);
    EXPECT_TRUE(isalpha('x') && isdigit('7') && !isspace('x'));
    EXPECT_EQ(toupper('x'), 'X');
    EXPECT_TEXT(strerror(ENOENT), "No such file or directory");
}

CASE(Libc, Locale)
{
    wchar_t wide[8];

    EXPECT_TRUE(setlocale(LC_ALL, "C.UTF-8") != NULL);
    EXPECT_EQ(mbstowcs(wide, "a\u00e9", 8), 2);
    EXPECT_EQ(wide[1], 0xe9);
    EXPECT_TRUE(setlocale(LC_ALL, "C") != NULL);
    EXPECT_TEXT(localeconv()->decimal_point, ".");
}

static jmp_buf place;

__attribute__((noinline)) static void jump(int value)
{
    longjmp(place, value);
}

CASE(Libc, Setjmp)
{
    volatile int times = 0;
    int value = setjmp(place);

    times++;
    if (value < 3)
        jump(value + 1);
    EXPECT_EQ(value, 3);
    EXPECT_EQ(times, 4);
}

CASE(Libc, Streams)
{
    char *text = NULL, line[16];
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    ASSERT_TRUE(f);
    EXPECT_EQ(fprintf(f, "%s\n%s", "first", "second"), 12);
    EXPECT_EQ(fclose(f), 0);
    EXPECT_EQ(size, 12);
    f = fmemopen(text, size, "r");
    ASSERT_TRUE(f);
    EXPECT_TRUE(fgets(line, sizeof(line), f) && strcmp(line, "first\n") == 0);
    EXPECT_EQ(fseek(f, -1, SEEK_END), 0);
    EXPECT_EQ(fgetc(f), 'd');
    EXPECT_EQ(fgetc(f), EOF);
    fclose(f);
    free(text);
    EXPECT_EQ(printf("a line of %s\n", "stdout"), 17);
    EXPECT_EQ(fflush(stdout), 0);
    EXPECT_EQ(fgetc(stdin), EOF); /* there is none */
    EXPECT_TRUE(ferror(stdin));
}

CASE(Libc, Environment)
{
    EXPECT_TRUE(!getenv("NOTHING_OF_THE_KIND"));
    EXPECT_EQ(setenv("COLOUR", "blue", 1), 0);
    EXPECT_EQ(setenv("COLOUR", "red", 0), 0);
    EXPECT_TEXT(getenv("COLOUR"), "blue");
    EXPECT_EQ(unsetenv("COLOUR"), 0);
    EXPECT_TRUE(!getenv("COLOUR"));
}

CASE(Libc, Time)
{
    const time_t leap = 951782400; /* 29 February 2000 */
    struct timespec before, after;
    char text[32];
    struct tm tm;

    EXPECT_TRUE(gmtime_r(&leap, &tm) && strftime(text, sizeof(text), "%F %a", &tm));
    EXPECT_TEXT(text, "2000-02-29 Tue");
    EXPECT_EQ(timegm(&tm), leap);
    EXPECT_EQ(mktime(localtime(&leap)), leap);
    EXPECT_EQ(clock_gettime(CLOCK_MONOTONIC, &before), 0);
    EXPECT_EQ(nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL), 0);
    EXPECT_EQ(clock_gettime(CLOCK_MONOTONIC, &after), 0);
    EXPECT_GE((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec,
              1000000);
    EXPECT_EQ(clock_gettime(77, &after), -1);
    EXPECT_EQ(errno, EINVAL);
}

/* Real time is that of the program's clock. */
CASE(Libc, UtcReference)
{
    zx_clock_create_args_v1_t none = {0};
    zx_clock_update_args_v1_t set = {.value = 1000000000ll * 86400};
    zx_handle_t clock, before, bad = ZX_HANDLE_INVALID;
    struct timespec now;

    ASSERT_OK(zx_clock_create(ZX_CLOCK_ARGS_VERSION(1), &none, &clock));
    ASSERT_OK(zx_clock_update(
        clock, ZX_CLOCK_ARGS_VERSION(1) | ZX_CLOCK_UPDATE_OPTION_VALUE_VALID, &set));
    ASSERT_OK(zx_utc_reference_swap(clock, &before));
    EXPECT_EQ(zx_utc_reference_get(), clock);
    EXPECT_EQ(clock_gettime(CLOCK_REALTIME, &now), 0);
    EXPECT_TRUE(now.tv_sec >= 86400 && now.tv_sec < 2 * 86400);
    ASSERT_OK(zx_event_create(0, &bad));
    EXPECT_EQ(zx_utc_reference_swap(bad, &before), ZX_ERR_WRONG_TYPE);
    ASSERT_OK(zx_utc_reference_swap(before, &clock));
    EXPECT_OK(zx_handle_close(clock));
    EXPECT_EQ(clock_gettime(CLOCK_REALTIME, &now), 0);
    EXPECT_GT(now.tv_sec, 1000000000);
}

CASE(Libc, System)
{
    EXPECT_EQ(sysconf(_SC_PAGESIZE), getpagesize());
    EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), zx_system_get_num_cpus());
    EXPECT_EQ(sysconf(-1), -1);
}

/* --- the end of a program --- */

static int ends; /* how many have run */

static void at_end(void)
{
    ends++;
    printf("the end, %d\n", ends);
    if (ends == 2)
        _Exit(23);
}

CHILD(exits)
{
    (void)channel;
    atexit(at_end);
    atexit(at_end);
    exit(1);
}

CHILD(asserts)
{
    assert(channel == 12345);
    return 0;
}

CHILD(returns)
{
    (void)channel;
    printf("without an end of the line");
    return 4;
}

static int64_t end_of(const char *child)
{
    struct ztest_child c;

    return ztest_child_run(&c, ztest_job(), child) ? ztest_child_join(&c) : -1;
}

CASE(Libc, Exit)
{
    EXPECT_EQ(end_of("exits"), 23);
    EXPECT_EQ(end_of("returns"), 4);
    EXPECT_EQ(end_of("asserts"), ZX_TASK_RETCODE_EXCEPTION_KILL);
}

static int constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed++;
}

CASE(Libc, Constructor)
{
    EXPECT_EQ(constructed, 1);
}
