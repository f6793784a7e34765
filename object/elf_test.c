/*
 * elf_test.c - a good ELF file, and a table of ways to spoil it.
 */
#include "object/elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "hal/mmu.h"
#include "isa/regs.h"

enum { EHDR = 64, PHDRS = 4 }; /* text, data, stack, interpreter */

static unsigned char good[0x3000];

static void put(unsigned char *file, size_t at, uint64_t value, size_t size)
{
    memcpy(file + at, &value, size);
}

/* Offset in the file of a field of program header `i`. */
static size_t phdr(unsigned i, size_t field)
{
    return EHDR + i * ELF_PHDR_SIZE + field;
}

enum {
    P_TYPE = 0,
    P_FLAGS = 4,
    P_OFFSET = 8,
    P_VADDR = 16,
    P_FILESZ = 32,
    P_MEMSZ = 40,
    P_ALIGN = 48
};

static void put_phdr(unsigned i, uint32_t type, uint32_t flags, uint64_t offset, uint64_t vaddr,
                     uint64_t filesz, uint64_t memsz)
{
    put(good, phdr(i, P_TYPE), type, 4);
    put(good, phdr(i, P_FLAGS), flags, 4);
    put(good, phdr(i, P_OFFSET), offset, 8);
    put(good, phdr(i, P_VADDR), vaddr, 8);
    put(good, phdr(i, P_FILESZ), filesz, 8);
    put(good, phdr(i, P_MEMSZ), memsz, 8);
    put(good, phdr(i, P_ALIGN), 0x1000, 8);
}

static int setup(void **state)
{
    static const unsigned char ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

    (void)state;
    memset(good, 0, sizeof(good));
    memcpy(good, ident, sizeof(ident));
    put(good, 16, 3, 2); /* ET_DYN */
    put(good, 18, ISA_ELF_MACHINE, 2);
    put(good, 20, 1, 4);
    put(good, 24, 0x10100, 8); /* entry */
    put(good, 32, EHDR, 8);
    put(good, 54, ELF_PHDR_SIZE, 2);
    put(good, 56, PHDRS, 2);
    put_phdr(0, 1, 5, 0, 0x10000, 0x1800, 0x1800);
    put_phdr(1, 1, 6, 0x1800, 0x12800, 0x300, 0x5000);
    put_phdr(2, 0x6474e551, 6, 0, 0, 0, 0x20000);
    put_phdr(3, 3, 4, 0x200, 0x10200, 8, 8);
    return 0;
}

static status_t read_memory(const struct elf_file *file, uint64_t offset, void *to, size_t size)
{
    assert_true(offset <= file->size && size <= file->size - offset);
    memcpy(to, (const unsigned char *)file->arg + offset, size);
    return OK;
}

static status_t parse(unsigned char *bytes, size_t size, struct elf_image *image)
{
    const struct elf_file file = {.size = size, .read = read_memory, .arg = bytes};

    return elf_parse(&file, image);
}

static void test_good(void **state)
{
    struct elf_image image;

    (void)state;
    assert_int_equal(parse(good, sizeof(good), &image), OK);
    assert_true(image.relocatable);
    assert_int_equal(image.entry, 0x10100);
    assert_int_equal(image.low, 0x10000);
    assert_int_equal(image.high, 0x18000);
    assert_int_equal(image.phdr_addr, 0x10000 + EHDR);
    assert_int_equal(image.phdr_count, PHDRS);
    assert_int_equal(image.segment_count, 2);
    assert_int_equal(image.segment[0].prot, HAL_PROT_READ | HAL_PROT_EXEC);
    assert_int_equal(image.segment[1].prot, HAL_PROT_READ | HAL_PROT_WRITE);
    assert_int_equal(image.segment[1].addr, 0x12800);
    assert_int_equal(image.segment[1].offset, 0x1800);
    assert_int_equal(image.segment[1].file_size, 0x300);
    assert_int_equal(image.segment[1].mem_size, 0x5000);
    assert_int_equal(image.interp_offset, 0x200);
    assert_int_equal(image.interp_size, 8);
    assert_int_equal(image.stack_size, 0x20000);
    assert_false(image.stack_exec);
}

static void test_variations_that_are_fine(void **state)
{
    struct elf_image image;

    (void)state;
    put(good, 16, 2, 2); /* ET_EXEC */
    put(good, phdr(2, P_TYPE), 0, 4);
    put(good, phdr(3, P_TYPE), 0, 4);
    assert_int_equal(parse(good, sizeof(good), &image), OK);
    assert_false(image.relocatable);
    assert_true(image.stack_exec);
    assert_int_equal(image.interp_size, 0);

    put(good, phdr(0, P_OFFSET), 0x1000, 8); /* the headers are in no segment */
    assert_int_equal(parse(good, sizeof(good), &image), OK);
    assert_int_equal(image.phdr_addr, 0);

    put(good, phdr(0, P_FILESZ), 0, 8); /* an empty segment counts for nothing */
    put(good, phdr(0, P_MEMSZ), 0, 8);
    assert_int_equal(parse(good, sizeof(good), &image), OK);
    assert_int_equal(image.segment_count, 1);
}

