/*
 * stream.c - streams, and the content size of VMOs.
 */
#include "tests/zircon/ztest.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";
static char digits[] = "0123456789ABCDEF";
static char text[PAGE];

static void set_content(zx_handle_t vmo, uint64_t size)
{
    EXPECT_OK(zx_object_set_property(vmo, ZX_PROP_VMO_CONTENT_SIZE, &size, sizeof(size)));
}

static uint64_t content(zx_handle_t vmo)
{
    uint64_t size = 45684651;

    EXPECT_OK(zx_object_get_property(vmo, ZX_PROP_VMO_CONTENT_SIZE, &size, sizeof(size)));
    return size;
}

static void write_alphabet(zx_handle_t vmo)
{
    EXPECT_OK(zx_vmo_write(vmo, alphabet, 0, strlen(alphabet)));
}

/* A VMO of one page that begins with the alphabet. */
static zx_handle_t make_vmo(uint32_t options, uint64_t content_size)
{
    zx_handle_t vmo = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create(PAGE, options, &vmo));
    write_alphabet(vmo);
    set_content(vmo, content_size);
    return vmo;
}

static zx_handle_t make_stream(zx_handle_t vmo, uint32_t options, uint64_t seek)
{
    zx_handle_t stream = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_stream_create(options, vmo, seek, &stream));
    return stream;
}

static void expect_vmo(zx_handle_t vmo, const char *want)
{
    EXPECT_OK(zx_vmo_read(vmo, text, 0, PAGE));
    EXPECT_EQ(strcmp(text, want), 0);
    write_alphabet(vmo);
}

