/*
 * attributes.c - the newer forms of old calls: fchmodat2, statx's mount, preadv2 and pwritev2
 * with flags, name_to_handle_at.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "tests/linux/check.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000
#endif

static mode_t mode_of(const char *name)
{
    struct stat st;

    CHECK_EQ(lstat(name, &st), 0);
    return st.st_mode & 07777;
}

static void change_mode(void)
{
    int fd;

    check_enter_scratch();
    fd = open("file", O_CREAT | O_WRONLY, 0600);
    CHECK_EQ(symlink("file", "link"), 0);
    CHECK_EQ(syscall(SYS_fchmodat2, AT_FDCWD, "link", 0640, 0), 0);
    CHECK_EQ(mode_of("file"), 0640);
    CHECK_EQ(syscall(SYS_fchmodat2, AT_FDCWD, "file", 0604, AT_SYMLINK_NOFOLLOW), 0);
    CHECK_EQ(mode_of("file"), 0604);
    CHECK_EQ(syscall(SYS_fchmodat2, fd, "", 0711, AT_EMPTY_PATH), 0);
    CHECK_EQ(mode_of("file"), 0711);
    CHECK_ERR(syscall(SYS_fchmodat2, AT_FDCWD, "link", 0640, AT_SYMLINK_NOFOLLOW), EOPNOTSUPP);
    CHECK_ERR(syscall(SYS_fchmodat2, AT_FDCWD, "file", 0640, AT_REMOVEDIR), EINVAL);
    CHECK_ERR(syscall(SYS_fchmodat2, AT_FDCWD, "", 0640, 0), ENOENT);
}

static uint64_t mount_of(const char *name)
{
    struct statx st;

    CHECK_EQ(statx(AT_FDCWD, name, 0, STATX_BASIC_STATS | STATX_MNT_ID, &st), 0);
    CHECK(st.stx_mask & STATX_MNT_ID);
    CHECK(st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT);
    return st.stx_mnt_id;
}

static void mounts(void)
{
    char line[512];
    unsigned id, of_proc = 0;
    struct statx st;
    FILE *file = fopen("/proc/self/mountinfo", "r");

    CHECK(file);
    while (fgets(line, sizeof(line), file))
        if (sscanf(line, "%u", &id) == 1 && strstr(line, " /proc "))
            of_proc = id;
    CHECK(of_proc);
    CHECK_EQ(mount_of("/proc"), of_proc);
    CHECK_EQ(mount_of("/proc/self/stat"), of_proc);
    CHECK(mount_of("/") != of_proc);
    CHECK_EQ(statx(AT_FDCWD, "/proc", 0, 0, &st), 0);
    CHECK(st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
    CHECK_EQ(statx(AT_FDCWD, "/proc/self", 0, 0, &st), 0);
    CHECK(!(st.stx_attributes & STATX_ATTR_MOUNT_ROOT));
}

static void written_through(void)
{
    struct iovec v = {"data", 4};
    char buf[8];
    struct iovec in = {buf, sizeof(buf)};
    int fd;

    check_enter_scratch();
    fd = open("file", O_CREAT | O_RDWR, 0600);
    CHECK_EQ(pwritev2(fd, &v, 1, 0, RWF_SYNC), 4);
    CHECK_EQ(pwritev2(fd, &v, 1, 4, RWF_DSYNC), 4);
    CHECK_EQ(pwritev2(fd, &v, 1, -1, RWF_DSYNC | RWF_HIPRI), 4);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 4);
    CHECK_EQ(preadv2(fd, &in, 1, 0, RWF_HIPRI), 8);
    CHECK(!memcmp(buf, "datadata", 8));
    CHECK_ERR(preadv2(fd, &in, 1, 0, 1 << 30), EOPNOTSUPP);
    CHECK_ERR(pwritev2(fd, &v, 1, -2, 0), EINVAL);
}

static void appended(void)
{
    struct iovec v = {"abc", 3};
    char buf[16] = "";
    int fd;

    check_enter_scratch();
    fd = open("file", O_CREAT | O_RDWR, 0600);
    CHECK_EQ(write(fd, "0123456", 7), 7);
    CHECK_EQ(pwritev2(fd, &v, 1, 2, RWF_APPEND), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 7);
    CHECK_EQ(lseek(fd, 1, SEEK_SET), 1);
    CHECK_EQ(pwritev2(fd, &v, 1, -1, RWF_APPEND), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 13);
    CHECK_EQ(pread(fd, buf, sizeof(buf), 0), 13);
    CHECK(!memcmp(buf, "0123456abcabc", 13));
}

static void without_waiting(void)
{
    char buf[8];
    struct iovec in = {buf, sizeof(buf)};
    static char much[1 << 20];
    struct iovec out = {much, sizeof(much)};
    int ends[2];
    ssize_t size;

    CHECK_EQ(pipe(ends), 0);
    CHECK_ERR(preadv2(ends[0], &in, 1, -1, RWF_NOWAIT), EAGAIN);
    CHECK_EQ(write(ends[1], "abc", 3), 3);
    CHECK_EQ(preadv2(ends[0], &in, 1, -1, RWF_NOWAIT), 3);
    size = pwritev2(ends[1], &out, 1, -1, RWF_NOWAIT);
    CHECK(size > 0 && size < (ssize_t)sizeof(much));
    CHECK_ERR(pwritev2(ends[1], &out, 1, -1, RWF_NOWAIT), EAGAIN);
    CHECK_ERR(preadv2(ends[0], &in, 1, 0, RWF_NOWAIT), ESPIPE);
}

static void handles(void)
{
    struct file_handle handle = {.handle_bytes = 0};
    int mount;

    CHECK_ERR(name_to_handle_at(AT_FDCWD, "/proc/uptime", &handle, &mount, 0), EOPNOTSUPP);
    CHECK_ERR(name_to_handle_at(AT_FDCWD, "/proc/none", &handle, &mount, 0), ENOENT);
    CHECK_ERR(name_to_handle_at(AT_FDCWD, "/proc/uptime", &handle, &mount, 0x8000), EINVAL);
}

static const struct check_case cases[] = {
    CASE(change_mode), CASE(mounts),          CASE(written_through),
    CASE(appended),    CASE(without_waiting), CASE(handles),
};
CHECK_MAIN(cases)
