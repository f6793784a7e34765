/*
 * start.c - the C library of a program that starts: environment, secrets, locks.
 */
#include <elf.h>
#include <libc.h>
#include <pthread_impl.h>
#include <stdio_impl.h>
#include <string.h>

#include "user/libc/libc_internal.h"
#include "zircon/syscalls.h"

extern char **__environ;
struct __libc __libc; /* hidden, by its declaration */

static unsigned char secret[16]; /* malloc's */
static size_t auxv[4];

static void set_environment(const char *word, const char *end, unsigned count)
{
    char **list = malloc((count + 1) * sizeof(*list));
    unsigned n = 0;

    if (!list)
        return;
    for (; n < count && word < end; word += strlen(word) + 1)
        list[n++] = (char *)word;
    list[n] = NULL;
    __environ = list;
}

static void lock_when_used(FILE *file)
{
    if (file)
        file->lock = 0;
}

/* There may be threads that we have not made. */
void libc_init(const char *words, const char *end, unsigned count)
{
    zx_cprng_draw(secret, sizeof(secret));
    auxv[0] = AT_RANDOM;
    auxv[1] = (size_t)secret;
    libc.auxv = auxv;
    libc.page_size = zx_system_get_page_size();
    libc.can_do_threads = libc.threaded = libc.need_locks = 1;
    lock_when_used(__stdin_used);
    lock_when_used(__stdout_used);
    lock_when_used(__stderr_used);
    if (count)
        set_environment(words, end, count);
}

/* No files, so no time zones' or locales' either. */
hidden const unsigned char *__map_file(const char *path, size_t *size)
{
    (void)path, (void)size;
    return NULL;
}
