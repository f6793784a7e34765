/*
 * openat2.c - what openat2(2) keeps a walk from.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/linux/check.h"

static int open_in(int dir, const char *name, uint64_t flags, uint64_t resolve)
{
    struct open_how how = {.flags = flags, .resolve = resolve};

    return (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
}

/* A walk that arrives; what it opened is a directory or, with O_PATH, anything. */
static void check_opens(int dir, const char *name, uint64_t resolve)
{
    int fd = open_in(dir, name, O_PATH, resolve);

    if (fd < 0)
        FAIL("%s with %#llx: errno %d", name, (unsigned long long)resolve, errno);
    close(fd);
}

/*
 * top/f, top/in/f, top/link -> in/f, top/up -> .., top/out -> ../f,
 * top/absolute -> /in/f. The descriptor of top.
 */
static int make_tree(void)
{
    int dir;

    check_enter_scratch();
    CHECK_EQ(mkdir("top", 0755), 0);
    CHECK_EQ(mkdir("top/in", 0755), 0);
    close(open("f", O_CREAT | O_WRONLY, 0644));
    close(open("top/f", O_CREAT | O_WRONLY, 0644));
    close(open("top/in/f", O_CREAT | O_WRONLY, 0644));
    CHECK_EQ(symlink("in/f", "top/link"), 0);
    CHECK_EQ(symlink("..", "top/up"), 0);
    CHECK_EQ(symlink("../f", "top/out"), 0);
    CHECK_EQ(symlink("/in/f", "top/absolute"), 0);
    dir = open("top", O_RDONLY | O_DIRECTORY);
    CHECK(dir >= 0);
    return dir;
}

static ino_t number_of(int dir, const char *name, uint64_t resolve)
{
    int fd = open_in(dir, name, O_PATH, resolve);
    struct stat st;

    CHECK(fd >= 0);
    CHECK_EQ(fstat(fd, &st), 0);
    close(fd);
    return st.st_ino;
}

static void beneath(void)
{
    int dir = make_tree();

    check_opens(dir, "in/f", RESOLVE_BENEATH);
    check_opens(dir, "in/../f", RESOLVE_BENEATH);
    check_opens(dir, "link", RESOLVE_BENEATH);
    check_opens(dir, ".", RESOLVE_BENEATH);
    CHECK_ERR(open_in(dir, "..", O_PATH, RESOLVE_BENEATH), EXDEV);
    CHECK_ERR(open_in(dir, "in/../../top/f", O_PATH, RESOLVE_BENEATH), EXDEV);
    CHECK_ERR(open_in(dir, "up", O_PATH, RESOLVE_BENEATH), EXDEV);
    CHECK_ERR(open_in(dir, "out", O_PATH, RESOLVE_BENEATH), EXDEV);
    CHECK_ERR(open_in(dir, "absolute", O_PATH, RESOLVE_BENEATH), EXDEV);
    CHECK_ERR(open_in(dir, "/", O_PATH, RESOLVE_BENEATH), EXDEV);
    CHECK_ERR(open_in(dir, "none", O_PATH, RESOLVE_BENEATH), ENOENT);
    CHECK_ERR(open_in(dir, "../none", O_PATH, RESOLVE_BENEATH), EXDEV);
    check_opens(dir, "out", 0);
    /* A link that is the result leads nowhere. */
    close(open_in(dir, "out", O_PATH | O_NOFOLLOW, RESOLVE_BENEATH));
    CHECK_ERR(open_in(AT_FDCWD, "..", O_PATH, RESOLVE_BENEATH), EXDEV);
}

static void in_root(void)
{
    int dir = make_tree();
    ino_t top = number_of(dir, ".", 0), inner = number_of(dir, "in/f", 0);

    CHECK_EQ(number_of(dir, "/", RESOLVE_IN_ROOT), top);
    CHECK_EQ(number_of(dir, "..", RESOLVE_IN_ROOT), top);
    CHECK_EQ(number_of(dir, "up", RESOLVE_IN_ROOT), top);
    CHECK_EQ(number_of(dir, "/in/f", RESOLVE_IN_ROOT), inner);
    CHECK_EQ(number_of(dir, "absolute", RESOLVE_IN_ROOT), inner);
    CHECK_EQ(number_of(dir, "in/../../../in/f", RESOLVE_IN_ROOT), inner);
    CHECK_EQ(number_of(dir, "out", RESOLVE_IN_ROOT), number_of(dir, "f", 0));
    CHECK_ERR(open_in(dir, "/tmp/none", O_PATH, RESOLVE_IN_ROOT), ENOENT);
    CHECK_ERR(open_in(-1, "/", O_PATH, RESOLVE_IN_ROOT), EBADF);
}

