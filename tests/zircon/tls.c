/*
 * tls.c - thread-local variables of the program: each thread has them as they are initialised.
 */
#include <threads.h>

#include "tests/zircon/ztest.h"

struct odd {
    uint8_t byte;
    uint64_t word;
};

static thread_local uint8_t byte = 7;
static thread_local uint16_t half = 0x1234;
static thread_local uint32_t word = 0x12345678;
static thread_local uint64_t wide = 0x123456789abcdef0;
static thread_local float single = 1.5f;
static thread_local double twice = 2.25;
static thread_local uint64_t zero;
static thread_local uint64_t array[4] = {11, 22, 33, 44};
static thread_local uint64_t zeroes[16];
static thread_local unsigned char big[4096] = {[0] = 1, [4095] = 2};
static thread_local struct odd odd = {5, 0x55aa55aa};
static thread_local unsigned char aligned[3] __attribute__((aligned(64))) = {1, 2, 3};

static void check_basic(void)
{
    EXPECT_EQ(byte++, 7);
    EXPECT_EQ(half++, 0x1234);
    EXPECT_EQ(word++, 0x12345678);
    EXPECT_EQ(wide++, 0x123456789abcdef0);
    EXPECT_TRUE(single == 1.5f);
    EXPECT_TRUE(twice == 2.25);
    EXPECT_EQ(zero++, 0);
    byte--, half--, word--, wide--, zero--;
}

static void check_array(void)
{
    for (unsigned i = 0; i < 4; i++)
        EXPECT_EQ(array[i], 11 * (i + 1));
    for (unsigned i = 0; i < 16; i++)
        EXPECT_EQ(zeroes[i], 0);
}

/* Written over and back: it is all of it memory of this thread's. */
static void spam_array(void)
{
    check_array();
    for (unsigned i = 0; i < 4; i++)
        array[i] = ~0ull;
    for (unsigned i = 0; i < 16; i++)
        zeroes[i] = ~0ull;
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(array[i], ~0ull);
        array[i] = 11 * (i + 1);
    }
    for (unsigned i = 0; i < 16; i++)
        zeroes[i] = 0;
    check_array();
}

static void check_big(void)
{
    EXPECT_EQ(big[0], 1);
    EXPECT_EQ(big[4095], 2);
    for (unsigned i = 1; i < 4095; i++)
        EXPECT_EQ(big[i], 0);
}

static void check_structure(void)
{
    EXPECT_EQ(odd.byte, 5);
    EXPECT_EQ(odd.word, 0x55aa55aa);
}

static void check_alignment(void)
{
    EXPECT_EQ((uintptr_t)aligned % 64, 0);
    EXPECT_EQ((uintptr_t)&odd % _Alignof(struct odd), 0);
    EXPECT_EQ(aligned[2], 3);
}

static int run(void *arg)
{
    void (*const *fn)(void) = arg;

    (*fn)();
    return 0;
}

/* In a thread of its own, after this one has other values. */
static void in_thread(void (*fn)(void))
{
    thrd_t thread;

    array[0]++, byte++, odd.byte++, big[1]++;
    ASSERT_EQ(thrd_create(&thread, run, &fn), thrd_success);
    EXPECT_EQ(thrd_join(thread, NULL), thrd_success);
    array[0]--, byte--, odd.byte--, big[1]--;
}

CASE(ExecutableTlsTest, BasicInitalizersInMain)
{
    check_basic();
}

CASE(ExecutableTlsTest, BasicInitalizersInThread)
{
    in_thread(check_basic);
}

CASE(ExecutableTlsTest, ArrayInitializerInMain)
{
    check_array();
}

CASE(ExecutableTlsTest, ArrayInitializerInThread)
{
    in_thread(check_array);
}

CASE(ExecutableTlsTest, ArrayInitializierSpamMain)
{
    spam_array();
}

CASE(ExecutableTlsTest, ArrayInitializerSpamThread)
{
    in_thread(spam_array);
}

CASE(ExecutableTlsTest, BigArrayInitializerInMain)
{
    check_big();
}

CASE(ExecutableTlsTest, BigArrayInitializerInThread)
{
    in_thread(check_big);
}

CASE(ExecutableTlsTest, StructureInitalizierInMain)
{
    check_structure();
}

CASE(ExecutableTlsTest, StructureInitializerInThread)
{
    in_thread(check_structure);
}

CASE(ExecutableTlsTest, AlignmentInitializierInMain)
{
    check_alignment();
}

CASE(ExecutableTlsTest, AlignmentInitializerInThread)
{
    in_thread(check_alignment);
}
