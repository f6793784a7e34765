/*
 * elf.h - the parts of ELF64 that a program needs to relocate itself, to find the vDSO's calls
 * and to load another program (System V gABI 4.1, chapters 4 and 5).
 */
#pragma once

#include <stdint.h>

struct elf_header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_dyn {
    int64_t tag;
    uint64_t value;
};

struct elf_sym {
    uint32_t name;
    unsigned char info, other;
    uint16_t shndx;
    uint64_t value, size;
};

struct elf_rela {
    uint64_t offset;
    uint32_t type, sym;
    int64_t addend;
};

enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_TLS = 7, PT_GNU_STACK = 0x6474e551 };
enum { ET_DYN = 3 };
enum { STB_LOCAL = 0, STB_WEAK = 2 };
enum { PF_X = 1, PF_W = 2, PF_R = 4 };
enum {
    DT_NULL = 0,
    DT_NEEDED = 1,
    DT_PLTRELSZ = 2,
    DT_HASH = 4,
    DT_STRTAB = 5,
    DT_SYMTAB = 6,
    DT_RELA = 7,
    DT_RELASZ = 8,
    DT_JMPREL = 23,
    DT_INIT_ARRAY = 25,
    DT_FINI_ARRAY = 26,
    DT_INIT_ARRAYSZ = 27,
    DT_FINI_ARRAYSZ = 28,
    DT_COUNT = 29
};
enum { DT_GNU_HASH = 0x6ffffef5 };