/* A file is made below the root of the walk, too. */
static void in_root_creates(void)
{
    int dir = make_tree(), fd;
    struct open_how how = {
        .flags = O_CREAT | O_WRONLY, .mode = 0600, .resolve = RESOLVE_IN_ROOT};

    fd = (int)syscall(SYS_openat2, dir, "/../made", &how, sizeof(how));
    CHECK(fd >= 0);
    CHECK_EQ(faccessat(dir, "made", F_OK, 0), 0);
    how.resolve = RESOLVE_BENEATH;
    CHECK_ERR(syscall(SYS_openat2, dir, "../made", &how, sizeof(how)), EXDEV);
    CHECK_ERR(access("made", F_OK), ENOENT);
}

static void no_links(void)
{
    int dir = make_tree();

    check_opens(dir, "in/f", RESOLVE_NO_SYMLINKS);
    CHECK_ERR(open_in(dir, "link", O_PATH, RESOLVE_NO_SYMLINKS), ELOOP);
    CHECK_ERR(open_in(dir, "up/f", O_PATH, RESOLVE_NO_SYMLINKS), ELOOP);
    close(open_in(dir, "link", O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS));
    CHECK_ERR(open_in(dir, "link", O_RDONLY | O_NOFOLLOW, RESOLVE_NO_SYMLINKS), ELOOP);
    check_opens(dir, "link", RESOLVE_NO_MAGICLINKS);
    check_opens(dir, "/proc/self/stat", RESOLVE_NO_MAGICLINKS);
    CHECK_ERR(open_in(dir, "/proc/self/exe", O_PATH, RESOLVE_NO_MAGICLINKS), ELOOP);
    CHECK_ERR(open_in(dir, "/proc/self/cwd/f", O_PATH, RESOLVE_NO_MAGICLINKS), ELOOP);
    CHECK_ERR(open_in(dir, "/proc/self/exe", O_PATH, RESOLVE_NO_SYMLINKS), ELOOP);
}

static void no_crossing(void)
{
    int dir = make_tree(), root = open("/", O_RDONLY), proc = open("/proc", O_RDONLY);

    check_opens(dir, "link", RESOLVE_NO_XDEV);
    check_opens(dir, "up/f", RESOLVE_NO_XDEV);
    check_opens(proc, "self/stat", RESOLVE_NO_XDEV);
    CHECK_ERR(open_in(root, "proc", O_PATH, RESOLVE_NO_XDEV), EXDEV);
    CHECK_ERR(open_in(root, "proc/self/stat", O_PATH, RESOLVE_NO_XDEV), EXDEV);
    CHECK_ERR(open_in(proc, "..", O_PATH, RESOLVE_NO_XDEV), EXDEV);
    CHECK_ERR(open_in(proc, "self/cwd", O_PATH, RESOLVE_NO_XDEV), EXDEV);
    CHECK_ERR(open_in(proc, "self/root/", O_PATH, RESOLVE_BENEATH), EXDEV);
    CHECK_ERR(open_in(proc, "self/cwd", O_PATH, RESOLVE_IN_ROOT), EXDEV);
    /* An absolute path may begin elsewhere. */
    check_opens(proc, "/", RESOLVE_NO_XDEV);
}

static void refused(void)
{
    int dir = make_tree();
    struct open_how how = {.flags = O_RDONLY, .mode = 0600};

    CHECK_ERR(open_in(dir, "f", O_RDONLY, 1 << 6), EINVAL);
    CHECK_ERR(open_in(dir, "f", O_RDONLY, RESOLVE_BENEATH | RESOLVE_IN_ROOT), EINVAL);
    CHECK_ERR(open_in(dir, "f", 1ull << 32, 0), EINVAL);
    CHECK_ERR(syscall(SYS_openat2, dir, "f", &how, sizeof(how)), EINVAL);
    CHECK_ERR(syscall(SYS_openat2, dir, "f", &how, 8), EINVAL);
    how.mode = 0;
    CHECK_ERR(syscall(SYS_openat2, dir, "f", &how, 5000), E2BIG);
    CHECK_ERR(syscall(SYS_openat2, dir, "f", NULL, sizeof(how)), EFAULT);
    check_opens(dir, "f", RESOLVE_CACHED);
    CHECK_ERR(open_in(dir, "f", O_WRONLY | O_TRUNC, RESOLVE_CACHED), EAGAIN);
}

static const struct check_case cases[] = {
    CASE(beneath),  CASE(in_root),     CASE(in_root_creates),
    CASE(no_links), CASE(no_crossing), CASE(refused),
};
CHECK_MAIN(cases)
