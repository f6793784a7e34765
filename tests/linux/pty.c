/*
 * pty.c - pseudo terminals: both ends, their names, readiness, packet mode, and what is left
 * when one of them is closed.
 */
#include "tests/linux/pty_test.h"

#include <dirent.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>

static void a_master_has_a_numbered_terminal(void)
{
    int master = open_master(), number, terminal;
    struct stat by_name, by_fd;
    char link[64], target[64];
    ssize_t size;

    CHECK(ioctl(master, TIOCGPTN, &number) == 0);
    terminal = open_terminal(master);
    snprintf(link, sizeof(link), "/dev/pts/%d", number);
    CHECK(stat(link, &by_name) == 0 && fstat(terminal, &by_fd) == 0);
    CHECK(S_ISCHR(by_name.st_mode));
    CHECK_EQ(by_name.st_rdev, 136 << 8 | number);
    CHECK_EQ(by_fd.st_rdev, by_name.st_rdev);
    CHECK_EQ(by_fd.st_ino, by_name.st_ino);
    CHECK_EQ(by_fd.st_dev, by_name.st_dev);
    CHECK_EQ(by_name.st_uid, geteuid());
    CHECK(isatty(terminal) && isatty(master));
    CHECK(!strcmp(ttyname(terminal), link));
    snprintf(link, sizeof(link), "/proc/self/fd/%d", terminal);
    size = readlink(link, target, sizeof(target) - 1);
    CHECK(size > 0);
    target[size] = '\0';
    CHECK(!strcmp(target, ttyname(terminal)));
}

static bool is_listed(int number)
{
    DIR *dir = opendir("/dev/pts");
    struct dirent *entry;
    bool found = false;
    char text[16];

    CHECK(dir);
    snprintf(text, sizeof(text), "%d", number);
    while ((entry = readdir(dir)))
        found |= !strcmp(entry->d_name, text);
    closedir(dir);
    return found;
}

static void names_come_and_go(void)
{
    int master = open_master(), other, number, other_number;
    char name[32];

    CHECK(ioctl(master, TIOCGPTN, &number) == 0);
    snprintf(name, sizeof(name), "/dev/pts/%d", number);
    CHECK(is_listed(number) && access(name, F_OK) == 0);
    other = open_master();
    CHECK(ioctl(other, TIOCGPTN, &other_number) == 0);
    CHECK(other_number != number && is_listed(other_number));
    close(master);
    CHECK(!is_listed(number) && is_listed(other_number));
    CHECK_ERR(access(name, F_OK), ENOENT);
    CHECK_ERR(open(name, O_RDWR | O_NOCTTY), ENOENT);
}

static void the_name_has_an_owner_and_a_mode(void)
{
    int master = open_master();
    struct stat st;

    CHECK(chmod(ptsname(master), 0620) == 0);
    CHECK(stat(ptsname(master), &st) == 0);
    CHECK_EQ(st.st_mode & 07777, 0620);
    if (geteuid())
        return;
    CHECK(chown(ptsname(master), 12, 34) == 0);
    CHECK(stat(ptsname(master), &st) == 0);
    CHECK(st.st_uid == 12 && st.st_gid == 34);
}

static void a_terminal_is_locked_at_first(void)
{
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), on = 0;

    CHECK(master >= 0);
    CHECK_ERR(open(ptsname(master), O_RDWR | O_NOCTTY), EIO);
    CHECK(ioctl(master, TIOCGPTLCK, &on) == 0);
    CHECK_EQ(on, 1);
    on = 0;
    CHECK(ioctl(master, TIOCSPTLCK, &on) == 0);
    CHECK(open(ptsname(master), O_RDWR | O_NOCTTY) >= 0);
}

static void the_peer_is_opened_by_its_master(void)
{
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), peer;

    CHECK_ERR(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY), EIO); /* locked */
    CHECK(unlockpt(master) == 0);
    peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(peer >= 0);
    CHECK_EQ(fcntl(peer, F_GETFD), FD_CLOEXEC);
    CHECK(!strcmp(ttyname(peer), ptsname(master)));
    put(peer, "x");
    expect_read(master, "x");
}

static void lines_go_in_and_output_comes_out(void)
{
    int master = open_master(), terminal = open_terminal(master);

    put(master, "ls\r");
    expect_read(master, "ls\r\n"); /* the echo */
    expect_read(terminal, "ls\n");
    put(terminal, "a\nb");
    expect_read(master, "a\r\nb");
    put(master, "abx\177c\n");
    expect_read(terminal, "abc\n");
    expect_read(master, "abx\b \bc\r\n");
    put(master, "\004");
    expect_read(terminal, "");
}

