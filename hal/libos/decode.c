/*
 * decode.c - x86-64 instruction lengths (Intel SDM 2, appendix A).
 */
#include "hal/libos/decode.h"

#include "base/string.h"

/*
 * What follows an opcode, by a letter for each:
 *     .  nothing              m  ModRM
 *     b  imm8                 B  ModRM, imm8
 *     z  imm16 or imm32       Z  ModRM, imm16 or imm32
 *     v  imm16, 32 or 64      j  rel8 and J rel32: a jump
 *     g  group 3, imm8 and G imm16 or imm32: the immediate only for TEST
 *     f  group 5              r  leaves, nothing follows
 *     x  refused
 */
static const char one_byte[256 + 1] = "mmmmbzxxmmmmbzxx" /* 00 */
                                      "mmmmbzxxmmmmbzxx"
                                      "mmmmbzxxmmmmbzxx"
                                      "mmmmbzxxmmmmbzxx"
                                      "xxxxxxxxxxxxxxxx" /* 40 */
                                      "................"
                                      "xxxmxxxxzZbBxxxx"
                                      "jjjjjjjjjjjjjjjj"
                                      "BZxBmmmmmmmmmmmm" /* 80 */
                                      "..........x....."
                                      "xxxx....bz......"
                                      "bbbbbbbbvvvvvvvv"
                                      "BBxrxxBZx.xxrxxx" /* c0 */
                                      "mmmmxxxxmmmmmmmm"
                                      "jjjjxxxxJJxjxxxx"
                                      "xxxxr.gG..xx..mf";

static const char two_byte[256 + 1] = "mmmxx.xx..xrxmxx" /* 0f 00 */
                                      "mmmmmmmmmmmmmmmm"
                                      "xxxxxxxxmmmmmmmm"
                                      "....xxxxxxxxxxxx"
                                      "mmmmmmmmmmmmmmmm" /* 0f 40 */
                                      "mmmmmmmmmmmmmmmm"
                                      "mmmmmmmmmmmmmmmm"
                                      "BBBBmmm.xxxxmmmm"
                                      "JJJJJJJJJJJJJJJJ" /* 0f 80 */
                                      "mmmmmmmmmmmmmmmm"
                                      "...mBmxx..xmBmmm"
                                      "mmmmmmmmmxBmmmmm"
                                      "mmBmBBBm........" /* 0f c0 */
                                      "mmmmmmmmmmmmmmmm"
                                      "mmmmmmmmmmmmmmmm"
                                      "mmmmmmmmmmmmmmmx";

struct decoder {
    const uint8_t *at, *end;
    const uint8_t *start;
    bool short_operand, wide; /* prefix 66; REX.W */
    struct insn *out;
};

/* Maps of opcodes: how many bytes of escape come before them. */
enum { MAP_ONE = 0, MAP_0F = 1, MAP_0F38 = 2, MAP_0F3A = 3 };

static bool is_prefix(uint8_t byte)
{
    static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
                                       0x66, 0x67, 0xf0, 0xf2, 0xf3};

    return memchr(prefixes, byte, sizeof(prefixes));
}

static bool skip(struct decoder *d, unsigned count)
{
    if ((size_t)(d->end - d->at) < count)
        return false;
    d->at += count;
    return true;
}

/* ModRM, SIB and displacement. `*reg`: the middle field. */
static bool skip_modrm(struct decoder *d, unsigned *reg)
{
    unsigned mod, rm, displacement;

    if (d->at == d->end)
        return false;
    mod = *d->at >> 6;
    rm = *d->at & 7;
    *reg = *d->at++ >> 3 & 7;
    if (mod == 3)
        return true;
    displacement = mod == 1 ? 1 : mod == 2 ? 4 : 0;
    if (rm == 4) {
        if (d->at == d->end)
            return false;
        if (mod == 0 && (*d->at & 7) == 5)
            displacement = 4;
        d->at++;
    } else if (mod == 0 && rm == 5) {
        d->out->distance = (unsigned)(d->at - d->start);
        displacement = 4;
    }
    return skip(d, displacement);
}

