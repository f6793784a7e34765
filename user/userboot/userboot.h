/*
 * userboot.h - the parts of userboot, for each other.
 *
 * It is handed an image by the kernel and trusts nothing in it: each part says what is wrong
 * with its piece, and userboot then ends with a status that is an error.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "uapi/zircon/boot.h"
#include "uapi/zircon/processargs.h"
#include "uapi/zircon/userboot.h"
#include "user/zircon/load.h"
#include "user/zircon/runtime.h"
#include "zircon/syscalls.h"

/* --- print.c: lines in the debug log --- */

/* With a debug log made of the root resource, or on the console if there is none. */
void say_open(zx_handle_t resource);
zx_handle_t say_log(void);
/* Pieces of one line. */
#define say(...) say_pieces(__VA_ARGS__, (const char *)NULL)
void say_pieces(const char *first, ...) __attribute__((sentinel));
/* Says so and is `st`. */
zx_status_t fail(const char *what, zx_status_t st);

/* --- option.c: words of the command line --- */

struct options {
    const char *root;      /* prefix of all files in BOOTFS; "" */
    const char *program;   /* path below root */
    const char *arguments; /* what follows it, separated by '+'; NULL: nothing */
    bool shutdown, reboot;
};

enum { WORDS_MAX = 256 };

/* Words, each with its NUL, without one at the end. */
struct words {
    char text[2 * USERBOOT_COMMAND_LINE_MAX];
    size_t size;
    unsigned count;
};

/* Adds the words of a text, which may be separated by blanks or NULs. ERR_BUFFER_TOO_SMALL. */
zx_status_t words_add(struct words *words, const char *text, size_t size);
/* Later ones win. The program's name is cut off from its arguments in `words`' own copy. */
void options_parse(struct words *words, struct options *out);

/* --- zbi.c: the items of the image --- */

struct zbi {
    zx_handle_t vmo;
    const unsigned char *data; /* mapped */
    size_t size;               /* of all items, container included */
};

/* Maps it and checks its container and the headers of all items, checksums included. */
zx_status_t zbi_open(zx_handle_t vmar, zx_handle_t vmo, struct zbi *out);
/* The next item of that type from `*at` on, which begins with 0; false: there is none. */
bool zbi_next(const struct zbi *zbi, uint32_t type, size_t *at, zbi_header_t *header,
              const unsigned char **payload);
/* The item found last is none any more, to whoever reads the image next. */
zx_status_t zbi_discard(const struct zbi *zbi, size_t next, const zbi_header_t *header);

/* --- decompress.c, lz4.c --- */

/* A frame of zstd or LZ4 that is exactly `to_size` bytes long. ERR_IO_DATA_INTEGRITY. */
zx_status_t decompress(const unsigned char *from, size_t size, unsigned char *to,
                       size_t to_size);
/* Of LZ4 only; what was made, or -1. */
int64_t lz4_decompress(const unsigned char *from, size_t size, unsigned char *to,
                       size_t to_size);
#define LZ4_FRAME_MAGIC 0x184d2204u

/* --- bootfs.c: files --- */

struct bootfs {
    zx_handle_t vmo;
    zx_handle_t vmar; /* where it is mapped */
    const unsigned char *data;
    size_t size;
    const char *root;
};

/* Takes the BOOTFS item of the image out of it and checks the directory. */
zx_status_t bootfs_open(zx_handle_t vmar, const struct zbi *zbi, const char *root,
                        struct bootfs *out);
/* The file root/folder/name as an executable VMO of its own. ERR_NOT_FOUND. */
zx_status_t bootfs_file(const struct bootfs *fs, const char *folder, const char *name,
                        size_t name_size, zx_handle_t *out);

/* --- child.c: the program --- */

struct child {
    zx_handle_t process, thread, vmar;
    zx_handle_t executable; /* if it has an interpreter: the program's own file */
    zx_vaddr_t entry, sp, vdso;
};

zx_status_t child_create(zx_handle_t job, const char *name, struct child *out);
/* Maps the program, or its interpreter, the vDSO and a stack. */
zx_status_t child_load(struct child *child, const struct bootfs *fs, const char *program,
                       zx_handle_t vdso);

/* --- message.c: what it finds in its channel --- */

/* The messages of a new program into `channel`, which it has the other end of. `own` are the
 * kernel's handles; `loader` is the end of a loader service's channel, consumed if the program
 * has an interpreter. */
zx_status_t message_send(zx_handle_t channel, const struct child *child,
                         const zx_handle_t own[USERBOOT_HANDLES], const struct bootfs *fs,
                         const struct words *words, const struct options *options,
                         zx_handle_t loader);

/* --- loader.c --- */

/* Answers requests for files of lib/ until the other end is closed or is done. */
void loader_serve(zx_handle_t channel, const struct bootfs *fs);
