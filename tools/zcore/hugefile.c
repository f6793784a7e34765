/*
 * hugefile.c - a file of host memory in huge pages: in a file system of its own, that nobody
 * else sees and that goes with the file.
 */
#include "tools/zcore/hugefile.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* The file system's default size is half of the host's memory; 0 is none. */
static int open_in(int fs, const char *name)
{
    int mount, file;

    if (fsconfig(fs, FSCONFIG_SET_STRING, "huge", "always", 0) ||
        fsconfig(fs, FSCONFIG_SET_STRING, "size", "0", 0) ||
        fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
        return -1;
    mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
    if (mount < 0)
        return -1;
    file = openat(mount, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        unlinkat(mount, name, 0);
    close(mount);
    return file;
}

/* errno says EPERM where another user might be allowed to. */
static int create(const char *name)
{
    int fs = fsopen("tmpfs", FSOPEN_CLOEXEC), file;

    if (fs < 0)
        return -1;
    file = open_in(fs, name);
    close(fs);
    return file;
}

/* ---- the same as root of a user namespace ---- */

struct namespace
{
    uid_t uid;
    gid_t gid;
    const char *name;
    int file; /* result */
};

static void tell(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (write(fd, text, strlen(text)) < 0)
        errno = 0; /* what it was needed for will fail */
    close(fd);
}

/* In a process that shares our memory and files, while we sleep. */
static int in_namespace(void *arg)
{
    struct namespace *ns = arg;
    char map[32];

    tell("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", ns->uid);
    tell("/proc/self/uid_map", map);
    snprintf(map, sizeof(map), "0 %u 1", ns->gid);
    tell("/proc/self/gid_map", map);
    ns->file = create(ns->name);
    return 0;
}

static int create_in_namespace(const char *name)
{
    static char stack[1 << 16] __attribute__((aligned(16)));
    struct namespace ns = {.uid = geteuid(), .gid = getegid(), .name = name, .file = -1};
    int child = clone(
        in_namespace, stack + sizeof(stack),
        CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, &ns);

    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return ns.file;
}

int hugefile_create(const char *name)
{
    int file = create(name);

    return file < 0 && errno == EPERM ? create_in_namespace(name) : file;
}
