/*
 * pty_session.c - sessions on pseudo terminals: who gets one, who is in its foreground, and
 * what becomes of those who are not; hanging up.
 */
#include <signal.h>

#include "tests/linux/pty_test.h"

/* In a child: a session of its own whose terminal this is. */
static void lead(int terminal)
{
    CHECK(setsid() == getpid());
    CHECK(ioctl(terminal, TIOCSCTTY, 0) == 0);
    CHECK_EQ(tcgetpgrp(terminal), getpid());
}

/* In a child: a group of its own in the background. */
static void into_background(void)
{
    CHECK(setpgid(0, 0) == 0);
}

static void note_signal(int signo)
{
    __atomic_fetch_or((unsigned *)check_shared + 1, 1u << signo, __ATOMIC_RELEASE);
}

static unsigned signals_seen(void)
{
    return __atomic_load_n((unsigned *)check_shared + 1, __ATOMIC_ACQUIRE);
}

static void catch (int signo)
{
    struct sigaction action = {.sa_handler = note_signal};

    CHECK(sigaction(signo, &action, NULL) == 0);
}

static int stop_signal_of(pid_t pid)
{
    int status;

    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(WIFSTOPPED(status));
    return WSTOPSIG(status);
}

static void opening_gives_a_leader_its_terminal(void)
{
    int master = open_master();

    CHECK_EXITS(CHILD({
                    int terminal;

                    CHECK(setsid() == getpid());
                    CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
                    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
                    CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
                    CHECK_ERR(tcgetpgrp(terminal), ENOTTY);
                    close(terminal);
                    terminal = open(ptsname(master), O_RDWR);
                    CHECK_EQ(tcgetpgrp(terminal), getpid());
                    CHECK_EQ(tcgetsid(terminal), getpid());
                    CHECK_EQ(tcgetpgrp(master), getpid());
                    put(open("/dev/tty", O_RDWR), "x");
                    expect_read(master, "x");
                }),
                0);
}

static void a_terminal_has_one_session(void)
{
    int master = open_master(), terminal = open_terminal(master);
    pid_t first = CHILD({
        lead(terminal);
        check_shared_flag(1);
        pause();
    });

    check_wait_flag(1);
    CHECK_EXITS(CHILD({
                    CHECK(setsid() == getpid());
                    CHECK_ERR(ioctl(terminal, TIOCSCTTY, 0), EPERM);
                    CHECK_ERR(tcgetpgrp(terminal), ENOTTY);
                    if (geteuid() == 0)
                        CHECK(ioctl(terminal, TIOCSCTTY, 1) == 0); /* root steals */
                }),
                0);
    kill(first, SIGKILL);
    CHECK_KILLED(first, SIGKILL);
}

static void only_leaders_get_one(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    CHECK(setsid() == getpid());
                    CHECK_EXITS(CHILD(CHECK_ERR(ioctl(terminal, TIOCSCTTY, 0), EPERM)), 0);
                }),
                0);
}

static void special_characters_signal_the_foreground(void)
{
    static const struct {
        const char *typed;
        int signo;
    } keys[] = {{"\003", SIGINT}, {"\034", SIGQUIT}};

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        int master = open_master(), terminal = open_terminal(master);
        pid_t child;

        check_shared_flag(0);
        child = CHILD({
            lead(terminal);
            check_shared_flag(1);
            pause();
        });
        check_wait_flag(1);
        put(master, keys[i].typed);
        CHECK_KILLED(child, keys[i].signo);
        close(terminal);
        close(master);
    }
}

static void a_new_window_is_told_to_the_foreground(void)
{
    int master = open_master(), terminal = open_terminal(master);
    pid_t child = CHILD({
        struct winsize size;

        catch (SIGWINCH);
        lead(terminal);
        check_shared_flag(1);
        WAIT_FOR(signals_seen());
        CHECK(ioctl(terminal, TIOCGWINSZ, &size) == 0);
        CHECK_EQ(size.ws_row, 50);
    });

    check_wait_flag(1);
    CHECK(ioctl(master, TIOCSWINSZ, &(struct winsize){.ws_row = 50, .ws_col = 132}) == 0);
    CHECK_EXITS(child, 0);
    CHECK_EQ(signals_seen(), 1u << SIGWINCH);
}

static void a_background_reader_is_stopped(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    pid_t reader;

                    lead(terminal);
                    reader = CHILD({
                        into_background();
                        expect_read(terminal, "for me\n");
                    });
                    CHECK_EQ(stop_signal_of(reader), SIGTTIN);
                    CHECK(tcsetpgrp(terminal, reader) == 0);
                    kill(reader, SIGCONT);
                    put(master, "for me\n");
                    CHECK_EXITS(reader, 0);
                }),
                0);
}

