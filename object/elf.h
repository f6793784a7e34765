/*
 * elf.h - what an ELF64 file says about how it is to be loaded, checked. Loads nothing.
 *
 * Source: System V gABI 4.1, chapters 4 and 5. Both personalities load by it.
 */
#pragma once

#include "base/status.h"

enum { ELF_MAX_SEGMENTS = 16, ELF_INTERP_MAX = 4096 };

/* Part of the file as it appears in memory; bytes from file_size to mem_size are zero. */
struct elf_segment {
    uint64_t addr;                /* in the image; congruent to offset modulo the page size */
    uint64_t offset;              /* in the file */
    uint64_t file_size, mem_size; /* file_size <= mem_size, mem_size > 0 */
    unsigned prot;                /* HAL_PROT_* */
};

/* Addresses are the file's own; the loader adds its bias if the image is relocatable. */
struct elf_image {
    bool relocatable;   /* ET_DYN: may be loaded anywhere, by whole pages */
    uint64_t entry;     /* not checked: whether code is there shows when it runs */
    uint64_t low, high; /* what the segments span, page aligned */
    uint64_t phdr_addr; /* of the program headers in the image; 0: no segment has them */
    uint16_t phdr_count;
    uint64_t interp_offset; /* of the interpreter's path in the file */
    uint32_t interp_size;   /* with its NUL, which is checked by whoever reads it; 0: none */
    uint64_t stack_size;    /* wished for by PT_GNU_STACK; 0: no wish */
    bool stack_exec;        /* no PT_GNU_STACK, or an executable one */
    unsigned segment_count;
    struct elf_segment
        segment[ELF_MAX_SEGMENTS]; /* ascending, disjoint; two may share a page */
};

/* Size of one program header in file and memory. */
#define ELF_PHDR_SIZE 56u

struct elf_file {
    uint64_t size;
    /* `size` bytes at `offset`, which lie inside the file. An error is elf_parse's answer. */
    status_t (*read)(const struct elf_file *file, uint64_t offset, void *to,
                     size_t size) MUST_USE;
    void *arg; /* the reader's */
};

/*
 * ERR_NO_EXEC: not an ELF64 executable for this machine, or malformed. Otherwise the reader's
 * error; one that says "not yet" (ERR_SHOULD_WAIT) is answered by parsing again from the start.
 */
status_t elf_parse(const struct elf_file *file, struct elf_image *out) MUST_USE;
