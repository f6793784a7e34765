/* lead.c - the instructions before a system call. */
#include "hal/libos/lead.h"

#include "base/status.h"
#include "base/string.h"
#include "hal/libos/decode.h"
#include "hal/libos/upcalls.h"

enum {
    STACK_WORDS = 128,   /* looked at for return addresses */
    SWEEP_MAX = 0x10000, /* bytes decoded in a row, at most */
    CALL_DIRECT = 5,     /* e8 rel32 */
    CALL_MEMORY = 6,     /* ff 15 disp32 */
    JUMP_MEMORY = 6      /* ff 25 disp32 */
};

/* Register by its number in instructions. */
static uint64_t reg_value(const struct user_regs *r, unsigned number)
{
    const uint64_t values[16] = {r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp,
                                 r->rsi, r->rdi, r->r8,  r->r9,  r->r10, r->r11,
                                 r->r12, r->r13, r->r14, r->r15};

    return values[number];
}

/*
 * Is it a move of the constant that the register holds?
 *     b8+r imm32          mov $imm, %r32
 *     41 b8+r imm32       the same, r8d..r15d
 *     48/49 c7 c0+r imm32 mov $imm, %r64, sign-extended
 * rcx and r11 are overwritten by the call, so they do not qualify.
 */
static bool holds_constant(const uint8_t *bytes, unsigned size, const struct user_regs *regs)
{
    uint32_t constant;
    unsigned op = bytes[size - 5], reg = op & 7;
    uint64_t value;

    memcpy(&constant, bytes + size - 4, sizeof(constant));
    if (size == 7 && (bytes[0] & 0xfe) == 0x48 && bytes[1] == 0xc7 && (op & 0xf8) == 0xc0) {
        reg |= (bytes[0] & 1u) << 3;
        value = (uint64_t)(int64_t)(int32_t)constant;
    } else if ((op & 0xf8) == 0xb8 && (size == 5 || (size == 6 && bytes[0] == 0x41))) {
        reg |= size == 6 ? 8 : 0;
        value = constant;
    } else
        return false;
    return reg != 1 && reg != 11 && reg_value(regs, reg) == value;
}

/* ---- where instructions begin for certain ---- */

static bool read_word(struct hal_pt *pt, user_addr_t va, uint64_t *out)
{
    return user_read(pt, va, out, sizeof(*out));
}

static int32_t distance_at(const uint8_t *bytes)
{
    int32_t distance;

    memcpy(&distance, bytes, sizeof(distance));
    return distance;
}

/* Through an entry of a procedure linkage table, with or without endbr64. */
static user_addr_t follow_plt(struct hal_pt *pt, user_addr_t va)
{
    static const uint8_t endbr[] = {0xf3, 0x0f, 0x1e, 0xfa};
    uint8_t bytes[sizeof(endbr) + JUMP_MEMORY + 1];
    unsigned at = 0;
    uint64_t target;

    if (!user_read(pt, va, bytes, sizeof(bytes)))
        return va;
    if (!memcmp(bytes, endbr, sizeof(endbr)))
        at = sizeof(endbr);
    at += bytes[at] == 0xf2; /* bnd */
    if (bytes[at] != 0xff || bytes[at + 1] != 0x25)
        return va;
    va += at + JUMP_MEMORY;
    return read_word(pt, va + (user_addr_t)(int64_t)distance_at(bytes + at + 2), &target)
               ? target
               : va;
}

/* If a call leads to where `back` is behind it: where it goes, or 0 if that is not known. */
static bool is_behind_call(struct hal_pt *pt, user_addr_t back, user_addr_t *target)
{
    uint8_t bytes[CALL_MEMORY];
    const uint8_t *end = bytes + CALL_MEMORY;

    *target = 0;
    if (!user_read(pt, back - CALL_MEMORY, bytes, CALL_MEMORY))
        return false;
    if (end[-CALL_DIRECT] == 0xe8) {
        *target = follow_plt(pt, back + (user_addr_t)(int64_t)distance_at(end - 4));
        return true;
    }
    if (end[-CALL_MEMORY] == 0xff && end[-CALL_MEMORY + 1] == 0x15)
        return read_word(pt, back + (user_addr_t)(int64_t)distance_at(end - 4), target);
    return false;
}

static bool is_text(struct hal_pt *pt, user_addr_t va)
{
    unsigned prot;
    paddr_t pa;

    return hal_pt_query(pt, ROUND_DOWN(va, PAGE_SIZE), &pa, &prot) == OK &&
           prot & HAL_PROT_EXEC;
}

