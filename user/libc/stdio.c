/*
 * stdio.c - where musl's standard streams lead to: output is lines of the debug log that the
 * program was given, or else of the console; there is no input.
 */
#include <stdio_impl.h>
#include <string.h>

#include "uapi/zircon/processargs.h"
#include "uapi/zircon/syscalls/log.h"
#include "user/libc/libc_internal.h"
#include "user/zircon/runtime.h"

/* One each of stdout and stderr, which the lock of the FILE guards; libc_write_rest, at the end
 * of the process, takes what is there. */
static struct line {
    char text[ZX_LOG_RECORD_DATA];
    size_t size;
} lines[2];

static void say(struct line *line)
{
    line->text[line->size] = '\0';
    print(line->text);
    line->size = 0;
}

void libc_write(int fd, const char *text, size_t size)
{
    struct line *line = &lines[fd == 2];

    for (; size; text++, size--) {
        if (*text != '\n' && *text != '\0')
            line->text[line->size++] = *text;
        if (*text == '\n' || line->size == sizeof(line->text) - 1)
            say(line);
    }
}

void libc_write_rest(void)
{
    for (unsigned i = 0; i < 2; i++) {
        if (lines[i].size)
            say(&lines[i]);
    }
}

hidden size_t __stdio_write(FILE *f, const unsigned char *text, size_t size)
{
    if (f->fd != 1 && f->fd != 2) {
        f->wpos = f->wbase = f->wend = NULL;
        f->flags |= F_ERR;
        errno = EBADF;
        return 0;
    }
    libc_write(f->fd, (const char *)f->wbase, (size_t)(f->wpos - f->wbase));
    libc_write(f->fd, (const char *)text, size);
    f->wend = f->buf + f->buf_size;
    f->wpos = f->wbase = f->buf;
    return size;
}
hidden size_t __stdout_write(FILE *f, const unsigned char *text, size_t size)
    __attribute__((alias("__stdio_write")));

hidden size_t __stdio_read(FILE *f, unsigned char *to, size_t size)
{
    (void)to, (void)size;
    f->flags |= F_ERR;
    errno = EBADF;
    return 0;
}

hidden off_t __stdio_seek(FILE *f, off_t offset, int whence)
{
    (void)f, (void)offset, (void)whence;
    errno = ESPIPE;
    return -1;
}

hidden int __stdio_close(FILE *f)
{
    (void)f;
    return 0;
}
