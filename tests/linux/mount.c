/*
 * mount.c - mount(2), umount2(2), pivot_root(2): what is mounted where, by whom, with which
 * flags. On a host each case works in a mount namespace of its own.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "check.h"

#define BASE "/tmp/check-mount"

static bool on_zcore(void)
{
    return access("/proc/zcore", F_OK) == 0;
}

/* A tmpfs at BASE, in a namespace of our own; the directory below it is left to the last case
 * to find, as it costs nothing. */
static void enter(void)
{
    if (!on_zcore()) {
        if (unshare(CLONE_NEWNS) != 0)
            SKIP("no mount namespace of our own");
        CHECK_EQ(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    }
    umask(0);
    if (mkdir(BASE, 0755) != 0)
        CHECK_EQ(errno, EEXIST);
    CHECK_EQ(mount("check", BASE, "tmpfs", 0, "size=256k,mode=755"), 0);
}

static void leave(void)
{
    CHECK_EQ(chdir("/"), 0);
    CHECK_EQ(umount2(BASE, MNT_DETACH), 0);
    rmdir(BASE);
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

    CHECK(fd >= 0);
    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* The options field of the last line of `file` with that mount point. */
static void options_of(const char *point, char *type, char *options)
{
    char line[1024], at[256];
    FILE *f = fopen("/proc/self/mounts", "r");

    CHECK(f);
    strcpy(type, "");
    while (fgets(line, sizeof(line), f)) {
        char t[64], o[512];

        CHECK(sscanf(line, "%*s %255s %63s %511s", at, t, o) == 3);
        if (!strcmp(at, point)) {
            strcpy(type, t);
            strcpy(options, o);
        }
    }
    fclose(f);
}

static bool has_option(const char *point, const char *option)
{
    char type[64], options[512], *save, *o;

    options_of(point, type, options);
    for (o = strtok_r(options, ",", &save); o; o = strtok_r(NULL, ",", &save))
        if (!strcmp(o, option))
            return true;
    return false;
}

static void test_tmpfs(void)
{
    char type[64], options[512];
    struct statfs s;
    struct stat st;

    enter();
    CHECK_EQ(statfs(BASE, &s), 0);
    CHECK_EQ(s.f_type, 0x01021994);
    CHECK_EQ(s.f_blocks, 64);
    CHECK_EQ(s.f_bfree, 64);
    CHECK_EQ(stat(BASE, &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0755);
    options_of(BASE, type, options);
    CHECK(!strcmp(type, "tmpfs"));
    CHECK(has_option(BASE, "rw") && has_option(BASE, "size=256k") &&
          has_option(BASE, "mode=755") && has_option(BASE, "relatime"));
    CHECK_ERR(mount("x", BASE, "tmpfs", 0, "nonsense=1"), EINVAL);
    CHECK_ERR(mount("x", BASE, "tmpfs", 0, "size=many"), EINVAL);
    CHECK_ERR(mount("x", BASE, "nosuchfs", 0, NULL), ENODEV);
    CHECK_ERR(mount("x", BASE "/none", "tmpfs", 0, NULL), ENOENT);
    put(BASE "/file", "x");
    CHECK_ERR(mount("x", BASE "/file", "tmpfs", 0, NULL), ENOTDIR);
    leave();
}

static void test_size(void)
{
    static char page[4096];
    struct statfs s;
    int fd;

    enter();
    fd = open(BASE "/file", O_RDWR | O_CREAT, 0644);
    CHECK(fd >= 0);
    for (int i = 0; i < 64; i++)
        CHECK_EQ(write(fd, page, sizeof(page)), sizeof(page));
    CHECK_ERR(write(fd, page, sizeof(page)), ENOSPC);
    CHECK_EQ(statfs(BASE, &s), 0);
    CHECK_EQ(s.f_bfree, 0);
    CHECK_ERR(mount(NULL, BASE, NULL, MS_REMOUNT, "size=4k"), EINVAL);
    CHECK_EQ(ftruncate(fd, 32 * 4096), 0);
    CHECK_EQ(statfs(BASE, &s), 0);
    CHECK_EQ(s.f_bfree, 32);
    CHECK_EQ(mount(NULL, BASE, NULL, MS_REMOUNT, "size=132k"), 0);
    CHECK_EQ(statfs(BASE, &s), 0);
    CHECK_EQ(s.f_blocks, 33);
    CHECK_EQ(s.f_bfree, 1);
    CHECK_EQ(unlink(BASE "/file"), 0);
    CHECK_EQ(fstatfs(fd, &s), 0);
    CHECK_EQ(s.f_bfree, 1); /* still open */
    close(fd);
    CHECK_EQ(statfs(BASE, &s), 0);
    CHECK_EQ(s.f_bfree, 33);
    leave();
}

static void test_inodes(void)
{
    struct statfs s;

    enter();
    CHECK_EQ(mkdir(BASE "/d", 0755), 0);
    CHECK_EQ(mount("x", BASE "/d", "tmpfs", 0, "nr_inodes=3"), 0);
    CHECK_EQ(mkdir(BASE "/d/a", 0755), 0);
    CHECK_EQ(mkdir(BASE "/d/b", 0755), 0);
    CHECK_ERR(mkdir(BASE "/d/c", 0755), ENOSPC);
    CHECK_EQ(statfs(BASE "/d", &s), 0);
    CHECK_EQ(s.f_files, 3);
    CHECK_EQ(s.f_ffree, 0);
    CHECK_EQ(rmdir(BASE "/d/b"), 0);
    CHECK_EQ(mkdir(BASE "/d/c", 0755), 0);
    leave();
}

static void test_unmount(void)
{
    int fd;

    enter();
    CHECK_EQ(mkdir(BASE "/d", 0755), 0);
    CHECK_ERR(umount2(BASE "/d", 0), EINVAL);
    CHECK_ERR(umount2(BASE, 0x100), EINVAL);
    CHECK_ERR(umount2(BASE "/none", 0), ENOENT);
    CHECK_EQ(mount("x", BASE "/d", "tmpfs", 0, NULL), 0);
    CHECK_ERR(rmdir(BASE "/d"), EBUSY);
    CHECK_ERR(umount2(BASE, 0), EBUSY); /* d is on it */
    fd = open(BASE "/d", O_RDONLY | O_DIRECTORY);
    CHECK(fd >= 0);
    CHECK_ERR(umount2(BASE "/d", 0), EBUSY);
    CHECK_ERR(umount2(BASE "/d", MNT_FORCE), EBUSY);
    close(fd);
    CHECK_EQ(symlink("d", BASE "/link"), 0);
    CHECK_ERR(umount2(BASE "/link", UMOUNT_NOFOLLOW), EINVAL);
    CHECK_EQ(umount2(BASE "/link", 0), 0);
    CHECK_EQ(rmdir(BASE "/d"), 0);
    leave();
}

/* Who has a place in a mount that was detached keeps it. */
static void test_detach(void)
{
    int fd, file;
    char byte;

    enter();
    CHECK_EQ(mkdir(BASE "/d", 0755), 0);
    CHECK_EQ(mount("x", BASE "/d", "tmpfs", 0, NULL), 0);
    CHECK_EQ(mkdir(BASE "/d/e", 0755), 0);
    CHECK_EQ(mount("x", BASE "/d/e", "tmpfs", 0, NULL), 0);
    put(BASE "/d/file", "x");
    put(BASE "/d/e/file", "y");
    fd = open(BASE "/d", O_RDONLY | O_DIRECTORY);
    CHECK_EQ(umount2(BASE "/d", MNT_DETACH), 0);
    CHECK(!exists(BASE "/d/file") && !exists(BASE "/d/e"));
    file = openat(fd, "file", O_RDONLY);
    CHECK(file >= 0);
    CHECK_EQ(read(file, &byte, 1), 1);
    CHECK_EQ(byte, 'x');
    CHECK_EQ(faccessat(fd, "e/file", F_OK, 0), -1); /* the other went with it */
    CHECK_EQ(rmdir(BASE "/d"), 0);
    leave();
}

static void test_stacked(void)
{
    enter();
    CHECK_EQ(mkdir(BASE "/d", 0755), 0);
    CHECK_EQ(mount("x", BASE "/d", "tmpfs", 0, NULL), 0);
    put(BASE "/d/first", "x");
    CHECK_EQ(mount("x", BASE "/d", "tmpfs", 0, NULL), 0);
    put(BASE "/d/second", "x");
    CHECK(!exists(BASE "/d/first"));
    CHECK_EQ(umount2(BASE "/d", 0), 0);
    CHECK(exists(BASE "/d/first") && !exists(BASE "/d/second"));
    CHECK_EQ(umount2(BASE "/d", 0), 0);
    CHECK(!exists(BASE "/d/first"));
    leave();
}

static void test_bind(void)
{
    struct stat a, b;

    enter();
    CHECK_EQ(mkdir(BASE "/a", 0755), 0);
    CHECK_EQ(mkdir(BASE "/a/sub", 0755), 0);
    CHECK_EQ(mkdir(BASE "/b", 0755), 0);
    put(BASE "/a/sub/file", "x");
    CHECK_EQ(mount(BASE "/a/sub", BASE "/b", NULL, MS_BIND, NULL), 0);
    CHECK_EQ(stat(BASE "/a/sub/file", &a), 0);
    CHECK_EQ(stat(BASE "/b/file", &b), 0);
    CHECK(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    CHECK_EQ(stat(BASE "/b/..", &b), 0); /* out by the point */
    CHECK_EQ(stat(BASE, &a), 0);
    CHECK_EQ(a.st_ino, b.st_ino);
    CHECK_ERR(link(BASE "/a/sub/file", BASE "/b/other"), EXDEV);
    CHECK_ERR(rename(BASE "/a/sub/file", BASE "/b/other"), EXDEV);
    /* What is mounted on the one is not mounted on the other. */
    CHECK_EQ(mkdir(BASE "/a/sub/m", 0755), 0);
    CHECK_EQ(mount("x", BASE "/b/m", "tmpfs", 0, NULL), 0);
    put(BASE "/b/m/here", "x");
    CHECK(!exists(BASE "/a/sub/m/here"));
    CHECK_EQ(umount2(BASE "/b/m", 0), 0);
    CHECK_EQ(umount2(BASE "/b", 0), 0);
    CHECK_ERR(mount(BASE "/none", BASE "/b", NULL, MS_BIND, NULL), ENOENT);
    CHECK_ERR(mount(BASE "/a/sub/file", BASE "/b", NULL, MS_BIND, NULL), ENOTDIR);
    CHECK_ERR(mount(NULL, BASE "/b", NULL, MS_BIND, NULL), EINVAL);
    leave();
}

static void test_bind_file(void)
{
    char text[8] = "";
    int fd;

    enter();
    put(BASE "/a", "aaa");
    put(BASE "/b", "bbb");
    CHECK_EQ(mount(BASE "/a", BASE "/b", NULL, MS_BIND, NULL), 0);
    fd = open(BASE "/b", O_RDONLY);
    CHECK_EQ(read(fd, text, 3), 3);
    CHECK(!strcmp(text, "aaa"));
    close(fd);
    CHECK_ERR(unlink(BASE "/b"), EBUSY);
    CHECK_EQ(umount2(BASE "/b", 0), 0);
    CHECK_EQ(unlink(BASE "/b"), 0);
    leave();
}

static void test_recursive_bind(void)
{
    enter();
    CHECK_EQ(mkdir(BASE "/a", 0755), 0);
    CHECK_EQ(mkdir(BASE "/b", 0755), 0);
    CHECK_EQ(mkdir(BASE "/a/m", 0755), 0);
    CHECK_EQ(mount("x", BASE "/a/m", "tmpfs", 0, NULL), 0);
    CHECK_EQ(mkdir(BASE "/a/m/n", 0755), 0);
    CHECK_EQ(mount("x", BASE "/a/m/n", "tmpfs", 0, NULL), 0);
    put(BASE "/a/m/n/file", "x");
    CHECK_EQ(mount(BASE "/a", BASE "/b", NULL, MS_BIND, NULL), 0);
    CHECK(exists(BASE "/b/m") && !exists(BASE "/b/m/n"));
    CHECK_EQ(umount2(BASE "/b", 0), 0);
    CHECK_EQ(mount(BASE "/a", BASE "/b", NULL, MS_BIND | MS_REC, NULL), 0);
    CHECK(exists(BASE "/b/m/n/file"));
    CHECK_EQ(umount2(BASE "/a/m/n", 0), 0);
    CHECK(exists(BASE "/b/m/n/file"));
    CHECK_EQ(umount2(BASE "/b", MNT_DETACH), 0);
    CHECK_EQ(mount(NULL, BASE "/a/m", NULL, MS_UNBINDABLE, NULL), 0);
    CHECK_ERR(mount(BASE "/a/m", BASE "/b", NULL, MS_BIND, NULL), EINVAL);
    CHECK_EQ(mount(BASE "/a", BASE "/b", NULL, MS_BIND | MS_REC, NULL), 0);
    CHECK(!exists(BASE "/b/m/n"));
    CHECK_EQ(mount(NULL, BASE "/a/m", NULL, MS_PRIVATE, NULL), 0);
    CHECK_ERR(mount(NULL, BASE "/a", NULL, MS_PRIVATE, NULL), EINVAL); /* no mount */
    leave();
}

static void test_move(void)
{
    enter();
    CHECK_EQ(mkdir(BASE "/a", 0755), 0);
    CHECK_EQ(mkdir(BASE "/b", 0755), 0);
    CHECK_EQ(mount("x", BASE "/a", "tmpfs", 0, NULL), 0);
    CHECK_EQ(mkdir(BASE "/a/m", 0755), 0);
    CHECK_EQ(mount("x", BASE "/a/m", "tmpfs", 0, NULL), 0);
    put(BASE "/a/m/file", "x");
    CHECK_ERR(mount(BASE "/a", BASE "/a/m", NULL, MS_MOVE, NULL), ELOOP);
    CHECK_EQ(mount(BASE "/a", BASE "/b", NULL, MS_MOVE, NULL), 0);
    CHECK(exists(BASE "/b/m/file") && !exists(BASE "/a/m"));
    CHECK_ERR(mount(BASE "/a", BASE "/b", NULL, MS_MOVE, NULL), EINVAL);
    CHECK_EQ(rmdir(BASE "/a"), 0);
    leave();
}

static void test_read_only(void)
{
    struct statfs s;
    int fd;

    enter();
    put(BASE "/file", "x");
    fd = open(BASE "/file", O_WRONLY);
    CHECK(fd >= 0);
    CHECK_ERR(mount(NULL, BASE, NULL, MS_REMOUNT | MS_RDONLY, NULL), EBUSY);
    CHECK_EQ(write(fd, "y", 1), 1);
    close(fd);
    CHECK_EQ(mount(NULL, BASE, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    CHECK(has_option(BASE, "ro"));
    CHECK_EQ(statfs(BASE, &s), 0);
    CHECK(s.f_flags & ST_RDONLY);
    CHECK_ERR(open(BASE "/file", O_WRONLY), EROFS);
    CHECK_ERR(open(BASE "/new", O_WRONLY | O_CREAT, 0600), EROFS);
    CHECK_ERR(mkdir(BASE "/d", 0755), EROFS);
    CHECK_ERR(unlink(BASE "/file"), EROFS);
    CHECK_ERR(truncate(BASE "/file", 0), EROFS);
    CHECK_ERR(access(BASE "/file", W_OK), EROFS);
    CHECK_EQ(mount(NULL, BASE, NULL, MS_REMOUNT, NULL), 0);
    CHECK_EQ(mkdir(BASE "/d", 0755), 0);
    /* Of one mount only. */
    CHECK_EQ(mount(BASE, BASE "/d", NULL, MS_BIND, NULL), 0);
    CHECK_EQ(mount(NULL, BASE "/d", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
    CHECK_ERR(mkdir(BASE "/d/e", 0755), EROFS);
    CHECK_EQ(mkdir(BASE "/e", 0755), 0);
    CHECK_ERR(mount(NULL, BASE "/e", NULL, MS_REMOUNT, NULL), EINVAL);
    leave();
}

/* A program of the host: copied, it needs no more than it did. */
static void copy_program(const char *to)
{
    char buf[4096];
    int in = open("/proc/self/exe", O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0755);
    ssize_t n;

    CHECK(in >= 0 && out >= 0);
    while ((n = read(in, buf, sizeof(buf))) > 0)
        CHECK_EQ(write(out, buf, (size_t)n), n);
    close(in);
    close(out);
}

static void test_noexec(void)
{
    char *const argv[] = {BASE "/program", "no such case", NULL};
    int fd;

    enter();
    CHECK_EQ(mount(NULL, BASE, NULL, MS_REMOUNT | MS_NOEXEC, "size=8m"), 0);
    CHECK(has_option(BASE, "noexec"));
    copy_program(BASE "/program");
    CHECK_ERR(execv(argv[0], argv), EACCES);
    fd = open(BASE "/program", O_RDONLY);
    CHECK_ERR((intptr_t)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), EPERM);
    CHECK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED);
    leave();
}

static void test_nodev(void)
{
    struct statfs s;

    enter();
    CHECK_EQ(mknod(BASE "/null", S_IFCHR | 0666, makedev(1, 3)), 0);
    CHECK(open(BASE "/null", O_RDWR) >= 0);
    CHECK_EQ(mount(NULL, BASE, NULL, MS_REMOUNT | MS_NODEV | MS_NOSUID, NULL), 0);
    CHECK_ERR(open(BASE "/null", O_RDWR), EACCES);
    CHECK_EQ(statfs(BASE, &s), 0);
    CHECK_EQ(s.f_flags & (ST_NODEV | ST_NOSUID | ST_NOEXEC), ST_NODEV | ST_NOSUID);
    leave();
}

static void test_nosymfollow(void)
{
    enter();
    put(BASE "/file", "x");
    CHECK_EQ(symlink("file", BASE "/link"), 0);
    CHECK_EQ(mount(NULL, BASE, NULL, MS_REMOUNT | 256, NULL), 0);
    CHECK_ERR(open(BASE "/link", O_RDONLY), ELOOP);
    leave();
}

static void test_atime(void)
{
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 2}};
    struct stat st;
    char byte;

    enter();
    put(BASE "/file", "x");
    for (int noatime = 1; noatime >= 0; noatime--) {
        int fd;

        CHECK_EQ(
            mount(NULL, BASE, NULL, MS_REMOUNT | (noatime ? MS_NOATIME : MS_RELATIME), NULL),
            0);
        CHECK_EQ(utimensat(AT_FDCWD, BASE "/file", old, 0), 0);
        fd = open(BASE "/file", O_RDONLY);
        CHECK_EQ(read(fd, &byte, 1), 1);
        CHECK_EQ(fstat(fd, &st), 0);
        CHECK_EQ(st.st_atime == 1, noatime);
        close(fd);
    }
    leave();
}

static void test_proc_and_dev(void)
{
    struct stat a, b;
    struct statfs s;

    enter();
    CHECK_EQ(mkdir(BASE "/proc", 0755), 0);
    CHECK_EQ(mkdir(BASE "/dev", 0755), 0);
    CHECK_EQ(mount("proc", BASE "/proc", "proc", MS_NOSUID | MS_NOEXEC, NULL), 0);
    CHECK_EQ(statfs(BASE "/proc", &s), 0);
    CHECK_EQ(s.f_type, 0x9fa0);
    CHECK(exists(BASE "/proc/self/status"));
    if (mount("devtmpfs", BASE "/dev", "devtmpfs", 0, NULL) == 0) {
        CHECK_EQ(stat(BASE "/dev/null", &a), 0);
        CHECK(S_ISCHR(a.st_mode));
        CHECK_EQ(a.st_rdev, makedev(1, 3));
        CHECK_EQ(umount2(BASE "/dev", 0), 0);
    }
    CHECK_EQ(mount("/dev", BASE "/dev", NULL, MS_BIND, NULL), 0);
    CHECK_EQ(stat(BASE "/dev/null", &a), 0);
    CHECK_EQ(stat("/dev/null", &b), 0);
    CHECK_EQ(a.st_ino, b.st_ino);
    leave();
}

/* The line of mountinfo that ends its fifth field with `point`. */
static bool mountinfo(const char *point, char *root, long *id, long *parent)
{
    FILE *f = fopen("/proc/self/mountinfo", "r");
    char line[1024], at[256];
    bool found = false;

    CHECK(f);
    while (fgets(line, sizeof(line), f)) {
        CHECK(strstr(line, " - "));
        CHECK(sscanf(line, "%ld %ld %*u:%*u %255s %255s", id, parent, root, at) == 4);
        if (!strcmp(at, point)) {
            found = true;
            break;
        }
    }
    fclose(f);
    return found;
}

static void test_mountinfo(void)
{
    char root[256], type[64], options[512];
    long id, parent, outer, unused;

    enter();
    CHECK_EQ(mkdir(BASE "/a", 0755), 0);
    CHECK_EQ(mkdir(BASE "/a/sub", 0755), 0);
    CHECK_EQ(mkdir(BASE "/with space", 0755), 0);
    CHECK_EQ(mount(BASE "/a/sub", BASE "/with space", NULL, MS_BIND, NULL), 0);
    CHECK(mountinfo(BASE, root, &outer, &unused));
    CHECK(!strcmp(root, "/"));
    CHECK(mountinfo(BASE "/with\\040space", root, &id, &parent));
    CHECK(!strcmp(root, "/a/sub"));
    CHECK_EQ(parent, outer);
    CHECK(id != outer);
    options_of(BASE "/with\\040space", type, options);
    CHECK(!strcmp(type, "tmpfs"));
    /* Seen from another root. */
    CHECK_EQ(mkdir(BASE "/proc", 0755), 0);
    CHECK_EQ(mount("proc", BASE "/proc", "proc", 0, NULL), 0);
    CHECK_EXITS(CHILD(CHECK_EQ(chroot(BASE), 0); CHECK_EQ(chdir("/"), 0);
                      CHECK(mountinfo("/", root, &id, &parent)); CHECK_EQ(id, outer);
                      CHECK(mountinfo("/proc", root, &id, &parent)); CHECK_EQ(parent, outer)),
                0);
    leave();
}

static int pivot_root(const char *new_root, const char *put_old)
{
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

static void test_pivot_root(void)
{
    enter();
    CHECK_EQ(mkdir(BASE "/new", 0755), 0);
    CHECK_EQ(mkdir(BASE "/new/old", 0755), 0);
    CHECK_ERR(pivot_root(BASE "/none", BASE "/none/old"), ENOENT);
    CHECK_ERR(pivot_root(BASE "/new", BASE "/new/old"), EINVAL); /* no mount */
    CHECK_ERR(pivot_root("/", "/"), EBUSY);
    /* Within a root of our own, so that the machine keeps its root. */
    CHECK_EQ(mkdir(BASE "/root", 0755), 0);
    CHECK_EQ(mount("x", BASE "/root", "tmpfs", 0, NULL), 0);
    CHECK_EQ(mkdir(BASE "/root/new", 0755), 0);
    CHECK_EQ(mount("x", BASE "/root/new", "tmpfs", 0, NULL), 0);
    CHECK_EQ(mkdir(BASE "/root/new/old", 0755), 0);
    put(BASE "/root/was", "x");
    put(BASE "/root/new/is", "x");
    CHECK_EXITS(CHILD(CHECK_EQ(chroot(BASE "/root"), 0); CHECK_EQ(chdir("/"), 0);
                      CHECK_EQ(pivot_root("/new", "/new/old"), 0);
                      CHECK(exists("/is") && exists("is") && exists("/old/was"));
                      CHECK(!exists("/was")); CHECK_EQ(umount2("/old", MNT_DETACH), 0);
                      CHECK(!exists("/old/was"))),
                0);
    CHECK(exists(BASE "/root/is"));
    leave();
}

static void test_privilege(void)
{
    enter();
    CHECK_EXITS(CHILD(CHECK_EQ(setuid(1000), 0);
                      CHECK_ERR(mount("x", BASE, "tmpfs", 0, NULL), EPERM);
                      CHECK_ERR(umount2(BASE, 0), EPERM);
                      CHECK_ERR(pivot_root("/", "/"), EPERM); CHECK_ERR(chroot("/"), EPERM)),
                0);
    CHECK_ERR(mount("x", check_bad, "tmpfs", 0, NULL), EFAULT);
    CHECK_ERR(mount("x", BASE, check_bad, 0, NULL), EFAULT);
    leave();
}

static const struct check_case cases[] = {
    CASE(test_tmpfs),        CASE(test_size),        CASE(test_inodes),
    CASE(test_unmount),      CASE(test_detach),      CASE(test_stacked),
    CASE(test_bind),         CASE(test_bind_file),   CASE(test_recursive_bind),
    CASE(test_move),         CASE(test_read_only),   CASE(test_noexec),
    CASE(test_nodev),        CASE(test_nosymfollow), CASE(test_atime),
    CASE(test_proc_and_dev), CASE(test_mountinfo),   CASE(test_pivot_root),
    CASE(test_privilege),
};
CHECK_MAIN(cases)
