/*
 * inotify.c - watching files and directories: which events come, in which order, and with which
 * names.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

static char buffer[8192];
static size_t at, end;

static int start(void)
{
    char away[] = "/tmp/inotify-XXXXXX";
    int fd = inotify_init1(IN_NONBLOCK);

    CHECK(fd >= 0);
    CHECK(mkdtemp(away) && chdir(away) == 0);
    return fd;
}

static void finish(void)
{
    char here[256];

    CHECK(getcwd(here, sizeof(here)) && chdir("/") == 0);
    rmdir(here);
}

/* The next event, NULL when there is none. */
static const struct inotify_event *next(int fd)
{
    const struct inotify_event *event;

    if (at == end) {
        ssize_t size = read(fd, buffer, sizeof(buffer));

        CHECK(size > 0 || errno == EAGAIN);
        at = 0;
        end = size > 0 ? (size_t)size : 0;
        if (!end)
            return NULL;
    }
    event = (const struct inotify_event *)(buffer + at);
    at += sizeof(*event) + event->len;
    return event;
}

static uint32_t expect(int fd, int wd, uint32_t mask, const char *name)
{
    const struct inotify_event *event = next(fd);

    if (!event)
        FAIL("nothing, not %#x of %s", mask, name ? name : "itself");
    if (event->wd != wd || event->mask != mask ||
        (name ? !event->len || strcmp(event->name, name) : event->len))
        FAIL("%#x of \"%s\" at %d, not %#x of \"%s\" at %d", event->mask,
             event->len ? event->name : "", event->wd, mask, name ? name : "", wd);
    return event->cookie;
}

static void expect_nothing(int fd)
{
    const struct inotify_event *event = next(fd);

    if (event)
        FAIL("%#x of \"%s\" at %d, not nothing", event->mask, event->len ? event->name : "",
             event->wd);
}

static void make(const char *name)
{
    int fd = open(name, O_CREAT | O_WRONLY, 0600);

    CHECK(fd >= 0);
    close(fd);
}

static void names_in_a_directory(void)
{
    int fd = start(), wd = inotify_add_watch(fd, ".", IN_CREATE | IN_DELETE | IN_MOVE);
    uint32_t cookie;

    CHECK_EQ(wd, 1);
    make("a");
    expect(fd, wd, IN_CREATE, "a");
    CHECK(mkdir("d", 0700) == 0 && symlink("a", "s") == 0 && link("a", "l") == 0);
    expect(fd, wd, IN_CREATE | IN_ISDIR, "d");
    expect(fd, wd, IN_CREATE, "s");
    expect(fd, wd, IN_CREATE, "l");
    CHECK(rename("a", "b") == 0);
    cookie = expect(fd, wd, IN_MOVED_FROM, "a");
    CHECK(cookie);
    CHECK_EQ(expect(fd, wd, IN_MOVED_TO, "b"), cookie);
    CHECK(rename("b", "d/b") == 0);
    CHECK(expect(fd, wd, IN_MOVED_FROM, "b") != cookie);
    CHECK(unlink("d/b") == 0 && rmdir("d") == 0 && unlink("s") == 0 && unlink("l") == 0);
    expect(fd, wd, IN_DELETE | IN_ISDIR, "d");
    expect(fd, wd, IN_DELETE, "s");
    expect(fd, wd, IN_DELETE, "l");
    expect_nothing(fd);
    finish();
}

static void what_is_done_to_a_file(void)
{
    int fd = start(), dir, self, file;
    char byte;

    make("f");
    dir = inotify_add_watch(fd, ".", IN_ALL_EVENTS);
    self = inotify_add_watch(fd, "f", IN_ALL_EVENTS);
    file = open("f", O_RDWR);
    expect(fd, dir, IN_OPEN, "f");
    expect(fd, self, IN_OPEN, NULL);
    CHECK_EQ(write(file, "xyz", 3), 3);
    expect(fd, dir, IN_MODIFY, "f");
    expect(fd, self, IN_MODIFY, NULL);
    CHECK_EQ(pread(file, &byte, 1, 0), 1);
    expect(fd, dir, IN_ACCESS, "f");
    expect(fd, self, IN_ACCESS, NULL);
    CHECK_EQ(pread(file, &byte, 1, 9), 0); /* nothing was read */
    CHECK(fchmod(file, 0644) == 0);
    expect(fd, dir, IN_ATTRIB, "f");
    expect(fd, self, IN_ATTRIB, NULL);
    CHECK(ftruncate(file, 1) == 0);
    expect(fd, dir, IN_MODIFY, "f");
    expect(fd, self, IN_MODIFY, NULL);
    close(file);
    expect(fd, dir, IN_CLOSE_WRITE, "f");
    expect(fd, self, IN_CLOSE_WRITE, NULL);
    close(open("f", O_RDONLY));
    expect(fd, dir, IN_OPEN, "f");
    expect(fd, self, IN_OPEN, NULL);
    expect(fd, dir, IN_CLOSE_NOWRITE, "f");
    expect(fd, self, IN_CLOSE_NOWRITE, NULL);
    unlink("f");
    finish();
}