static void raw_mode_changes_nothing(void)
{
    int master = open_master(), terminal = open_terminal(master);

    make_raw(terminal);
    put(master, "\003\r\177\004");
    expect_read(terminal, "\003\r\177\004");
    put(terminal, "a\nb");
    expect_read(master, "a\nb");
}

static void modes_are_the_terminals_at_both_ends(void)
{
    int master = open_master(), terminal = open_terminal(master);
    struct termios a, b;

    CHECK(tcgetattr(master, &a) == 0);
    CHECK_EQ(a.c_iflag, ICRNL | IXON);
    CHECK_EQ(a.c_oflag, OPOST | ONLCR);
    CHECK_EQ(a.c_lflag, ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
    a.c_lflag &= ~(tcflag_t)ECHO;
    CHECK(tcsetattr(master, TCSANOW, &a) == 0);
    CHECK(tcgetattr(terminal, &b) == 0);
    CHECK_EQ(b.c_lflag, a.c_lflag);
    put(master, "quiet\n");
    expect_read(terminal, "quiet\n");
    expect_silence(master);
}

static void counts(void)
{
    int master = open_master(), terminal = open_terminal(master), count;

    put(master, "abc\nde");
    settle(terminal, 4);
    CHECK(ioctl(terminal, FIONREAD, &count) == 0);
    CHECK_EQ(count, 4); /* an unfinished line is nobody's yet */
    settle(master, 7);
    CHECK(ioctl(master, FIONREAD, &count) == 0);
    CHECK_EQ(count, 7);
    CHECK(ioctl(terminal, TIOCOUTQ, &count) == 0);
    CHECK_EQ(count, 0);
    CHECK(tcdrain(terminal) == 0);
}

static unsigned events(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI};

    CHECK(poll(&p, 1, 0) >= 0);
    return (unsigned)p.revents;
}

static void readiness_of_both_ends(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EQ(events(master), POLLOUT);
    CHECK_EQ(events(terminal), POLLOUT);
    put(terminal, "x");
    WAIT_FOR(events(master) == (POLLIN | POLLOUT));
    expect_read(master, "x");
    CHECK_EQ(events(master), POLLOUT);
    put(master, "ab");
    expect_read(master, "ab");
    CHECK_EQ(events(terminal), POLLOUT); /* no line yet */
    put(master, "\n");
    WAIT_FOR(events(terminal) == (POLLIN | POLLOUT));
}

/* Nobody reads: the writer is held; one read lets him go on. */
static void a_full_terminal_holds_its_writers(void)
{
    int master = open_master(), terminal = open_terminal(master);
    char buffer[512];
    long total = 0;
    ssize_t size;

    memset(buffer, 'x', sizeof(buffer));
    CHECK(fcntl(terminal, F_SETFL, O_NONBLOCK) == 0);
    while ((size = write(terminal, buffer, sizeof(buffer))) > 0)
        total += size;
    CHECK(size < 0 && errno == EAGAIN && total > 0);
    CHECK_EQ(events(terminal) & POLLOUT, 0);
    while (total > 0) {
        size = read(master, buffer, sizeof(buffer));
        CHECK(size > 0);
        total -= size;
    }
    CHECK_EQ(total, 0);
    WAIT_FOR(events(terminal) & POLLOUT);
}

static void much_goes_through_in_order(void)
{
    enum { SIZE = 1 << 18 };
    int master = open_master(), terminal = open_terminal(master);
    unsigned char buffer[1000];
    unsigned at = 0;
    pid_t child;

    make_raw(terminal);
    child = CHILD({
        for (unsigned i = 0; i < SIZE; i += 256) {
            for (unsigned j = 0; j < 256; j++)
                buffer[j] = (unsigned char)((i + j) % 251);
            CHECK_EQ(write(master, buffer, 256), 256);
        }
    });
    while (at < SIZE) {
        ssize_t size = read(terminal, buffer, sizeof(buffer));

        CHECK(size > 0);
        for (ssize_t i = 0; i < size; i++, at++)
            CHECK_EQ(buffer[i], at % 251);
    }
    CHECK_EXITS(child, 0);
}

