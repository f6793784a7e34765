"""Whatever dies on the host, nothing hangs and nothing stays."""
import os
import random
import signal
import time

from groups.guest import BUSY, WAITING, Guest, tree



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


def tests(suite):
    random.seed(1)
    suite.check("launcher_killed", ended_by(WAITING, lambda guest: guest.process.kill(), [-9]))
    suite.check("template_killed", ended_by(WAITING, kill("zcore-template"), [125]))
    suite.check("home_killed", ended_by(BUSY, kill("zcore-home"), [125]))
    suite.check("guest_process_killed", guest_process)
    for number in range(20):
        suite.check(f"launcher_killed_busy_{number}",
                    ended_by(BUSY, kill_launcher_sometime, [-9]))
        suite.check(f"any_process_killed_{number}",
                    ended_by(BUSY, kill_anyone_sometime, [125, 137, 143, 0, 1]))
