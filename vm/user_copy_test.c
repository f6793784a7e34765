/*
 * user_copy_test.c - copies across pages, rights and waits; strings; atomics; iobufs.
 */
#include "vm/vm_test.h"

#include "vm/iobuf.h"

static struct test_pager pager;

static struct user_access access_of(struct aspace *of)
{
    return (struct user_access){.aspace = of};
}

static void ranges(void **state)
{
    struct user_access ua = access_of(as);
    uint32_t word;
    char bytes[16];

    (void)state;
    assert_int_equal(copy_from_user(&ua, bytes, AT(0), 1), ERR_FAULT);
    assert_int_equal(copy_from_user(&ua, bytes, 0, 0), OK);
    assert_int_equal(copy_from_user(&ua, bytes, 0, 1), ERR_FAULT);
    assert_int_equal(copy_from_user(&ua, bytes, HAL_USER_END, 1), ERR_FAULT);
    assert_int_equal(copy_from_user(&ua, bytes, HAL_USER_END - 8, 9), ERR_FAULT);
    assert_int_equal(copy_from_user(&ua, bytes, UINT64_MAX - 3, 8), ERR_FAULT);
    assert_int_equal(copy_to_user(&ua, (uintptr_t)bytes | 1ull << 63, bytes, 8), ERR_FAULT);
    assert_int_equal(copy_to_user(&ua, AT(0), bytes, SIZE_MAX), ERR_FAULT);
    assert_int_equal(user_load_u32(&ua, AT(0), &word), ERR_FAULT);
    assert_int_equal(user_load_u32(&ua, AT(0) + 2, &word), ERR_INVALID_ARGS);
    assert_int_equal(user_cmpxchg_u32(&ua, AT(0) + 1, 0, 1, &word), ERR_INVALID_ARGS);
}

static void across_pages(void **state)
{
    static unsigned char in[5 * PAGE_SIZE], out[5 * PAGE_SIZE];
    struct user_access ua = access_of(as);

    (void)state;
    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (unsigned char)(i * 7 + i / 256);
    map(make(8), 0, 8, R | W, 0);
    assert_int_equal(copy_to_user(&ua, AT(1) + 100, in, sizeof(in)), OK);
    assert_int_equal(copy_from_user(&ua, out, AT(1) + 100, sizeof(out)), OK);
    assert_memory_equal(in, out, sizeof(in));
    assert_int_equal(clear_user(&ua, AT(2) - 3, PAGE_SIZE + 5), OK);
    assert_int_equal(copy_from_user(&ua, out, AT(1) + 100, sizeof(out)), OK);
    memset(in + PAGE_SIZE - 103, 0, PAGE_SIZE + 5);
    assert_memory_equal(in, out, sizeof(in));
    /* What comes before a hole may be there or not; the rest is not. */
    assert_int_equal(copy_to_user(&ua, AT(7), in, PAGE_SIZE + 1), ERR_FAULT);
}

/* A frame and what is above it, over the end of a page; the third piece lies over the second.
 */
static void pieces_in_one_go(void **state)
{
    struct user_access ua = access_of(as);
    char a[8] = "aaaaaaaa", b[16] = "bbbbbbbbbbbbbbbb", c[2] = "cc", d[4] = "dddd", whole[64];
    const struct user_piece pieces[] = {{AT(1) - 20, a, sizeof(a)},
                                        {AT(1) - 8, b, sizeof(b)},
                                        {AT(1) - 1, c, sizeof(c)},
                                        {AT(1) + 30, d, sizeof(d)}};

    (void)state;
    map(make(4), 0, 4, R | W, 0);
    assert_int_equal(copy_pieces_to_user(&ua, pieces, countof(pieces)), OK);
    assert_int_equal(copy_from_user(&ua, whole, AT(1) - 20, 54), OK);
    assert_memory_equal(whole, "aaaaaaaa\0\0\0\0bbbbbbbccbbbbbbb\0\0\0", 31);
    assert_memory_equal(whole + 50, "dddd", 4);
    memset(a, 0, sizeof(a)), memset(b, 0, sizeof(b)), memset(d, 0, sizeof(d));
    assert_int_equal(copy_pieces_from_user(&ua, pieces, countof(pieces)), OK);
    assert_memory_equal(a, "aaaaaaaa", sizeof(a));
    assert_memory_equal(b, "bbbbbbbccbbbbbbb", sizeof(b));
    assert_memory_equal(d, "dddd", sizeof(d));
}

