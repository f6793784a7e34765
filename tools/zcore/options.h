/*
 * options.h - the command lines of the front door.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tools/zcore/images.h"

enum { MAX_ADDITIONS = 64, MAX_ENVIRONMENT = 256 };

/* A host file that goes into the initramfs. */
struct addition {
    const char *host, *guest;
};

enum { MAX_BINDS = 24 };

/* A directory or file of the host that the guest has at a place of its own. */
struct bind {
    const char *host, *guest; /* guest NULL: the same place */
    bool read_only;
};

struct command;

struct options {
    const struct command *command;
    unsigned cpus;   /* 0: the command's default */
    uint64_t memory; /* bytes; 0: the command's default */
    const char *root;
    const char *directory, *hostname;         /* the guest's; NULL: as ours, as the kernel's */
    const char *user;                         /* USER[:GROUP]; NULL: who we are */
    const char *environment[MAX_ENVIRONMENT]; /* NAME=VALUE, or NAME of ours */
    unsigned environment_count;
    bool clear_environment; /* nothing of ours but what is named */
    int log;
    bool strace;
    const char *selftest;    /* its mode in the boot record, in place of a program; or NULL */
    const char *strace_file; /* NULL: standard error */
    /* The library OS's */
    bool rw;
    const char *overlay; /* NULL: changes are kept in memory */
    struct bind binds[MAX_BINDS];
    unsigned bind_count;
    bool zircon;              /* run: the program has Zircon calls, too */
    bool debug;               /* run: gdb in front ... */
    const char *gdb_commands; /* ... which does these and ends; NULL: it asks */
    /* QEMU's; arch NULL: the library OS */
    const struct arch *arch;
    bool icount, gdb;
    bool simulated_pci; /* in place of the machine's bus */
    struct addition additions[MAX_ADDITIONS];
    unsigned addition_count;

    char **program; /* PROGRAM, its arguments, NULL */
};

struct command {
    const char *name, *synopsis, *summary;
    bool machine; /* takes the options of QEMU */
    int (*run)(const struct options *options);
    int (*main)(int argc, char **argv); /* instead: it has options of its own */
};

/* Serves --help, --usage and --version too. Does not return when something is wrong: one line
 * and status 125. */
void options_parse(const struct command *command, int argc, char **argv, struct options *out);

/* In a parser's ARGP_KEY_INIT: a failure is getopt's one line, without argp's second one, which
 * says where help is. */
struct argp_state;
void options_be_brief(struct argp_state *state);