/* The nearest known start at or before `va`; 0: none near enough. */
static user_addr_t known_start(struct hal_pt *pt, const struct user_regs *regs, user_addr_t va)
{
    user_addr_t best = 0, sp = ROUND_UP(regs->rsp, sizeof(uint64_t)), target;
    uint64_t word;

    for (unsigned i = 0; i < STACK_WORDS && read_word(pt, sp + i * sizeof(word), &word); i++) {
        if (!is_text(pt, word) || !is_behind_call(pt, word, &target))
            continue;
        if (word <= va && word > best)
            best = word;
        if (target <= va && target > best)
            best = target;
    }
    return va - best <= SWEEP_MAX ? best : 0;
}

/* Text, a page at a time. */
struct text {
    struct hal_pt *pt;
    user_addr_t page;
    const uint8_t *bytes;
};

/* Nobody may have been there yet. */
static bool text_turn_to(struct text *text, user_addr_t page)
{
    if (page != text->page || !text->bytes) {
        text->page = page;
        text->bytes = user_bytes(text->pt, page);
        if (!text->bytes && hal_upcalls->page_in(text->pt, page) == OK)
            text->bytes = user_bytes(text->pt, page);
    }
    return text->bytes;
}

static bool text_read(struct text *text, user_addr_t va, uint8_t bytes[INSN_MAX])
{
    unsigned at = va & PAGE_MASK, here = MIN((unsigned)PAGE_SIZE - at, (unsigned)INSN_MAX);

    if (!text_turn_to(text, va - at))
        return false;
    memcpy(bytes, text->bytes + at, here);
    memset(bytes + here, 0, INSN_MAX - here);
    if (here < INSN_MAX && text_turn_to(text, va + here))
        memcpy(bytes + here, text->bytes, INSN_MAX - here);
    return true;
}

static bool jumps_to_stub(struct hal_pt *pt, user_addr_t va, const uint8_t *bytes)
{
    return bytes[0] == 0xe9 &&
           stub_holds(pt, va, va + JUMP_SIZE + (user_addr_t)(int64_t)distance_at(bytes + 1));
}

/* Of two jumps that overlap (hal/libos/patch.h) the first stands for a call. */
static bool decode_at(struct text *text, user_addr_t va, struct insn *insn)
{
    uint8_t bytes[INSN_MAX];

    if (!text_read(text, va, bytes) || !insn_decode(bytes, INSN_MAX, insn))
        return false;
    if (jumps_to_stub(text->pt, va, bytes) &&
        jumps_to_stub(text->pt, va + SYSCALL_SIZE, bytes + SYSCALL_SIZE))
        insn->size = SYSCALL_SIZE;
    return true;
}

/* Does an instruction begin at `va`, decoding from `start`? */
static bool begins_at(struct hal_pt *pt, user_addr_t start, user_addr_t va)
{
    struct text text = {.pt = pt};
    struct insn insn;

    while (start < va && decode_at(&text, start, &insn))
        start += insn.size;
    return start == va;
}

/* ---- leads ---- */

/* The instructions in the last `size` bytes before a call, if that is what they are. */
static bool take_lead(const uint8_t *bytes, unsigned size, struct displaced *out)
{
    struct insn insn;

    *out = (struct displaced){.size = size};
    memcpy(out->bytes, bytes, size);
    for (unsigned at = 0; at < size; at += insn.size) {
        if (!insn_decode(bytes + at, size - at, &insn) || insn.leaves)
            return false;
        if (at == 0)
            out->first = insn.size;
        if (insn.distance)
            out->distances |= 1u << (at + insn.distance);
    }
    return out->first >= JUMP_SIZE;
}

struct displaced find_lead(struct hal_pt *pt, const struct user_regs *regs)
{
    user_addr_t call = regs->rip - SYSCALL_SIZE, start = known_start(pt, regs, call);
    uint8_t before[LEAD_MAX];
    struct displaced lead;

    if (!user_read(pt, call - LEAD_MAX, before, LEAD_MAX))
        return (struct displaced){.size = 0};
    for (unsigned size = JUMP_SIZE; size <= LEAD_MAX; size++) {
        const uint8_t *bytes = before + LEAD_MAX - size;

        if (!take_lead(bytes, size, &lead))
            continue;
        if (start && start <= call - size ? begins_at(pt, start, call - size)
                                          : holds_constant(bytes, lead.first, regs))
            return lead;
    }
    return (struct displaced){.size = 0};
}