static void pieces_are_refused(void **state)
{
    struct user_access ua = access_of(as);
    char bytes[16];
    const struct user_piece hole[] = {{AT(2) - 32, bytes, 16}, {AT(2) - 8, bytes, 16}};
    const struct user_piece beyond[] = {{UINT64_MAX - 31, bytes, 16},
                                        {UINT64_MAX - 7, bytes, 16}};

    (void)state;
    map(make(2), 0, 2, R | W, 0);
    assert_int_equal(copy_pieces_to_user(&ua, hole, countof(hole)), ERR_FAULT);
    assert_int_equal(copy_pieces_from_user(&ua, hole, countof(hole)), ERR_FAULT);
    assert_int_equal(copy_pieces_to_user(&ua, beyond, countof(beyond)), ERR_FAULT);
}

static void rights_are_honoured(void **state)
{
    struct user_access ua = access_of(as);
    uint64_t word = 1;

    (void)state;
    map(make(1), 0, 1, R, 0);
    map(make(1), 1, 1, W, 0);
    map(make(1), 2, 1, X, 0);
    map(make(1), 3, 1, 0, 0);
    map(make(1), 4, 2, R | W, 0);
    assert_int_equal(copy_to_user(&ua, AT(0), &word, 8), ERR_FAULT);
    assert_int_equal(copy_to_user(&ua, AT(1), &word, 8), OK);
    assert_int_equal(copy_from_user(&ua, &word, AT(1), 8), OK);
    assert_int_equal(copy_from_user(&ua, &word, AT(2), 8), OK);
    assert_int_equal(copy_to_user(&ua, AT(2), &word, 8), ERR_FAULT);
    assert_int_equal(copy_from_user(&ua, &word, AT(3), 8), ERR_FAULT);
    assert_int_equal(copy_from_user(&ua, &word, AT(5), 8), ERR_FAULT);
}

static void strings(void **state)
{
    struct user_access ua = access_of(as);
    char text[PAGE_SIZE];
    size_t length = 99;

    (void)state;
    map(make(2), 0, 2, R | W, 0);
    assert_int_equal(copy_to_user(&ua, AT(1) - 3, "hello", 6), OK);
    assert_int_equal(copy_string_from_user(&ua, text, AT(1) - 3, sizeof(text), &length), OK);
    assert_int_equal(length, 5);
    assert_string_equal(text, "hello");
    assert_int_equal(copy_string_from_user(&ua, text, AT(1) - 3, 6, &length), OK);
    length = 99;
    assert_int_equal(copy_string_from_user(&ua, text, AT(1) - 3, 5, &length),
                     ERR_NAME_TOO_LONG);
    assert_int_equal(copy_string_from_user(&ua, text, AT(1) - 3, 0, &length),
                     ERR_NAME_TOO_LONG);
    assert_int_equal(length, 99);
    /* It ends before memory does, or not. */
    assert_int_equal(copy_to_user(&ua, AT(2) - 3, "ab", 3), OK);
    assert_int_equal(copy_string_from_user(&ua, text, AT(2) - 3, sizeof(text), &length), OK);
    assert_int_equal(length, 2);
    assert_int_equal(copy_to_user(&ua, AT(2) - 3, "abc", 3), OK);
    assert_int_equal(copy_string_from_user(&ua, text, AT(2) - 3, sizeof(text), &length),
                     ERR_FAULT);
    assert_int_equal(copy_string_from_user(&ua, text, 0, sizeof(text), &length), ERR_FAULT);
    assert_int_equal(copy_string_from_user(&ua, text, HAL_USER_END, 1, &length), ERR_FAULT);
}

