"""Signals to the launcher, stopping, and the terminal."""
import os
import signal
import termios

from groups.deaths import ended_by
from groups.guest import BUSY, WAITING, Guest, children, gone, state, tree, until
from harness import ZCORE, on_terminal

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
        pid, master, before = on_terminal([str(ZCORE), "run", "--", *WAITING])
        seen = b""
        while b"up" not in seen:
            seen += os.read(master, 100)
        during = termios.tcgetattr(master)
        helpers = children(pid)
        end(pid)
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        stayed = not gone(helpers)
        after = termios.tcgetattr(master)
        os.close(master)
        if during[3] & termios.ICANON:
            return "not raw while the guest runs"
        if stayed:
            return "a process stays"
        if after[:4] != before[:4]:
            return "not restored"
        return None if ended == status else f"status {ended}"
    return test


def launcher(signo):
    return lambda pid: os.kill(pid, signo)


def template(signo):
    def act(pid):
        for child in children(pid):
            if state(child)[1] == "zcore-template":
                os.kill(child, signo)
    return act


def home(signo):
    """Any end of that one is a panic of the kernel."""
    def act(pid):
        for child in tree(pid):
            if state(child)[1] == "zcore-home":
                os.kill(child, signo)
    return act


TERMINAL_ENDS = {
    **{f"terminal_after_{signo.name}": (launcher(signo), 128 + signo) for signo in ENDING},
    "terminal_after_launcher_killed": (launcher(signal.SIGKILL), -signal.SIGKILL),
    "terminal_after_launcher_fault": (launcher(signal.SIGSEGV), -signal.SIGSEGV),
    "terminal_after_template_killed": (template(signal.SIGKILL), 125),
    "terminal_after_kernel_fault": (home(signal.SIGSEGV), 125),
    "terminal_after_panic": (home(signal.SIGKILL), 125),
}


def tests(suite):
    for signo in ENDING:
        suite.check(f"waiting_{signo.name}", ended_by(WAITING, send(signo), [128 + signo]))
        suite.check(f"busy_{signo.name}", ended_by(BUSY, send(signo), [128 + signo]))
    suite.check("handled", handled)
    suite.check("stops_and_goes_on", stops_and_goes_on)
    for name, (act, status) in TERMINAL_ENDS.items():
        suite.check(name, terminal(act, status))
