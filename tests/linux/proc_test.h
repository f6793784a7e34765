/*
 * proc_test.h - the text of files of /proc.
 */
#pragma once

#include "tests/linux/check.h"

#include <fcntl.h>

/* Of the file that was read last. */
static char text[65536];

static inline const char *contents(const char *name)
{
    int fd = open(name, O_RDONLY);
    ssize_t size, total = 0;

    if (fd < 0)
        FAIL("open %s: errno %d", name, errno);
    while ((size = read(fd, text + total, sizeof(text) - 1 - (size_t)total)) > 0)
        total += size;
    CHECK_EQ(size, 0);
    close(fd);
    text[total] = '\0';
    return text;
}

/* The value of `field` in kB, in what follows `from`. */
static inline long kb_after(const char *from, const char *field)
{
    const char *line = strstr(from, field);

    if (!line)
        FAIL("no %s", field);
    return atol(line + strlen(field));
}