static void the_end_of_a_file(void)
{
    int fd = start(), wd, file;

    make("f");
    wd = inotify_add_watch(fd, "f", IN_ATTRIB | IN_DELETE_SELF | IN_CLOSE);
    file = open("f", O_RDONLY);
    CHECK(unlink("f") == 0);
    expect(fd, wd, IN_ATTRIB, NULL); /* a link less */
    expect_nothing(fd);              /* it is still open */
    close(file);
    expect(fd, wd, IN_CLOSE_NOWRITE, NULL);
    expect(fd, wd, IN_DELETE_SELF, NULL);
    expect(fd, wd, IN_IGNORED, NULL);
    expect_nothing(fd);
    CHECK_ERR(inotify_rm_watch(fd, wd), EINVAL);
    CHECK(mkdir("d", 0700) == 0);
    wd = inotify_add_watch(fd, "d", IN_ALL_EVENTS);
    CHECK(rmdir("d") == 0);
    expect(fd, wd, IN_DELETE_SELF, NULL);
    expect(fd, wd, IN_IGNORED, NULL);
    finish();
}

static void a_file_that_is_moved_or_replaced(void)
{
    int fd = start(), moved, replaced;

    make("a");
    make("b");
    moved = inotify_add_watch(fd, "a", IN_MOVE_SELF | IN_DELETE_SELF);
    replaced = inotify_add_watch(fd, "b", IN_MOVE_SELF | IN_DELETE_SELF);
    CHECK(rename("a", "b") == 0);
    expect(fd, moved, IN_MOVE_SELF, NULL);
    expect(fd, replaced, IN_DELETE_SELF, NULL);
    expect(fd, replaced, IN_IGNORED, NULL);
    expect_nothing(fd);
    unlink("b");
    finish();
}

static void one_watch_for_each_inode(void)
{
    int fd = start(), wd;

    make("f");
    CHECK(link("f", "g") == 0);
    wd = inotify_add_watch(fd, "f", IN_ATTRIB);
    CHECK_EQ(inotify_add_watch(fd, "g", IN_OPEN), wd); /* instead */
    CHECK(chmod("f", 0600) == 0);
    expect_nothing(fd);
    close(open("f", O_RDONLY));
    expect(fd, wd, IN_OPEN, NULL);
    CHECK_EQ(inotify_add_watch(fd, "f", IN_ATTRIB | IN_MASK_ADD), wd);
    CHECK(chmod("f", 0600) == 0);
    expect(fd, wd, IN_ATTRIB, NULL);
    close(open("f", O_RDONLY));
    expect(fd, wd, IN_OPEN, NULL);
    CHECK_ERR(inotify_add_watch(fd, "f", IN_ATTRIB | IN_MASK_CREATE), EEXIST);
    unlink("f");
    unlink("g");
    finish();
}

static void only_once(void)
{
    int fd = start(), wd = inotify_add_watch(fd, ".", IN_CREATE | IN_ONESHOT);

    make("a");
    make("b");
    expect(fd, wd, IN_CREATE, "a");
    expect(fd, wd, IN_IGNORED, NULL);
    expect_nothing(fd);
    unlink("a");
    unlink("b");
    finish();
}

static void children_without_a_name(void)
{
    int fd = start(), wd, file;

    make("f");
    file = open("f", O_WRONLY);
    wd = inotify_add_watch(fd, ".", IN_MODIFY | IN_EXCL_UNLINK);
    CHECK_EQ(write(file, "x", 1), 1);
    expect(fd, wd, IN_MODIFY, "f");
    unlink("f");
    CHECK_EQ(write(file, "x", 1), 1);
    expect_nothing(fd);
    close(file);
    finish();
}