static void one_that_ignores_it_reads_an_error(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    lead(terminal);
                    CHECK_EXITS(CHILD({
                                    char byte;

                                    into_background();
                                    signal(SIGTTIN, SIG_IGN);
                                    CHECK_ERR(read(terminal, &byte, 1), EIO);
                                }),
                                0);
                }),
                0);
}

static void a_background_writer_is_stopped_if_asked_for(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    struct termios modes;
                    pid_t writer;

                    lead(terminal);
                    CHECK_EXITS(CHILD({
                                    into_background();
                                    put(terminal, "free");
                                }),
                                0);
                    expect_read(master, "free");
                    CHECK(tcgetattr(terminal, &modes) == 0);
                    modes.c_lflag |= TOSTOP;
                    CHECK(tcsetattr(terminal, TCSANOW, &modes) == 0);
                    writer = CHILD({
                        into_background();
                        put(terminal, "held");
                    });
                    CHECK_EQ(stop_signal_of(writer), SIGTTOU);
                    expect_silence(master);
                    CHECK(tcsetpgrp(terminal, writer) == 0);
                    kill(writer, SIGCONT);
                    CHECK_EXITS(writer, 0);
                    expect_read(master, "held");
                }),
                0);
}

static void the_background_changes_nothing(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    struct termios modes;
                    pid_t child;

                    lead(terminal);
                    CHECK(tcgetattr(terminal, &modes) == 0);
                    child = CHILD({
                        into_background();
                        CHECK(tcsetattr(terminal, TCSADRAIN, &modes) == 0);
                    });
                    CHECK_EQ(stop_signal_of(child), SIGTTOU);
                    kill(child, SIGKILL);
                    CHECK_KILLED(child, SIGKILL);
                    child = CHILD({
                        into_background();
                        CHECK(tcsetpgrp(terminal, getpid()) == 0);
                    });
                    CHECK_EQ(stop_signal_of(child), SIGTTOU);
                    kill(child, SIGKILL);
                    CHECK_KILLED(child, SIGKILL);
                    CHECK_EXITS(CHILD({
                                    into_background();
                                    signal(SIGTTOU, SIG_IGN);
                                    CHECK(tcsetpgrp(terminal, getpid()) == 0);
                                    CHECK_EQ(tcgetpgrp(terminal), getpid());
                                }),
                                0);
                }),
                0);
}

static void tcsetpgrp_refuses(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_ERR(tcsetpgrp(terminal, getpgrp()), ENOTTY);
    CHECK_EXITS(CHILD({
                    pid_t outside = getppid();

                    lead(terminal);
                    CHECK_ERR(tcsetpgrp(terminal, -1), EINVAL);
                    CHECK_ERR(tcsetpgrp(terminal, 4194303), ESRCH);
                    CHECK_ERR(tcsetpgrp(terminal, getpgid(outside)), EPERM);
                }),
                0);
}

/* Whose parent is in another session has nobody to continue it. */
static void an_orphaned_group_is_not_stopped(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    lead(terminal);
                    if (CHILD({
                            pid_t parent = getpid();

                            into_background();
                            CHILD({
                                char byte;

                                WAIT_FOR(getppid() != parent); /* and the group is an orphan */
                                CHECK_ERR(read(terminal, &byte, 1), EIO);
                                check_shared_flag(1);
                            });
                        }) > 0)
                        check_wait_flag(1);
                }),
                0);
}

static void giving_the_terminal_up(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    catch (SIGHUP);
                    catch (SIGCONT);
                    lead(terminal);
                    CHECK_EXITS(CHILD({
                                    CHECK(ioctl(terminal, TIOCNOTTY) == 0);
                                    CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
                                    CHECK_ERR(ioctl(terminal, TIOCNOTTY), ENOTTY);
                                }),
                                0);
                    CHECK_EQ(tcgetpgrp(terminal), getpid());
                    CHECK_EQ(signals_seen(), 0);
                    CHECK(ioctl(terminal, TIOCNOTTY) == 0);
                    WAIT_FOR(signals_seen() == (1u << SIGHUP | 1u << SIGCONT));
                    CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
                    put(terminal, "still open");
                    expect_read(master, "still open");
                }),
                0);
}