static const struct {
    const char *what;
    size_t at;
    uint64_t value;
    size_t size;
} spoilt[] = {
    {"magic", 0, 0, 1},
    {"class", 4, 1, 1},
    {"byte order", 5, 2, 1},
    {"version of the identification", 6, 0, 1},
    {"type", 16, 1, 2},
    {"machine", 18, 1, 2},
    {"version", 20, 2, 4},
    {"header size", 54, 32, 2},
    {"no headers", 56, 0, 2},
    {"more headers than the file has", 56, 1000, 2},
    {"more headers than allowed", 56, 0xffff, 2},
    {"headers beyond the file", 32, sizeof(good), 8},
    {"headers that wrap", 32, UINT64_MAX - 8, 8},
    {"more in the file than in memory", EHDR + P_MEMSZ, 0x17ff, 8},
    {"bytes beyond the file", EHDR + P_FILESZ, 0x3001, 8},
    {"offset beyond the file", EHDR + P_OFFSET, UINT64_MAX & ~0xfffull, 8},
    {"address and offset that differ in the page", EHDR + P_VADDR, 0x10008, 8},
    {"kernel address", EHDR + P_VADDR, 0xffff800000000000ull, 8},
    {"end beyond user memory", EHDR + ELF_PHDR_SIZE + P_MEMSZ, HAL_USER_END, 8},
    {"end that wraps", EHDR + ELF_PHDR_SIZE + P_MEMSZ, UINT64_MAX, 8},
    {"descending segments", EHDR + P_VADDR, 0x20000, 8},
    {"overlapping segments", EHDR + P_MEMSZ, 0x2801, 8},
    {"alignment", EHDR + P_ALIGN, 0x1001, 8},
    {"interpreter without a name", EHDR + 3 * ELF_PHDR_SIZE + P_FILESZ, 1, 8},
    {"interpreter too long", EHDR + 3 * ELF_PHDR_SIZE + P_FILESZ, 4097, 8},
    {"interpreter beyond the file", EHDR + 3 * ELF_PHDR_SIZE + P_OFFSET, 0x2fff, 8},
    {"two interpreters", EHDR + 2 * ELF_PHDR_SIZE + P_TYPE, 3, 4},
};

static void test_spoilt(void **state)
{
    struct elf_image image;

    (void)state;
    for (size_t i = 0; i < countof(spoilt); i++) {
        setup(NULL);
        /* Something to be said twice by the last one. */
        put(good, phdr(2, P_FILESZ), 8, 8);
        put(good, spoilt[i].at, spoilt[i].value, spoilt[i].size);
        if (parse(good, sizeof(good), &image) != ERR_NO_EXEC)
            fail_msg("accepted: %s", spoilt[i].what);
    }
}

static void test_nothing_to_load(void **state)
{
    struct elf_image image;

    (void)state;
    put(good, phdr(0, P_TYPE), 0, 4);
    put(good, phdr(1, P_TYPE), 0, 4);
    assert_int_equal(parse(good, sizeof(good), &image), ERR_NO_EXEC);
}

static void test_too_many_segments(void **state)
{
    struct elf_image image;

    (void)state;
    put(good, 56, ELF_MAX_SEGMENTS + 1, 2);
    for (unsigned i = 0; i <= ELF_MAX_SEGMENTS; i++)
        put_phdr(i, 1, 4, 0, 0x10000 * (i + 1), 0x10, 0x10);
    assert_int_equal(parse(good, sizeof(good), &image), ERR_NO_EXEC);
    put(good, 56, ELF_MAX_SEGMENTS, 2);
    assert_int_equal(parse(good, sizeof(good), &image), OK);
}

static void test_every_truncation(void **state)
{
    struct elf_image image;

    (void)state;
    for (size_t size = 0; size < 0x1b00; size++)
        assert_int_equal(parse(good, size, &image), ERR_NO_EXEC);
    assert_int_equal(parse(good, 0x1b00, &image), OK);
}

static status_t read_later(const struct elf_file *file, uint64_t offset, void *to, size_t size)
{
    return offset == 0 ? read_memory(file, offset, to, size) : ERR_SHOULD_WAIT;
}

static void test_reader_errors_are_handed_on(void **state)
{
    const struct elf_file file = {.size = sizeof(good), .read = read_later, .arg = good};
    struct elf_image image;

    (void)state;
    assert_int_equal(elf_parse(&file, &image), ERR_SHOULD_WAIT);
}

/* Whatever the headers say, what is accepted keeps its promises. */
static void test_random_damage(void **state)
{
    struct elf_image image;
    struct random r;

    (void)state;
    random_seed(&r, 1);
    for (unsigned round = 0; round < 200000; round++) {
        uint64_t end = 0;

        if (round % 8 == 0)
            setup(NULL);
        good[random_below(&r, EHDR + PHDRS * ELF_PHDR_SIZE)] = (unsigned char)random_u64(&r);
        if (parse(good, sizeof(good), &image) != OK)
            continue;
        assert_true(image.segment_count > 0 && image.segment_count <= ELF_MAX_SEGMENTS);
        for (unsigned i = 0; i < image.segment_count; i++) {
            const struct elf_segment *s = &image.segment[i];

            assert_true(s->addr >= end && s->mem_size > 0 && s->file_size <= s->mem_size);
            end = s->addr + s->mem_size;
            assert_true(end > s->addr && end <= HAL_USER_END);
            assert_true(s->offset + s->file_size <= sizeof(good));
        }
        assert_true(image.low <= image.segment[0].addr && image.high >= end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_good, setup),
        cmocka_unit_test_setup(test_variations_that_are_fine, setup),
        cmocka_unit_test_setup(test_spoilt, setup),
        cmocka_unit_test_setup(test_nothing_to_load, setup),
        cmocka_unit_test_setup(test_too_many_segments, setup),
        cmocka_unit_test_setup(test_every_truncation, setup),
        cmocka_unit_test_setup(test_reader_errors_are_handed_on, setup),
        cmocka_unit_test_setup(test_random_damage, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