static void epoll_sees_both_ends(void)
{
    int master = open_master(), terminal = open_terminal(master), epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = 1};

    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, master, &event) == 0);
    event.data.fd = 2;
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, terminal, &event) == 0);
    CHECK_EQ(epoll_wait(epoll, &event, 1, 0), 0);
    put(terminal, "x");
    CHECK_EQ(epoll_wait(epoll, &event, 1, -1), 1);
    CHECK_EQ(event.data.fd, 1);
    expect_read(master, "x");
    make_raw(terminal);
    put(master, "y");
    CHECK_EQ(epoll_wait(epoll, &event, 1, -1), 1);
    CHECK_EQ(event.data.fd, 2);
    expect_read(terminal, "y");
    close(terminal);
    CHECK_EQ(epoll_wait(epoll, &event, 1, -1), 1);
    CHECK_EQ(event.data.fd, 1);
    CHECK_EQ(event.events, EPOLLHUP);
}

static void a_master_without_terminal_reads_an_error(void)
{
    int master = open_master(), terminal = open_terminal(master);
    char byte;

    put(terminal, "last words");
    close(terminal);
    CHECK_EQ(events(master), POLLIN | POLLOUT | POLLHUP);
    expect_read(master, "last words");
    CHECK_EQ(events(master), POLLOUT | POLLHUP);
    CHECK_ERR(read(master, &byte, 1), EIO);
    terminal = open_terminal(master);
    CHECK_EQ(events(master), POLLOUT);
    put(terminal, "again");
    expect_read(master, "again");
}

static void a_waiting_master_learns_of_the_end(void)
{
    int master = open_master(), terminal = open_terminal(master);
    pid_t child = CHILD({
        char byte;

        close(terminal);
        check_shared_flag(1);
        CHECK_ERR(read(master, &byte, 1), EIO);
    });

    check_wait_flag(1);
    close(terminal);
    CHECK_EXITS(child, 0);
}

static void a_terminal_without_master_is_dead(void)
{
    int master = open_master(), terminal = open_terminal(master);
    struct winsize size;
    char byte;

    put(master, "typed\n");
    close(master);
    CHECK_EQ(events(terminal), POLLIN | POLLOUT | POLLERR | POLLHUP);
    CHECK_EQ(read(terminal, &byte, 1), 0);
    CHECK_ERR(write(terminal, "x", 1), EIO);
    CHECK_ERR(ioctl(terminal, TIOCGWINSZ, &size), EIO);
    CHECK(!isatty(terminal));
}

static void a_waiting_reader_is_let_go(void)
{
    int master = open_master(), terminal = open_terminal(master);
    pid_t child = CHILD({
        char byte;

        close(master);
        check_shared_flag(1);
        CHECK(read(terminal, &byte, 1) <= 0);
        CHECK_EQ(read(terminal, &byte, 1), 0);
    });

    check_wait_flag(1);
    close(master);
    CHECK_EXITS(child, 0);
}

static void a_waiting_writer_is_let_go(void)
{
    int master = open_master(), terminal = open_terminal(master);
    pid_t child = CHILD({
        char text[512];

        close(master);
        memset(text, 'x', sizeof(text));
        check_shared_flag(1);
        while (write(terminal, text, sizeof(text)) > 0)
            continue;
        CHECK_EQ(errno, EIO);
    });

    check_wait_flag(1);
    close(master);
    CHECK_EXITS(child, 0);
}

static void flushing(void)
{
    int master = open_master(), terminal = open_terminal(master);

    put(master, "typed\n");
    expect_read(master, "typed\r\n");
    settle(terminal, 6);
    CHECK(tcflush(terminal, TCIFLUSH) == 0);
    CHECK_EQ(events(terminal), POLLOUT);
    put(terminal, "shown");
    settle(master, 5);
    CHECK(tcflush(terminal, TCOFLUSH) == 0); /* comes too late */
    CHECK_EQ(events(master), POLLIN | POLLOUT);
    CHECK(tcflush(master, TCIFLUSH) == 0);
    CHECK_EQ(events(master), POLLOUT);
    CHECK_ERR(tcflush(terminal, 7), EINVAL);
}

static void stopping_and_starting(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK(fcntl(terminal, F_SETFL, O_NONBLOCK) == 0);
    put(terminal, "before");
    settle(master, 6);
    CHECK(tcflow(terminal, TCOOFF) == 0);
    CHECK_ERR(write(terminal, "held", 4), EAGAIN);
    expect_read(master, "before");
    put(master, "\021"); /* VSTART does not undo it */
    usleep(10000);
    CHECK_ERR(write(terminal, "held", 4), EAGAIN);
    CHECK(tcflow(terminal, TCOON) == 0);
    put(terminal, "goes");
    expect_read(master, "goes");
    put(master, "\023");
    WAIT_FOR(write(terminal, "x", 1) < 0 && errno == EAGAIN);
    tcflush(master, TCIFLUSH);
    put(master, "\021");
    WAIT_FOR(write(terminal, "goes", 4) == 4);
    expect_read(master, "goes");
    CHECK(tcflow(terminal, TCIOFF) == 0);
    expect_read(master, "\023");
}