static void repetitions_are_one_event(void)
{
    int fd = start(), wd, file, bytes;

    make("f");
    file = open("f", O_WRONLY);
    wd = inotify_add_watch(fd, "f", IN_MODIFY);
    for (int i = 0; i < 5; i++)
        CHECK_EQ(write(file, "x", 1), 1);
    CHECK(ioctl(fd, FIONREAD, &bytes) == 0);
    CHECK_EQ(bytes, sizeof(struct inotify_event));
    expect(fd, wd, IN_MODIFY, NULL);
    expect_nothing(fd);
    unlink("f");
    finish();
}

static void removing_a_watch(void)
{
    int fd = start(), wd = inotify_add_watch(fd, ".", IN_CREATE);

    CHECK(inotify_rm_watch(fd, wd) == 0);
    expect(fd, wd, IN_IGNORED, NULL);
    make("f");
    expect_nothing(fd);
    CHECK_ERR(inotify_rm_watch(fd, wd), EINVAL);
    CHECK_EQ(inotify_add_watch(fd, ".", IN_CREATE), wd + 1);
    unlink("f");
    finish();
}

static void too_many(void)
{
    int fd = start(), wd = inotify_add_watch(fd, ".", IN_CREATE | IN_DELETE);
    unsigned events = 0;

    for (unsigned i = 0; i < 10000; i++) {
        make("f");
        unlink("f");
    }
    for (;;) {
        const struct inotify_event *event = next(fd);

        CHECK(event);
        if (event->mask == IN_Q_OVERFLOW) {
            CHECK(event->wd == -1 && !event->len);
            break;
        }
        CHECK_EQ(event->wd, wd);
        events++;
    }
    CHECK_EQ(events, 16384);
    expect_nothing(fd);
    finish();
}

static void readiness(void)
{
    int fd = start(), bytes;
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
    char small[sizeof(struct inotify_event)];

    CHECK(inotify_add_watch(fd, ".", IN_CREATE) > 0);
    CHECK_EQ(poll(&p, 1, 0), 0);
    CHECK(fcntl(fd, F_SETFL, 0) == 0);
    CHECK_EXITS(CHILD(make("name")), 0);
    CHECK_EQ(poll(&p, 1, -1), 1);
    CHECK_EQ(p.revents, POLLIN);
    CHECK_ERR(read(fd, small, sizeof(small)), EINVAL); /* the name does not fit */
    CHECK(ioctl(fd, FIONREAD, &bytes) == 0);
    CHECK_EQ(bytes, 32);
    CHECK_EQ(read(fd, buffer, sizeof(buffer)), 32);
    unlink("name");
    finish();
}

static void refusals(void)
{
    int fd = start();

    make("f");
    CHECK_ERR(inotify_init1(0x12345), EINVAL);
    CHECK_ERR(inotify_add_watch(fd, "f", 0), EINVAL);
    CHECK_ERR(inotify_add_watch(fd, "none", IN_OPEN), ENOENT);
    CHECK_ERR(inotify_add_watch(fd, "f", IN_OPEN | IN_ONLYDIR), ENOTDIR);
    CHECK_ERR(inotify_add_watch(fd, "f", IN_OPEN | IN_MASK_ADD | IN_MASK_CREATE), EINVAL);
    CHECK_ERR(inotify_add_watch(0, "f", IN_OPEN), EINVAL);
    CHECK_ERR(inotify_add_watch(-1, "f", IN_OPEN), EBADF);
    CHECK_ERR(inotify_rm_watch(fd, 17), EINVAL);
    unlink("f");
    finish();
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(names_in_a_directory),
        CASE(what_is_done_to_a_file),
        CASE(the_end_of_a_file),
        CASE(a_file_that_is_moved_or_replaced),
        CASE(one_watch_for_each_inode),
        CASE(only_once),
        CASE(children_without_a_name),
        CASE(repetitions_are_one_event),
        CASE(removing_a_watch),
        CASE(too_many),
        CASE(readiness),
        CASE(refusals),
    };

    return check_main(argc, argv, cases, ARRAY_SIZE(cases));
}
