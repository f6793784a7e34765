/*
 * nameless.c - files that lost a name, or all of them: what is open goes on, and other names
 * lead to it as before.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/linux/check.h"

static int make(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0644);

    CHECK(fd >= 0);
    CHECK_EQ(write(fd, "text", 4), 4);
    return fd;
}

static void make_closed(const char *name)
{
    close(make(name));
}

static struct stat stat_of(int fd)
{
    struct stat st;

    CHECK_EQ(fstat(fd, &st), 0);
    return st;
}

static void check_changes(int fd)
{
    const struct timespec times[2] = {{1000, 0}, {2000, 0}};

    CHECK_EQ(fchmod(fd, 0640), 0);
    CHECK_EQ(stat_of(fd).st_mode & 07777, 0640);
    CHECK_EQ(fchown(fd, getuid(), getgid()), 0);
    CHECK_EQ(futimens(fd, times), 0);
    CHECK_EQ(stat_of(fd).st_mtim.tv_sec, 2000);
    CHECK_EQ(stat_of(fd).st_nlink, 0);
}

static void a_file_is_changed(void)
{
    int fd;

    check_enter_scratch();
    fd = make("f");
    CHECK_EQ(unlink("f"), 0);
    check_changes(fd);
    CHECK_EQ(ftruncate(fd, 2), 0);
    CHECK_EQ(stat_of(fd).st_size, 2);
}

static void a_replaced_file_is_changed(void)
{
    int fd;

    check_enter_scratch();
    fd = make("f");
    make_closed("g");
    CHECK_EQ(rename("g", "f"), 0);
    check_changes(fd);
}

static void a_file_is_opened_anew(void)
{
    char link[32];
    int fd, again;

    check_enter_scratch();
    make_closed("f");
    fd = open("f", O_RDONLY);
    CHECK_EQ(unlink("f"), 0);
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    again = open(link, O_RDWR);
    CHECK(again >= 0);
    CHECK_EQ(pwrite(again, "more", 4, 4), 4);
    CHECK_EQ(stat_of(fd).st_size, 8);
}

static void a_directory_is_changed(void)
{
    struct stat st;
    int fd;

    check_enter_scratch();
    CHECK_EQ(mkdir("d", 0755), 0);
    fd = open("d", O_RDONLY | O_DIRECTORY);
    CHECK_EQ(chdir("d"), 0);
    CHECK_EQ(rmdir("../d"), 0);
    check_changes(fd);
    CHECK_EQ(stat(".", &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0640);
    CHECK_ERR(openat(fd, "f", O_CREAT | O_WRONLY, 0600), ENOENT);
}

static void a_symlink_is_read(void)
{
    char text[8];
    int fd;

    check_enter_scratch();
    CHECK_EQ(symlink("to", "s"), 0);
    fd = open("s", O_PATH | O_NOFOLLOW);
    CHECK(fd >= 0);
    CHECK_EQ(unlink("s"), 0);
    CHECK_EQ(readlinkat(fd, "", text, sizeof(text)), 2);
    CHECK_EQ(stat_of(fd).st_nlink, 0);
}

/* `name` is one of a file's; all goes by it. */
static void check_name(const char *name, unsigned links)
{
    char text[4];
    struct stat st;
    int fd;

    CHECK_EQ(chmod(name, 0640), 0);
    CHECK_EQ(stat(name, &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0640);
    CHECK_EQ(st.st_nlink, links);
    CHECK_EQ(truncate(name, 4), 0);
    fd = open(name, O_RDWR);
    CHECK(fd >= 0);
    CHECK_EQ(read(fd, text, sizeof(text)), 4);
    CHECK(!memcmp(text, "text", 4));
    CHECK_EQ(chmod(name, 0600), 0);
    close(fd);
}

static void either_of_two_names(void)
{
    check_enter_scratch();
    make_closed("a");
    CHECK_EQ(link("a", "b"), 0);
    CHECK_EQ(unlink("a"), 0);
    check_name("b", 1);
    CHECK_EQ(link("b", "c"), 0);
    CHECK_EQ(unlink("c"), 0);
    check_name("b", 1);
}

static void the_last_of_many_names(void)
{
    char name[] = "a";

    check_enter_scratch();
    make_closed("z");
    for (; *name < 'k'; ++*name)
        CHECK_EQ(link("z", name), 0);
    while (--*name >= 'a')
        CHECK_EQ(unlink(name), 0);
    check_name("z", 1);
}

static void other_names_go_otherwise(void)
{
    check_enter_scratch();
    make_closed("a");
    CHECK_EQ(link("a", "b"), 0);
    CHECK_EQ(rename("a", "c"), 0);
    check_name("b", 2);
    check_name("c", 2);
    make_closed("d");
    CHECK_EQ(rename("d", "c"), 0);
    check_name("b", 1);
    CHECK_EQ(mkdir("e", 0755), 0);
    CHECK_EQ(link("b", "e/f"), 0);
    CHECK_EQ(unlink("b"), 0);
    CHECK_EQ(rename("e", "g"), 0);
    check_name("g/f", 1);
    CHECK_EQ(link("g/f", "h"), 0);
    CHECK_EQ(unlink("g/f"), 0);
    CHECK_EQ(rmdir("g"), 0);
    check_name("h", 1);
    CHECK_EQ(renameat2(AT_FDCWD, "c", AT_FDCWD, "h", RENAME_EXCHANGE), 0);
    check_name("c", 1);
    check_name("h", 1);
}

static void other_names_of_other_files(void)
{
    char text[8];
    struct stat st;

    check_enter_scratch();
    CHECK_EQ(symlink("to", "s"), 0);
    CHECK_EQ(link("s", "t"), 0);
    CHECK_EQ(unlink("s"), 0);
    make_closed("s");
    CHECK_EQ(readlink("t", text, sizeof(text)), 2);
    CHECK_EQ(mkfifo("p", 0644), 0);
    CHECK_EQ(link("p", "q"), 0);
    CHECK_EQ(unlink("p"), 0);
    CHECK_EQ(chmod("q", 0600), 0);
    CHECK_EQ(stat("q", &st), 0);
    CHECK_EQ(st.st_mode, S_IFIFO | 0600);
}

/* A directory whose name no buffer holds has none for getcwd. */
static void too_deep_for_a_name(void)
{
    char name[NAME_MAX + 1], text[32], *cwd = malloc(2 * PATH_MAX);

    check_enter_scratch();
    memset(name, 'n', NAME_MAX);
    name[NAME_MAX] = '\0';
    for (int i = 0; i < PATH_MAX / NAME_MAX + 1; i++) {
        CHECK_EQ(mkdir(name, 0755), 0);
        CHECK_EQ(chdir(name), 0);
    }
    CHECK(cwd);
    CHECK_ERR(syscall(SYS_getcwd, cwd, 2 * PATH_MAX), ENAMETOOLONG);
    CHECK_ERR(syscall(SYS_getcwd, cwd, 2), ENAMETOOLONG);
    CHECK_ERR(readlink("/proc/self/cwd", text, sizeof(text)), ENAMETOOLONG);
}

static const struct check_case cases[] = {
    CASE(a_file_is_changed),          CASE(a_replaced_file_is_changed),
    CASE(a_file_is_opened_anew),      CASE(a_directory_is_changed),
    CASE(a_symlink_is_read),          CASE(either_of_two_names),
    CASE(the_last_of_many_names),     CASE(other_names_go_otherwise),
    CASE(other_names_of_other_files), CASE(too_deep_for_a_name),
};
CHECK_MAIN(cases)