static void close_both(zx_handle_t a, zx_handle_t b)
{
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

/* A stream of that mode over a VMO with only those rights: what creating it answers. */
static void expect_create(zx_handle_t vmo, uint32_t mode, zx_status_t want)
{
    zx_handle_t stream;

    EXPECT_EQ(zx_stream_create(mode, vmo, 0, &stream), want);
    if (want != ZX_OK)
        return;
    EXPECT_EQ(ztest_rights(stream), ZX_DEFAULT_STREAM_RIGHTS |
                                        (mode & ZX_STREAM_MODE_READ ? ZX_RIGHT_READ : 0) |
                                        (mode & ZX_STREAM_MODE_WRITE ? ZX_RIGHT_WRITE : 0));
    EXPECT_OK(zx_handle_close(stream));
}

CASE(StreamTestCase, Create)
{
    const uint32_t r = ZX_STREAM_MODE_READ, w = ZX_STREAM_MODE_WRITE;
    zx_handle_t vmo = make_vmo(0, 0), event, part, stream;

    EXPECT_EQ(zx_stream_create(0, ZX_HANDLE_INVALID, 0, &stream), ZX_ERR_BAD_HANDLE);
    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_EQ(zx_stream_create(0, event, 0, &stream), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_stream_create((uint32_t)-42, vmo, 0, &stream), ZX_ERR_INVALID_ARGS);
    for (uint32_t mode = 0; mode < 4; mode++)
        expect_create(vmo, mode, ZX_OK);

    ASSERT_OK(zx_handle_duplicate(vmo, ZX_RIGHT_READ, &part));
    expect_create(part, 0, ZX_OK);
    expect_create(part, r, ZX_OK);
    expect_create(part, w, ZX_ERR_ACCESS_DENIED);
    expect_create(part, r | w, ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(part));

    ASSERT_OK(zx_handle_duplicate(vmo, ZX_RIGHT_WRITE, &part));
    expect_create(part, 0, ZX_OK);
    expect_create(part, r, ZX_ERR_ACCESS_DENIED);
    expect_create(part, w, ZX_OK);
    expect_create(part, r | w, ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(part));
    close_both(vmo, event);
}

static uint64_t place;

#define SEEK(origin, offset) \
    zx_stream_seek(stream, ZX_STREAM_SEEK_ORIGIN_##origin, (int64_t)(offset), &place)

CASE(StreamTestCase, Seek)
{
    zx_handle_t vmo = make_vmo(0, 42), stream;

    stream = make_stream(vmo, 0, 0);
    EXPECT_EQ(SEEK(START, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(stream));
    stream = make_stream(vmo, ZX_STREAM_MODE_READ, 9);
    EXPECT_OK(SEEK(CURRENT, 0));
    EXPECT_EQ(place, 9);
    EXPECT_OK(zx_handle_close(stream));
    stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 518);
    EXPECT_OK(SEEK(CURRENT, 0));
    EXPECT_EQ(place, 518);
    EXPECT_OK(zx_handle_close(stream));

    stream = make_stream(vmo, ZX_STREAM_MODE_READ | ZX_STREAM_MODE_WRITE, 0);
    EXPECT_EQ(zx_stream_seek(stream, 34893, 12, &place), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(SEEK(START, -10), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(SEEK(START, 12));
    EXPECT_EQ(place, 12);
    EXPECT_EQ(SEEK(CURRENT, -21), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(SEEK(CURRENT, 3));
    EXPECT_EQ(place, 15);
    EXPECT_OK(SEEK(CURRENT, -15));
    EXPECT_EQ(place, 0);
    EXPECT_OK(SEEK(CURRENT, INT64_MAX));
    EXPECT_OK(SEEK(CURRENT, 1038));
    EXPECT_EQ(place, (uint64_t)INT64_MAX + 1038);
    EXPECT_EQ(SEEK(CURRENT, INT64_MAX), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(SEEK(END, 0));
    EXPECT_EQ(place, 42);
    EXPECT_OK(SEEK(END, -42));
    EXPECT_EQ(place, 0);
    EXPECT_OK(SEEK(END, 24));
    EXPECT_EQ(place, 66);
    EXPECT_EQ(SEEK(END, -1238), ZX_ERR_INVALID_ARGS);
    set_content(vmo, UINT64_MAX);
    EXPECT_OK(SEEK(END, -11));
    EXPECT_EQ(place, UINT64_MAX - 11);
    EXPECT_EQ(SEEK(END, 5), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_stream_seek(stream, ZX_STREAM_SEEK_ORIGIN_START, 0, NULL));
    close_both(vmo, stream);
}

enum { VECTORS = 7 };

/* Seven bytes of `buffer`, last to first. */
static void backwards(zx_iovec_t v[VECTORS], char *buffer)
{
    for (unsigned i = 0; i < VECTORS; i++)
        v[VECTORS - 1 - i] = (zx_iovec_t){&buffer[i], 1};
}

static void too_much(zx_iovec_t v[VECTORS], char *buffer)
{
    for (unsigned i = 0; i < VECTORS; i++)
        v[i] = (zx_iovec_t){buffer, INT64_MAX};
}

CASE(StreamTestCase, ReadV)
{
    zx_handle_t vmo = make_vmo(0, 26), stream = make_stream(vmo, 0, 0);
    char buffer[32] = {0};
    zx_iovec_t vec = {buffer, 7}, many[VECTORS];
    uint64_t n = 42;

    EXPECT_EQ(zx_stream_readv(stream, 0, &vec, 1, &n), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(stream));
    stream = make_stream(vmo, ZX_STREAM_MODE_READ, 0);
    EXPECT_OK(zx_stream_readv(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 7);
    EXPECT_EQ(strcmp(buffer, "abcdefg"), 0);
    EXPECT_EQ(zx_stream_readv(stream, 24098, &vec, 1, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_stream_readv(stream, 0, NULL, 1, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_stream_readv(stream, 0, NULL, 0, &n), ZX_ERR_INVALID_ARGS);
    memset(buffer, 0, sizeof(buffer));
    vec.capacity = 3;
    EXPECT_OK(zx_stream_readv(stream, 0, &vec, 1, NULL));
    EXPECT_EQ(strcmp(buffer, "hij"), 0);
    vec = (zx_iovec_t){NULL, 7};
    EXPECT_EQ(zx_stream_readv(stream, 0, &vec, 1, &n), ZX_ERR_NOT_FOUND);
    too_much(many, buffer);
    EXPECT_EQ(zx_stream_readv(stream, 0, many, VECTORS, &n), ZX_ERR_INVALID_ARGS);

    set_content(vmo, 6);
    vec = (zx_iovec_t){buffer, 12};
    EXPECT_OK(zx_stream_readv(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 0);
    EXPECT_OK(SEEK(START, 0));
    memset(buffer, 0, sizeof(buffer));
    EXPECT_OK(zx_stream_readv(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 6);
    EXPECT_EQ(strcmp(buffer, "abcdef"), 0);

    set_content(vmo, 26);
    EXPECT_OK(SEEK(START, 0));
    memset(buffer, 0, sizeof(buffer));
    backwards(many, buffer);
    EXPECT_OK(zx_stream_readv(stream, 0, many, VECTORS, &n));
    EXPECT_EQ(n, VECTORS);
    EXPECT_EQ(strcmp(buffer, "gfedcba"), 0);
    close_both(vmo, stream);
}

CASE(StreamTestCase, WriteV)
{
    zx_handle_t vmo = make_vmo(0, 26), stream = make_stream(vmo, 0, 0);
    zx_iovec_t vec = {digits, 7}, many[VECTORS];
    uint64_t n = 42;

    EXPECT_EQ(zx_stream_writev(stream, 0, &vec, 1, &n), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(stream));
    stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 7);
    expect_vmo(vmo, "0123456hijklmnopqrstuvwxyz");
    EXPECT_EQ(zx_stream_writev(stream, 24098, &vec, 1, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_stream_writev(stream, 0, NULL, 1, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_stream_writev(stream, 0, NULL, 0, &n), ZX_ERR_INVALID_ARGS);
    vec.capacity = 3;
    EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, NULL));
    expect_vmo(vmo, "abcdefg012klmnopqrstuvwxyz");
    vec = (zx_iovec_t){NULL, 7};
    EXPECT_EQ(zx_stream_writev(stream, 0, &vec, 1, &n), ZX_ERR_NOT_FOUND);
    too_much(many, digits);
    EXPECT_EQ(zx_stream_writev(stream, 0, many, VECTORS, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(SEEK(START, 0));
    backwards(many, digits);
    EXPECT_OK(zx_stream_writev(stream, 0, many, VECTORS, &n));
    EXPECT_EQ(n, VECTORS);
    expect_vmo(vmo, "6543210hijklmnopqrstuvwxyz");
    close_both(vmo, stream);
}

CASE(StreamTestCase, WriteExtendsContentSize)
{
    zx_handle_t vmo = make_vmo(0, 3), stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    zx_iovec_t vec = {digits, 7};
    char last[7] = {0};
    uint64_t n;

    EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, &n));
    EXPECT_EQ(content(vmo), 7);
    vec.capacity = 2;
    EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 2);
    EXPECT_EQ(content(vmo), 9);
    EXPECT_OK(SEEK(START, 0));
    vec.capacity = 10;
    for (unsigned i = 1; i * 10 < PAGE; i++) {
        EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, &n));
        EXPECT_EQ(n, 10);
    }
    EXPECT_EQ(content(vmo), 4090);
    EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 6);
    EXPECT_EQ(content(vmo), PAGE);
    EXPECT_OK(zx_vmo_read(vmo, last, 4090, 6));
    EXPECT_EQ(strcmp(last, "012345"), 0);
    EXPECT_EQ(zx_stream_writev(stream, 0, &vec, 1, &n), ZX_ERR_NO_SPACE);
    EXPECT_EQ(content(vmo), PAGE);
    close_both(vmo, stream);
}

CASE(StreamTestCase, WriteExtendsVMOSize)
{
    zx_handle_t vmo = make_vmo(ZX_VMO_RESIZABLE, 0);
    zx_handle_t stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    zx_iovec_t vec = {digits, 10};
    uint64_t n, size;

    EXPECT_OK(SEEK(START, 4090));
    EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 10);
    EXPECT_EQ(content(vmo), 4100);
    EXPECT_OK(zx_vmo_get_size(vmo, &size));
    EXPECT_EQ(size, 2 * PAGE);
    vec.capacity = UINT64_MAX;
    EXPECT_EQ(zx_stream_writev(stream, 0, &vec, 1, &n), ZX_ERR_FILE_BIG);
    EXPECT_OK(zx_vmo_get_size(vmo, &size));
    EXPECT_EQ(size, 2 * PAGE);
    close_both(vmo, stream);
}

CASE(StreamTestCase, ReadVAt)
{
    zx_handle_t vmo = make_vmo(0, 26), stream = make_stream(vmo, ZX_STREAM_MODE_READ, 0);
    char buffer[16] = {0};
    zx_iovec_t vec = {buffer, 7};
    uint64_t n;

    EXPECT_OK(zx_stream_readv_at(stream, 0, 24, &vec, 1, &n));
    EXPECT_EQ(n, 2);
    EXPECT_EQ(strcmp(buffer, "yz"), 0);
    EXPECT_OK(SEEK(CURRENT, 0));
    EXPECT_EQ(place, 0);
    EXPECT_OK(zx_stream_readv_at(stream, 0, 36, &vec, 1, &n));
    EXPECT_EQ(n, 0);
    EXPECT_OK(zx_stream_readv_at(stream, 0, 3645651, &vec, 1, &n));
    EXPECT_EQ(n, 0);
    close_both(vmo, stream);
}

CASE(StreamTestCase, WriteVAt)
{
    zx_handle_t vmo = make_vmo(0, 26), stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    zx_iovec_t vec = {digits, 3};
    uint64_t n, size;

    EXPECT_OK(zx_stream_writev_at(stream, 0, 7, &vec, 1, &n));
    EXPECT_EQ(n, 3);
    expect_vmo(vmo, "abcdefg012klmnopqrstuvwxyz");
    EXPECT_OK(SEEK(CURRENT, 0));
    EXPECT_EQ(place, 0);
    EXPECT_EQ(zx_stream_writev_at(stream, 0, 4100, &vec, 1, &n), ZX_ERR_NO_SPACE);
    close_both(vmo, stream);

    ASSERT_OK(zx_vmo_create(PAGE, ZX_VMO_RESIZABLE, &vmo));
    EXPECT_EQ(content(vmo), PAGE);
    stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    vec.capacity = 10;
    EXPECT_OK(zx_stream_writev_at(stream, 0, 4090, &vec, 1, &n));
    EXPECT_EQ(n, 10);
    EXPECT_EQ(content(vmo), 4100);
    vec.capacity = UINT64_MAX;
    EXPECT_EQ(zx_stream_writev_at(stream, 0, 5414, &vec, 1, &n), ZX_ERR_FILE_BIG);
    EXPECT_OK(zx_vmo_get_size(vmo, &size));
    EXPECT_EQ(size, 2 * PAGE);
    vec = (zx_iovec_t){NULL, 42};
    EXPECT_NE(zx_stream_writev_at(stream, 0, 5000, &vec, 1, &n), ZX_OK);
    EXPECT_EQ(content(vmo), 4100);
    close_both(vmo, stream);
}

CASE(StreamTestCase, ReadVectorAlias)
{
    zx_handle_t vmo = make_vmo(0, 26), stream = make_stream(vmo, ZX_STREAM_MODE_READ, 0);
    zx_iovec_t many[VECTORS];
    uint64_t n = 42;

    for (unsigned i = 0; i < VECTORS; i++)
        many[i] = (zx_iovec_t){many, sizeof(many)};
    EXPECT_OK(zx_stream_readv(stream, 0, many, VECTORS, &n));
    EXPECT_EQ(n, 26);
    close_both(vmo, stream);
}

static zx_info_stream_t info(zx_handle_t stream)
{
    zx_info_stream_t i = {0};

    EXPECT_OK(zx_object_get_info(stream, ZX_INFO_STREAM, &i, sizeof(i), NULL, NULL));
    return i;
}

CASE(StreamTestCase, Append)
{
    zx_handle_t vmo = make_vmo(0, 26), stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    zx_iovec_t vec = {digits, 7};
    uint64_t n;

    EXPECT_EQ(info(stream).options, ZX_STREAM_MODE_WRITE);
    EXPECT_EQ(info(stream).seek, 0);
    EXPECT_EQ(info(stream).content_size, 26);
    EXPECT_OK(zx_stream_writev(stream, ZX_STREAM_APPEND, &vec, 1, &n));
    EXPECT_EQ(n, 7);
    expect_vmo(vmo, "abcdefghijklmnopqrstuvwxyz0123456");
    EXPECT_EQ(info(stream).seek, 33);
    EXPECT_EQ(info(stream).content_size, 33);
    vec = (zx_iovec_t){text, PAGE - 40};
    EXPECT_OK(zx_stream_writev(stream, ZX_STREAM_APPEND, &vec, 1, &n));
    EXPECT_EQ(n, PAGE - 40);
    EXPECT_OK(zx_stream_writev(stream, ZX_STREAM_APPEND, &vec, 1, &n));
    EXPECT_EQ(n, 7);
    EXPECT_EQ(zx_stream_writev(stream, ZX_STREAM_APPEND, &vec, 1, &n), ZX_ERR_NO_SPACE);
    vec.capacity = UINT64_MAX;
    EXPECT_EQ(zx_stream_writev(stream, ZX_STREAM_APPEND, &vec, 1, &n), ZX_ERR_OUT_OF_RANGE);
    close_both(vmo, stream);
}

static int all(zx_handle_t vmo, uint64_t from, uint64_t to, char byte)
{
    for (; from < to; from++) {
        char c;

        if (zx_vmo_read(vmo, &c, from, 1) != ZX_OK || c != byte)
            return 0;
    }
    return 1;
}

CASE(StreamTestCase, ExtendFillsWithZeros)
{
    enum { PAGES = 6 };
    zx_iovec_t vec = {digits, 4};
    zx_handle_t vmo, stream;
    uint64_t n;

    ASSERT_OK(zx_vmo_create(PAGES * PAGE, 0, &vmo));
    set_content(vmo, 0);
    stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    memset(text, 'x', sizeof(text));
    for (unsigned i = 0; i < PAGES; i++)
        EXPECT_OK(zx_vmo_write(vmo, text, i * PAGE, PAGE));
    EXPECT_OK(zx_stream_writev_at(stream, 0, 2 * PAGE - 2, &vec, 1, &n));
    EXPECT_EQ(n, 4);
    EXPECT_TRUE(all(vmo, 0, 2 * PAGE - 2, 0));
    EXPECT_TRUE(all(vmo, 2 * PAGE - 2, 2 * PAGE - 1, '0'));
    EXPECT_TRUE(all(vmo, 2 * PAGE + 1, 2 * PAGE + 2, '3'));
    EXPECT_TRUE(all(vmo, 2 * PAGE + 2, 2 * PAGE + 9, 'x'));
    EXPECT_OK(SEEK(START, 5 * PAGE - 2));
    EXPECT_OK(zx_stream_writev(stream, 0, &vec, 1, &n));
    EXPECT_EQ(n, 4);
    EXPECT_TRUE(all(vmo, 2 * PAGE + 2, 5 * PAGE - 2, 0));
    EXPECT_TRUE(all(vmo, 5 * PAGE - 1, 5 * PAGE, '1'));
    EXPECT_TRUE(all(vmo, 5 * PAGE + 2, 5 * PAGE + 4, 'x'));
    close_both(vmo, stream);
}

static void append_lines(void *arg)
{
    static char line[] = "the same line";
    zx_iovec_t v[2] = {{line, 6}, {line + 6, 7}};
    uint64_t n;

    for (unsigned i = 0; i < 50; i++) {
        EXPECT_OK(zx_stream_writev(*(zx_handle_t *)arg, ZX_STREAM_APPEND, v, 2, &n));
        EXPECT_EQ(n, 13);
    }
}

CASE(Stream, WhatIsAppendedStaysTogether)
{
    struct ztest_thread t[2];
    zx_handle_t vmo = make_vmo(0, 0), stream = make_stream(vmo, ZX_STREAM_MODE_WRITE, 0);
    char line[14] = {0};

    ASSERT_OK(ztest_thread_start(&t[0], append_lines, &stream));
    ASSERT_OK(ztest_thread_start(&t[1], append_lines, &stream));
    ztest_thread_join(&t[0]);
    ztest_thread_join(&t[1]);
    EXPECT_EQ(content(vmo), 100 * 13);
    for (unsigned i = 0; i < 100; i++) {
        EXPECT_OK(zx_vmo_read(vmo, line, i * 13, 13));
        EXPECT_EQ(strcmp(line, "the same line"), 0);
    }
    close_both(vmo, stream);
}