/* The last page of user memory: the buffer is larger than what is left. */
static void a_string_at_the_end(void **state)
{
    struct vmar_map_args args = {.vmo = make(1),
                                 .size = PAGE_SIZE,
                                 .prot = R | W,
                                 .max_prot = R | W,
                                 .place = PLACE_EXACT,
                                 .addr = HAL_USER_END - PAGE_SIZE};
    struct user_access ua = access_of(as);
    user_addr_t at;
    char text[100];
    size_t length;

    (void)state;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    vmo_put(args.vmo);
    assert_int_equal(copy_to_user(&ua, HAL_USER_END - 4, "abc", 4), OK);
    assert_int_equal(copy_string_from_user(&ua, text, HAL_USER_END - 4, sizeof(text), &length),
                     OK);
    assert_int_equal(length, 3);
    assert_int_equal(copy_to_user(&ua, HAL_USER_END - 4, "abcd", 4), OK);
    assert_int_equal(copy_string_from_user(&ua, text, HAL_USER_END - 4, sizeof(text), &length),
                     ERR_FAULT);
}

static void words(void **state)
{
    struct user_access ua = access_of(as);
    uint32_t word = 7;

    (void)state;
    map(make(1), 0, 1, R | W, 0);
    map(make(1), 1, 1, R, 0);
    assert_int_equal(user_load_u32(&ua, AT(0) + 8, &word), OK);
    assert_int_equal(word, 0);
    assert_int_equal(user_cmpxchg_u32(&ua, AT(0) + 8, 0, 5, &word), OK);
    assert_int_equal(word, 0);
    assert_int_equal(user_cmpxchg_u32(&ua, AT(0) + 8, 0, 6, &word), OK);
    assert_int_equal(word, 5);
    assert_int_equal(user_load_u32(&ua, AT(0) + 8, &word), OK);
    assert_int_equal(word, 5);
    assert_int_equal(user_load_u32(&ua, AT(1), &word), OK);
    assert_int_equal(user_cmpxchg_u32(&ua, AT(1), 0, 6, &word), ERR_FAULT);
}

/* A page that is not at hand is reported, brought in, and the copy made again. */
static void waiting(void **state)
{
    struct vmo *file = make_file(&pager, 8);
    struct user_access ua = access_of(as);
    struct vm_fault f = {.co = {.resume = vm_fault}, .aspace = as};
    uint64_t word;

    (void)state;
    map(file, 0, 8, R | W, MAPPING_SHARED);
    pager.slow = true;
    assert_int_equal(copy_from_user(&ua, &word, AT(3) + 8, 8), ERR_USER_PAGE);
    assert_int_equal(ua.fault_addr, AT(3) + 8);
    assert_int_equal(ua.fault_access, R);
    f.addr = ua.fault_addr;
    f.access = ua.fault_access;
    assert_int_equal(run_coroutine(&f.co), OK);
    assert_int_equal(copy_from_user(&ua, &word, AT(3) + 8, 8), OK);
    assert_int_equal(word, 4);
    assert_int_equal(copy_to_user(&ua, AT(4) - 4, &word, 8), ERR_USER_PAGE);
    assert_int_equal(ua.fault_addr, AT(4));
    assert_int_equal(ua.fault_access, W);
}

