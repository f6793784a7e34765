"""A guest program that stays, and the host processes behind it."""
import os
import pathlib
import subprocess
import time

from harness import ZCORE

LIMIT = 20  # seconds that an end may take
WAITING = ("/bin/sh", "-c", "echo up; exec cat")
BUSY = ("/bin/sh", "-c", "echo up; while :; do ls / | cat >/dev/null; done")


def state(pid):
    """The state letter of a process that may be gone, and its name."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        name, rest = text.split("(", 1)[1].rsplit(")", 1)
        return rest.split()[0], name
    except OSError:
        return "X", ""


def children(pid):
    try:
        listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in listed.split()]
    except OSError:
        return []


def tree(launcher):
    """The template and its children."""
    found = children(launcher)
    return found + [child for pid in found for child in children(pid)]


def until(condition):
    """Whether it comes true in time."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            return False
        os.sched_yield()
    return True


def gone(pids):
    """Whether all have died; zombies count, since whoever inherits them may not reap."""
    return until(lambda: all(state(pid)[0] in "XZ" for pid in pids))


class Guest:
    """Started, in a process group of its own, so that it can be stopped; it has said `up`."""

    def __init__(self, program, options=()):
        self.process = subprocess.Popen([str(ZCORE), "run", *options, "--", *program],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, process_group=0)
        self.pid = self.process.pid
        self.up = self.line() == b"up"
        self.hosts = tree(self.pid)

    def line(self):
        return self.process.stdout.readline().rstrip(b"\n")

    def named(self, name):
        return [pid for pid in tree(self.pid) if state(pid)[1] == name]

    def memory(self):
        """Bytes that the host holds for the guest's memory."""
        template = children(self.pid)[0]
        for fd in pathlib.Path(f"/proc/{template}/fd").iterdir():
            if "zcore-memory" in os.readlink(fd):
                return fd.stat().st_blocks * 512
        raise OSError("no memory file")

    def share(self):
        """Bytes of all its processes' memory (Pss)."""
        total = 0
        for pid in (self.pid, *tree(self.pid)):
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            total += 1024 * int(text.split("\nPss:", 1)[1].split()[0])
        return total

    def end(self, statuses):
        """What is wrong with how it ends; None: nothing."""
        try:
            status = self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "it hangs"
        finally:
            self.process.stdin.close()
        self.rest = self.process.stdout.read()
        errors = self.process.stderr.read()
        if status not in statuses:
            return f"status {status}, not one of {statuses}; {errors!r}"
        return None if gone(self.hosts) else "host processes stay behind"
