/*
 * stdio.c - descriptors 0, 1 and 2 on any machine: the terminal's name.
 */
#include "personality/linux/tty/stdio.h"

void linux_stdio_place(const struct path *root, struct file *const stdio[3])
{
    struct walk_env env = {.root = *root, .cwd = *root, .override_dac = true};
    struct path path;

    /* A root without it leaves them without a name. */
    if (path_walk(&env, NULL, "/dev/console", 0, &path, NULL) != OK)
        return;
    for (unsigned i = 0; i < 3; i++)
        if (stdio[i] && tty_of_file(stdio[i]))
            tty_file_place(stdio[i], &path);
    path_put(&path);
}