static unsigned packet_status(int master)
{
    unsigned char bytes[16];

    CHECK_EQ(read(master, bytes, sizeof(bytes)), 1);
    return bytes[0];
}

static void packet_mode(void)
{
    int master = open_master(), terminal = open_terminal(master), on = 1;
    unsigned char bytes[16];
    struct termios modes;

    CHECK(ioctl(master, TIOCPKT, &on) == 0);
    put(terminal, "data");
    CHECK_EQ(read(master, bytes, sizeof(bytes)), 5);
    CHECK(!memcmp(bytes, "\0data", 5));
    CHECK(tcflush(terminal, TCIFLUSH) == 0);
    CHECK_EQ(events(master), POLLIN | POLLPRI | POLLOUT);
    CHECK_EQ(packet_status(master), TIOCPKT_FLUSHREAD);
    CHECK(tcflow(terminal, TCOOFF) == 0);
    CHECK_EQ(packet_status(master), TIOCPKT_STOP);
    CHECK(tcflow(terminal, TCOON) == 0);
    CHECK_EQ(packet_status(master), TIOCPKT_START);
    CHECK(tcgetattr(terminal, &modes) == 0);
    modes.c_iflag &= ~(tcflag_t)IXON;
    CHECK(tcsetattr(terminal, TCSANOW, &modes) == 0);
    CHECK_EQ(packet_status(master), TIOCPKT_NOSTOP);
    modes.c_iflag |= IXON;
    CHECK(tcsetattr(terminal, TCSANOW, &modes) == 0);
    CHECK_EQ(packet_status(master), TIOCPKT_DOSTOP);
    CHECK_EQ(events(master), POLLOUT);
    on = 0;
    CHECK(ioctl(master, TIOCPKT, &on) == 0);
    put(terminal, "plain");
    expect_read(master, "plain");
}

static void the_window_is_one(void)
{
    int master = open_master(), terminal = open_terminal(master);
    struct winsize size = {.ws_row = 30, .ws_col = 90}, seen;

    CHECK(ioctl(terminal, TIOCGWINSZ, &seen) == 0);
    CHECK(seen.ws_row == 0 && seen.ws_col == 0);
    CHECK(ioctl(master, TIOCSWINSZ, &size) == 0);
    CHECK(ioctl(terminal, TIOCGWINSZ, &seen) == 0);
    CHECK(seen.ws_row == 30 && seen.ws_col == 90);
}

static void what_no_terminal_does(void)
{
    int master = open_master(), terminal = open_terminal(master), number;

    CHECK_ERR(ioctl(terminal, TIOCGPTN, &number), ENOTTY);
    CHECK_ERR(ioctl(terminal, TIOCPKT, &number), ENOTTY);
    CHECK_ERR(lseek(terminal, 0, SEEK_SET), ESPIPE);
    CHECK_ERR(lseek(master, 0, SEEK_SET), ESPIPE);
    CHECK_ERR(ioctl(master, TIOCGPTN, check_bad), EFAULT);
    CHECK_ERR(read(terminal, check_bad, 0) == 0 ? -1 : 0, 0);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(a_master_has_a_numbered_terminal),
        CASE(names_come_and_go),
        CASE(the_name_has_an_owner_and_a_mode),
        CASE(a_terminal_is_locked_at_first),
        CASE(the_peer_is_opened_by_its_master),
        CASE(lines_go_in_and_output_comes_out),
        CASE(raw_mode_changes_nothing),
        CASE(modes_are_the_terminals_at_both_ends),
        CASE(counts),
        CASE(readiness_of_both_ends),
        CASE(a_full_terminal_holds_its_writers),
        CASE(much_goes_through_in_order),
        CASE(epoll_sees_both_ends),
        CASE(a_master_without_terminal_reads_an_error),
        CASE(a_waiting_master_learns_of_the_end),
        CASE(a_terminal_without_master_is_dead),
        CASE(a_waiting_reader_is_let_go),
        CASE(a_waiting_writer_is_let_go),
        CASE(flushing),
        CASE(stopping_and_starting),
        CASE(packet_mode),
        CASE(the_window_is_one),
        CASE(what_no_terminal_does),
    };

    return check_main(argc, argv, cases, ARRAY_SIZE(cases));
}