static void iobufs(void **state)
{
    const struct iovec_user iov[] = {
        {AT(0) + 5, 10}, {0, 0}, {AT(1) - 20, 40}, {AT(2), 3}, {AT(5), 10},
    };
    struct user_access ua = access_of(as);
    char in[64], out[64];
    struct iobuf io;
    size_t moved;

    (void)state;
    map(make(4), 0, 4, R | W, 0);
    for (unsigned i = 0; i < sizeof(in); i++)
        in[i] = (char)(i + 1);
    iobuf_init_iov(&io, &ua, iov, countof(iov), 63);
    assert_int_equal(iobuf_put(&io, in, 12, &moved), OK);
    assert_int_equal(moved, 12);
    assert_int_equal(iobuf_put_zero(&io, 8, &moved), OK);
    assert_int_equal(iobuf_put(&io, in + 20, 33, &moved), OK);
    assert_int_equal(iobuf_left(&io), 10);
    /* The last range is nowhere. */
    assert_int_equal(iobuf_put(&io, in, 64, &moved), ERR_FAULT);
    assert_int_equal(moved, 0);
    assert_int_equal(io.done, 53);

    memset(in + 12, 0, 8);
    iobuf_init_iov(&io, &ua, iov, countof(iov), 53);
    assert_int_equal(iobuf_take(&io, out, sizeof(out), &moved), OK);
    assert_int_equal(moved, 53);
    assert_memory_equal(in, out, 53);

    iobuf_init_user(&io, &ua, AT(1) - 20, 40);
    assert_int_equal(iobuf_take(&io, out, sizeof(out), &moved), OK);
    assert_int_equal(moved, 40);
    assert_memory_equal(in + 10, out, 40);
    assert_int_equal(iobuf_left(&io), 0);
}

/* What has moved before a page is missing counts, and is not moved again. */
static void iobufs_that_wait(void **state)
{
    struct vmo *file = make_file(&pager, 8);
    struct user_access ua = access_of(as);
    struct vm_fault f = {.co = {.resume = vm_fault}, .aspace = as, .access = W};
    char in[16] = "0123456789abcdef", out[16];
    struct iobuf io;
    size_t moved;

    (void)state;
    map(make(4), 0, 4, R | W, 0);
    map(file, 4, 4, R | W, MAPPING_SHARED);
    pager.slow = true;
    iobuf_init_user(&io, &ua, AT(4) - 6, 16);
    assert_int_equal(iobuf_put(&io, in, 16, &moved), ERR_USER_PAGE);
    assert_int_equal(moved, 6);
    f.addr = ua.fault_addr;
    assert_int_equal(run_coroutine(&f.co), OK);
    assert_int_equal(iobuf_put(&io, in + 6, 10, &moved), OK);
    assert_int_equal(moved, 10);
    assert_int_equal(copy_from_user(&ua, out, AT(4) - 6, 16), OK);
    assert_memory_equal(in, out, 16);
}

static void kernel_iobufs(void **state)
{
    char memory[16] = "0123456789abcdef", out[16];
    struct iobuf io;
    size_t moved;

    (void)state;
    iobuf_init_kernel(&io, memory, 16);
    assert_int_equal(iobuf_take(&io, out, 4, &moved), OK);
    assert_int_equal(iobuf_put(&io, "xyz", 3, &moved), OK);
    assert_int_equal(iobuf_put_zero(&io, 100, &moved), OK);
    assert_int_equal(moved, 9);
    assert_memory_equal(memory, "0123xyz\0\0\0\0\0\0\0\0\0", 16);
    assert_memory_equal(out, "0123", 4);
    assert_int_equal(iobuf_put(&io, "xyz", 3, &moved), OK);
    assert_int_equal(moved, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASPACE_TEST(ranges),
        ASPACE_TEST(across_pages),
        ASPACE_TEST(pieces_in_one_go),
        ASPACE_TEST(pieces_are_refused),
        ASPACE_TEST(rights_are_honoured),
        ASPACE_TEST(strings),
        ASPACE_TEST(a_string_at_the_end),
        ASPACE_TEST(words),
        ASPACE_TEST(waiting),
        ASPACE_TEST(iobufs),
        ASPACE_TEST(iobufs_that_wait),
        TEST(kernel_iobufs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
