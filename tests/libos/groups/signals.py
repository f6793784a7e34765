"""Signals to the launcher, stopping, and the terminal."""
import os
import pty
import signal
import termios

from groups.deaths import ended_by
from groups.guest import BUSY, WAITING, Guest, children, state, until
from harness import ZCORE

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
CAUGHT = ("/bin/sh", "-c", "trap 'echo caught; exit 9' TERM; echo up; while :; do :; done")
STOPPING = ("/bin/sh", "-c", "echo up; kill -TSTP $$; echo on; exit 3")


def send(signo):
    return lambda guest: guest.process.send_signal(signo)


def handled():
    guest = Guest(CAUGHT)
    guest.process.send_signal(signal.SIGTERM)
    return guest.end([9]) or (None if guest.rest == b"caught\n" else f"wrote {guest.rest!r}")


def stops_and_goes_on():
    guest = Guest(STOPPING)
    if not until(lambda: state(guest.pid)[0] == "T"):
        guest.process.kill()
        return "zcore did not stop"
    guest.process.send_signal(signal.SIGCONT)
    return guest.end([3]) or (None if guest.rest == b"on\n" else f"wrote {guest.rest!r}")


def terminal(end, status):
    """A test: the terminal is raw while the guest runs, and as before when it has ended."""
    def test():
        pid, master = pty.fork()
        if pid == 0:
            os.execv(ZCORE, [str(ZCORE), "run", "--", *WAITING])
        before = termios.tcgetattr(master)
        seen = b""
        while b"up" not in seen:
            seen += os.read(master, 100)
        during = termios.tcgetattr(master)
        end(pid)
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        after = termios.tcgetattr(master)
        os.close(master)
        if during[3] & termios.ICANON:
            return "not raw while the guest runs"
        if after[:4] != before[:4]:
            return "not restored"
        return None if ended == status else f"status {ended}"
    return test


def kill_home(launcher):
    """Which is a panic of the kernel."""
    for pid in children(children(launcher)[0]):
        if state(pid)[1] == "zcore-home":
            os.kill(pid, signal.SIGKILL)


def tests(suite):
    for signo in ENDING:
        suite.check(f"waiting_{signo.name}", ended_by(WAITING, send(signo), [128 + signo]))
        suite.check(f"busy_{signo.name}", ended_by(BUSY, send(signo), [128 + signo]))
    suite.check("handled", handled)
    suite.check("stops_and_goes_on", stops_and_goes_on)
    suite.check("terminal_after_signal",
                terminal(lambda pid: os.kill(pid, signal.SIGTERM), 128 + signal.SIGTERM))
    suite.check("terminal_after_panic", terminal(kill_home, 125))
    suite.check("terminal_after_template_killed",
                terminal(lambda pid: os.kill(children(pid)[0], signal.SIGKILL), 125))
