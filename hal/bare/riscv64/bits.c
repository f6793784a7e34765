/*
 * bits.c - what gcc calls for __builtin_clz and __builtin_ctz: the instruction set has no such
 * instruction without the extension Zbb.
 */
#include "base/types.h"

int __clzdi2(uint64_t n);
int __ctzdi2(uint64_t n);

/* Leading zeroes, by halves; n is not 0. */
int __clzdi2(uint64_t n)
{
    int zeroes = 0;

    for (int half = 32; half; half /= 2)
        if (!(n >> (64 - half))) {
            zeroes += half;
            n <<= half;
        }
    return zeroes;
}

/* n & -n is the lowest bit set. */
int __ctzdi2(uint64_t n)
{
    return 63 - __clzdi2(n & -n);
}
