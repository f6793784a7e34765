/*
 * string_test.c - the kernel's own string functions, under other names beside the host's, which
 * are the model. Both ways of copying run here, whatever machine they are for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

#define memcpy  x86_memcpy
#define memmove x86_memmove
#define memset  x86_memset
#include "base/string.h"
#define copy_up   x86_copy_up
#define copy_down x86_copy_down
#include "base/isa/x86_64/copy.c"
#undef memcpy
#undef memmove
#undef memset
#undef copy_up
#undef copy_down

#define memcpy  rv_memcpy
#define memmove rv_memmove
#define memset  rv_memset
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
#define copy_up   rv_copy_up
#define copy_down rv_copy_down
#include "base/isa/riscv64/copy.c"
#undef memcpy
#undef memmove
#undef memset

#define memcmp  our_memcmp
#define memchr  our_memchr
#define strlen  our_strlen
#define strnlen our_strnlen
#define strcmp  our_strcmp
#define strncmp our_strncmp
#define strchr  our_strchr
#define strrchr our_strrchr
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *s, int byte, size_t size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
#define any_word string_word
#include "base/string.c"
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

#define AREA 1400u

struct copier {
    void *(*copy)(void *restrict to, const void *restrict from, size_t size);
    void *(*move)(void *to, const void *from, size_t size);
    void *(*set)(void *to, int byte, size_t size);
};

static const struct copier copiers[] = {
    {x86_memcpy, x86_memmove, x86_memset},
    {rv_memcpy, rv_memmove, rv_memset},
};

static struct random r;
static unsigned char area[AREA], model[AREA], source[AREA];

static size_t below(size_t n)
{
    return random_below(&r, n);
}

static void fill_all(void)
{
    for (size_t i = 0; i < AREA; i++) {
        area[i] = model[i] = (unsigned char)random_u64(&r);
        source[i] = (unsigned char)random_u64(&r);
    }
}

/* Small sizes are as likely as large ones. */
static size_t some_size(void)
{
    return below(2) ? below(40) : below(600);
}

static void copying(void **state)
{
    (void)state;
    random_seed(&r, 1);
    for (unsigned round = 0; round < 20000; round++) {
        const struct copier *c = &copiers[below(countof(copiers))];
        size_t size = some_size(), to = below(AREA - size), from = below(AREA - size);

        if (round % 64 == 0)
            fill_all();
        memcpy(model + to, source + from, size);
        assert_ptr_equal(c->copy(area + to, source + from, size), area + to);
        assert_memory_equal(area, model, AREA);
    }
}

static void moving(void **state)
{
    (void)state;
    fill_all();
    for (unsigned round = 0; round < 20000; round++) {
        const struct copier *c = &copiers[below(countof(copiers))];
        size_t size = some_size(), to = below(AREA - size);
        size_t from = below(2) ? below(AREA - size) : MIN(to + below(20), AREA - size);

        memmove(model + to, model + from, size);
        assert_ptr_equal(c->move(area + to, area + from, size), area + to);
        assert_memory_equal(area, model, AREA);
    }
}

static void filling(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 10000; round++) {
        const struct copier *c = &copiers[below(countof(copiers))];
        size_t size = some_size(), to = below(AREA - size);
        int byte = (int)below(1000);

        memset(model + to, byte, size);
        assert_ptr_equal(c->set(area + to, byte, size), area + to);
        assert_memory_equal(area, model, AREA);
    }
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void comparing(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 10000; round++) {
        size_t size = below(64), at = below(64), flip = below(64);

        fill_all();
        area[AREA - 1] = 0;
        memcpy(source + at, area, size);
        source[at + flip] ^= (unsigned char)below(3);
        assert_int_equal(sign(our_memcmp(area, source + at, size)),
                         sign(memcmp(area, source + at, size)));
        assert_ptr_equal(our_memchr(area, source[0], size), memchr(area, source[0], size));
        round += 9;
    }
}

/* A short string of few letters, so that much is equal. */
static char *some_string(char *buf)
{
    char *s = (char *)ROUND_UP((uintptr_t)buf, 8) + below(8);
    size_t length = below(24);

    for (size_t i = 0; i < length; i++)
        s[i] = (char)('a' + below(2));
    s[length] = '\0';
    return s;
}

static void strings(void **state)
{
    /* A word may be read beyond the end of a string, and the sanitizer must not mind. */
    char buf1[64] = {0}, buf2[64] = {0};

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        char *a = some_string(buf1), *b = some_string(buf2);
        size_t max = below(24);

        assert_int_equal(our_strlen(a), strlen(a));
        assert_int_equal(our_strnlen(a, max), strnlen(a, max));
        assert_int_equal(sign(our_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(our_strncmp(a, b, max)), sign(strncmp(a, b, max)));
        assert_ptr_equal(our_strchr(a, 'b'), strchr(a, 'b'));
        assert_ptr_equal(our_strrchr(a, 'b'), strrchr(a, 'b'));
        assert_ptr_equal(our_strchr(a, 0), strchr(a, 0));
        assert_ptr_equal(our_strrchr(a, 0), strrchr(a, 0));
    }
    assert_true(our_strcmp("\xff", "a") > 0); /* bytes are unsigned */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copying),   cmocka_unit_test(moving),  cmocka_unit_test(filling),
        cmocka_unit_test(comparing), cmocka_unit_test(strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
