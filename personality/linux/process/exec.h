/*
 * exec.h - programs: what execve collects, checks and maps.
 *
 * exec_prepare does all that can fail while the old program still exists: it opens the file,
 * follows "#!" lines, and builds a new address space with image, interpreter and stack. What
 * follows (execve in exec_call.c, or the first program's start) only swaps it in.
 */
#pragma once

#include "fs/file.h"
#include "personality/linux/process/process.h"

/* Argument and environment strings, NUL-terminated one after another, in pages of their own. */
struct exec_strings {
    char *data;
    size_t size, capacity; /* bytes */
    unsigned count;
};

enum {
    EXEC_STRING_MAX = 128 << 10, /* one string, MAX_ARG_STRLEN */
    EXEC_TOTAL_MIN =
        128 << 10,            /* so much all of them may take, whatever the stack's limit is */
    EXEC_TOTAL_MAX = 2 << 20, /* and never more (execve(2), "Limits") */
    EXEC_SCRIPT_DEPTH = 5,
};

status_t exec_strings_add(struct exec_strings *s, const char *text, size_t size) MUST_USE;
/* In front of what is there. */
status_t exec_strings_prepend(struct exec_strings *s, const char *text) MUST_USE;
/* Without the first one. */
void exec_strings_drop_first(struct exec_strings *s);
/* A NULL-terminated user array of user strings; address 0 is an empty one. */
status_t exec_strings_from_user(struct exec_strings *s, struct user_access *ua,
                                user_addr_t array) MUST_USE;
void exec_strings_free(struct exec_strings *s);

/* An execution being prepared. Zeroed at first; exec_free gives back what is still in it. */
struct exec {
    struct exec_strings argv, envp;
    struct credentials cred; /* before; exec_prepare makes them the new program's */
    bool no_new_privs;       /* and those are no more powerful */
    bool secure;             /* the program runs with more power than who executes it has */
    uint64_t stack_limit;    /* RLIMIT_STACK, bytes */
    bool zircon;             /* the process makes Zircon calls, too */
    char *path;              /* as AT_EXECFN and for scripts; heap */
    struct file *exe;        /* the program, after scripts */
    struct aspace *aspace;
    struct linux_layout layout;
    user_addr_t entry, stack;
    char comm[16];
};

/*
 * Open exec->path (its `start` as for path_walk) and prepare. argv, envp, cred are filled in.
 * Errors of execve(2).
 */
status_t exec_prepare(struct exec *exec, struct walk_env *env, const struct path *start,
                      unsigned walk_flags) MUST_USE;
void exec_free(struct exec *exec);
/* What exec->exe says of capabilities (exec_capability.c). ERR_INVALID_ARGS: nothing that could
 * be understood. */
status_t exec_read_capabilities(struct exec *exec, struct walk_env *env,
                                struct file_capabilities *out) MUST_USE;

/* Put it in the place of the thread's program: only thread of its process; cannot fail. */
void exec_commit(struct exec *exec, struct thread *t);

/* Map the ELF image of `exe` into exec->aspace and note entry and layout (exec_elf.c). */
struct exec_auxv {
    user_addr_t phdr, entry, base;
    uint64_t phdr_count;
};
status_t exec_map_image(struct exec *exec, struct walk_env *env,
                        struct exec_auxv *aux) MUST_USE;

/* Lay out strings, auxv and pointers on a new stack (exec_stack.c). After
 * exec_map_vdso, which the auxiliary vector tells of. */
status_t exec_build_stack(struct exec *exec, const struct exec_auxv *aux) MUST_USE;

/* Anonymous private memory. */
status_t map_anonymous(struct aspace *as, uint64_t size, unsigned prot, unsigned place,
                       user_addr_t addr, user_addr_t *out) MUST_USE;