static void closing_the_master_hangs_up_the_leader(void)
{
    int master = open_master(), terminal = open_terminal(master);
    pid_t child = CHILD({
        close(master);
        catch (SIGHUP);
        catch (SIGCONT);
        lead(terminal);
        check_shared_flag(1);
        WAIT_FOR(signals_seen() == (1u << SIGHUP | 1u << SIGCONT));
        CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
        CHECK_EQ(read(terminal, &(char){0}, 1), 0);
    });

    check_wait_flag(1);
    close(master);
    CHECK_EXITS(child, 0);
}

/* The foreground learns of it when the leader ends. */
static void the_foreground_is_hung_up_after_its_leader(void)
{
    int master = open_master(), terminal = open_terminal(master), ended[2];
    pid_t leader;

    CHECK(pipe(ended) == 0);
    leader = CHILD({
        pid_t child;

        close(master);
        close(ended[0]);
        lead(terminal);
        child = CHILD({
            setpgid(0, 0);
            signal(SIGTTOU, SIG_IGN);
            CHECK(tcsetpgrp(terminal, getpid()) == 0);
            check_shared_flag(1);
            for (;;)
                pause();
        });
        (void)child;
        for (;;)
            pause();
    });
    close(ended[1]);
    check_wait_flag(1);
    close(master);
    CHECK_KILLED(leader, SIGHUP);
    CHECK(!check_get(ended[0]));
}

static void the_end_of_a_leader_hangs_up_the_foreground(void)
{
    int master = open_master(), terminal = open_terminal(master), ended[2];

    CHECK(pipe(ended) == 0);
    CHECK_EXITS(CHILD({
                    close(ended[0]);
                    lead(terminal);
                    CHILD({
                        signal(SIGTTOU, SIG_IGN);
                        setpgid(0, 0);
                        CHECK(tcsetpgrp(terminal, getpid()) == 0);
                        check_shared_flag(1);
                        for (;;)
                            pause();
                    });
                    check_wait_flag(1);
                }),
                0);
    close(ended[1]);
    CHECK(!check_get(ended[0]));
    put(terminal, "not hung up itself"); /* other than a terminal with a line */
    expect_read(master, "not hung up itself");
    CHECK_EXITS(CHILD(lead(terminal)), 0); /* and free */
}

static void a_session_keeps_a_terminal_that_nobody_has_open(void)
{
    int master = open_master();

    CHECK_EXITS(CHILD({
                    int terminal;

                    CHECK(setsid() == getpid());
                    terminal = open(ptsname(master), O_RDWR);
                    CHECK_EQ(tcgetpgrp(terminal), getpid());
                    close(terminal);
                    CHECK_EQ(tcgetpgrp(open("/dev/tty", O_RDWR)), getpid());
                }),
                0);
}

static void typing_for_oneself(void)
{
    int master = open_master(), terminal = open_terminal(master);

    CHECK_EXITS(CHILD({
                    lead(terminal);
                    if (ioctl(terminal, TIOCSTI, "x") < 0)
                        SKIP("TIOCSTI is switched off");
                    CHECK(ioctl(terminal, TIOCSTI, "\n") == 0);
                    expect_read(terminal, "x\n");
                }),
                0);
}

static void a_master_can_signal(void)
{
    int master = open_master(), terminal = open_terminal(master);
    pid_t child = CHILD({
        lead(terminal);
        check_shared_flag(1);
        pause();
    });

    check_wait_flag(1);
    CHECK_ERR(ioctl(master, TIOCSIG, SIGKILL), EINVAL);
    CHECK(ioctl(master, TIOCSIG, SIGQUIT) == 0);
    CHECK_KILLED(child, SIGQUIT);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(opening_gives_a_leader_its_terminal),
        CASE(a_terminal_has_one_session),
        CASE(only_leaders_get_one),
        CASE(special_characters_signal_the_foreground),
        CASE(a_new_window_is_told_to_the_foreground),
        CASE(a_background_reader_is_stopped),
        CASE(one_that_ignores_it_reads_an_error),
        CASE(a_background_writer_is_stopped_if_asked_for),
        CASE(the_background_changes_nothing),
        CASE(tcsetpgrp_refuses),
        CASE(an_orphaned_group_is_not_stopped),
        CASE(giving_the_terminal_up),
        CASE(closing_the_master_hangs_up_the_leader),
        CASE(the_foreground_is_hung_up_after_its_leader),
        CASE(the_end_of_a_leader_hangs_up_the_foreground),
        CASE(a_session_keeps_a_terminal_that_nobody_has_open),
        CASE(typing_for_oneself),
        CASE(a_master_can_signal),
    };

    return check_main(argc, argv, cases, ARRAY_SIZE(cases));
}
