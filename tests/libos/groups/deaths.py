"""Whatever dies on the host, nothing hangs and nothing stays."""
import fcntl
import os
import random
import signal
import time

from groups.guest import BUSY, WAITING, Guest, state, tree, until

CROWD = ("/bin/sh", "-c", "for i in $(seq 60); do sleep 100 & done; echo up; wait")
# A reader that is woken to much work in its call, and does little outside of it.
WRITER = """
$| = 1; $SIG{PIPE} = "IGNORE";
my $reader = open(my $pipe, "|-", "exec busybox dd bs=1M of=/dev/null") or die;
fcntl($pipe, 1031, 1 << 20) && fcntl($pipe, 4, 04001) or die; # F_SETPIPE_SZ; O_NONBLOCK
print "up\n"; my $data = "x" x (1 << 20);
while (defined syswrite($pipe, $data) || $! == 11) { syscall(24) } # EAGAIN, sched_yield
close $pipe; print $? & 127, "\n"; exit 7
"""


def ended_by(program, act, statuses, options=()):
    """A test: start `program`, do `act` to it, see how it ends and that nothing stays."""
    def test():
        guest = Guest(program, options)
        if not guest.up:
            guest.process.kill()
            return "the program did not start"
        act(guest)
        return guest.end(statuses)
    return test


def kill(name):
    return lambda guest: os.kill(guest.named(name)[0], signal.SIGKILL)


def kill_launcher_sometime(guest):
    time.sleep(random.random() / 10)
    guest.hosts = tree(guest.pid)
    guest.process.kill()


def kill_anyone_sometime(guest):
    """What then goes on is ended by a signal."""
    time.sleep(random.random() / 10)
    hosts = tree(guest.pid)
    try:
        os.kill(random.choice(hosts), signal.SIGKILL)
        time.sleep(0.05)
        guest.process.send_signal(signal.SIGTERM)
    except (OSError, IndexError):
        pass


def is_orphan(pid):
    """Whether a host process has a guest's program at low addresses."""
    try:
        with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps:
            return any(int(line.split("-")[0], 16) < 1 << 32 for line in maps)
    except OSError:
        return False


def send(pids, signo):
    for pid in pids:
        try:
            os.kill(pid, signo)
        except OSError:
            pass


def guest_process():
    """The host process of one guest process: that one dies, the others go on."""
    guest = Guest(("/bin/sh", "-c", "mkfifo /tmp/f; busybox cat /tmp/f & exec 4>/tmp/f; echo up;"
                   "while kill -0 $! 2>/dev/null; do :; done; wait $!; echo $?; exit 7"),
                  ("--cpus", "1"))
    found = [pid for pid in guest.named("zcore-space") if is_orphan(pid)]
    if len(found) != 1:
        guest.process.kill()
        return f"{len(found)} host processes look like the one"
    os.kill(found[0], signal.SIGKILL)
    return guest.end([7]) or (None if guest.rest == b"137\n" else f"not killed: {guest.rest!r}")


def last_words_unheard():
    """What the kernel says at its end has more lines than fit, and nobody reads them."""
    guest = Guest(CROWD)
    fcntl.fcntl(guest.process.stderr, fcntl.F_SETPIPE_SZ, 4096)
    kill("zcore-home")(guest)
    return guest.end([125])


def while_others_stand_still():
    """One dies and is buried while its call goes on in the CPU of another, which then is to go where
    the dead was; or the CPU was there, and that is the end of all."""
    guest = Guest(("/usr/bin/perl", "-e", WRITER), ("--cpus", "1"))
    victims = []
    if not until(lambda: victims.extend(filter(is_orphan, guest.named("zcore-space"))) or victims):
        guest.process.kill()
        return "the program did not start"
    time.sleep(random.random() / 100)
    others = [pid for pid in tree(guest.pid) if pid != victims[0] and state(pid)[1] != "zcore-template"]
    send(others, signal.SIGSTOP)
    os.kill(victims[0], signal.SIGKILL)
    until(lambda: state(victims[0])[0] == "X")
    send(others, signal.SIGCONT)
    why = guest.end([7, 125])
    return why or (None if guest.rest in (b"9\n", b"") else f"not killed: {guest.rest!r}")


def tests(suite):
    random.seed(1)
    suite.check("launcher_killed", ended_by(WAITING, lambda guest: guest.process.kill(), [-9]))
    suite.check("template_killed", ended_by(WAITING, kill("zcore-template"), [125]))
    suite.check("home_killed", ended_by(BUSY, kill("zcore-home"), [125]))
    suite.check("guest_process_killed", guest_process)
    suite.check("last_words_unheard", last_words_unheard)
    for number in range(10):
        suite.check(f"guest_process_killed_in_a_call_{number}", while_others_stand_still)
    for number in range(20):
        suite.check(f"launcher_killed_busy_{number}",
                    ended_by(BUSY, kill_launcher_sometime, [-9]))
        suite.check(f"any_process_killed_{number}",
                    ended_by(BUSY, kill_anyone_sometime, [125, 137, 143, 0, 1]))