static unsigned immediate(const struct decoder *d)
{
    return d->short_operand && !d->wide ? 2 : 4;
}

static bool skip_jump(struct decoder *d, unsigned size)
{
    d->out->leaves = true;
    return skip(d, size);
}

static bool skip_operands(struct decoder *d, char form)
{
    unsigned reg;

    switch (form) {
    case '.':
        return true;
    case 'm':
        return skip_modrm(d, &reg);
    case 'b':
        return skip(d, 1);
    case 'B':
        return skip_modrm(d, &reg) && skip(d, 1);
    case 'z':
        return skip(d, immediate(d));
    case 'Z':
        return skip_modrm(d, &reg) && skip(d, immediate(d));
    case 'v':
        return skip(d, d->wide ? 8 : immediate(d));
    case 'j':
        return skip_jump(d, 1);
    case 'J':
        return !d->short_operand && skip_jump(d, 4);
    case 'r':
        return skip_jump(d, 0);
    case 'g':
    case 'G':
        return skip_modrm(d, &reg) && (reg > 1 || skip(d, form == 'g' ? 1 : immediate(d)));
    case 'f':
        if (!skip_modrm(d, &reg) || reg == 7)
            return false;
        d->out->leaves = reg >= 2 && reg <= 5;
        return true;
    default:
        return false;
    }
}

/* VEX and EVEX: the prefix names the map. */
static bool decode_vector(struct decoder *d, uint8_t prefix)
{
    unsigned map = MAP_0F, reg;
    uint8_t opcode;

    if (prefix != 0xc5 && d->at < d->end)
        map = *d->at & (prefix == 0xc4 ? 0x1f : 7);
    if (map < MAP_0F || map > MAP_0F3A || !skip(d, prefix == 0xc5 ? 1 : prefix == 0xc4 ? 2 : 3))
        return false;
    if (d->at == d->end)
        return false;
    opcode = *d->at++;
    if (map == MAP_0F && opcode == 0x77)
        return true; /* vzeroupper */
    if (!skip_modrm(d, &reg))
        return false;
    return map == MAP_0F3A || (map == MAP_0F && two_byte[opcode] == 'B') ? skip(d, 1) : true;
}

static bool decode_escaped(struct decoder *d)
{
    unsigned reg;
    uint8_t opcode;

    if (d->at == d->end)
        return false;
    opcode = *d->at++;
    if (opcode == 0x38)
        return skip(d, 1) && skip_modrm(d, &reg);
    if (opcode == 0x3a)
        return skip(d, 1) && skip_modrm(d, &reg) && skip(d, 1);
    d->out->leaves = opcode == 0x05;
    return skip_operands(d, two_byte[opcode]);
}

static bool decode(struct decoder *d)
{
    uint8_t opcode;

    for (; d->at < d->end && is_prefix(*d->at); d->at++)
        d->short_operand = d->short_operand || *d->at == 0x66;
    if (d->at < d->end && (*d->at & 0xf0) == 0x40)
        d->wide = *d->at++ & 8;
    if (d->at == d->end)
        return false;
    opcode = *d->at++;
    if (opcode == 0xc4 || opcode == 0xc5 || opcode == 0x62)
        return decode_vector(d, opcode);
    if (opcode == 0x0f)
        return decode_escaped(d);
    return skip_operands(d, one_byte[opcode]);
}

bool insn_decode(const uint8_t *bytes, size_t size, struct insn *out)
{
    const uint8_t *end = bytes + MIN(size, (size_t)INSN_MAX);
    struct decoder d = {.at = bytes, .end = end, .start = bytes, .out = out};

    *out = (struct insn){0};
    if (!decode(&d))
        return false;
    out->size = (unsigned)(d.at - bytes);
    return true;
}
