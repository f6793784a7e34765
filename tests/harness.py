"""What the suites share: running the front door, and one line a test.

A suite makes a Suite, calls its check or table for each test, and ends with finish().
"""
import contextlib
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import termios
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ZCORE = pathlib.Path(os.environ.get("ZCORE", ROOT / "build/zcore"))
LIMIT = 60  # seconds that a test may take; a hang is a failure, never a pass
ARCHES = ("riscv64", "x86_64")


class Result:
    """How a command ended: its status (128 + n for a signal; None: it hung) and what it wrote."""

    def __init__(self, status, out, err):
        self.status = 128 - status if status is not None and status < 0 else status
        self.out = out
        self.err = err

    def __str__(self):
        return f"status {self.status}, stdout {shown(self.out)}, stderr {shown(self.err)}"


def shown(data):
    return repr(data if len(data) <= 400 else data[:200] + b" ... " + data[-200:])


def run(command, stdin=b"", limit=LIMIT, session=False, **more):
    """`stdin`: bytes, which go through a pipe, or what Popen takes. `session`: its own, of which nothing stays."""
    data = stdin if isinstance(stdin, bytes) else None
    process = subprocess.Popen([str(word) for word in command],
                               stdin=subprocess.PIPE if data is not None else stdin,
                               stdout=more.pop("stdout", subprocess.PIPE),
                               stderr=more.pop("stderr", subprocess.PIPE),
                               start_new_session=session, **more)
    try:
        out, err = process.communicate(data, timeout=limit)
        status = process.returncode
    except subprocess.TimeoutExpired:
        (os.killpg if session else os.kill)(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        status = None
    if session:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return Result(status, out or b"", err or b"")


def zcore(*arguments, **more):
    return run((ZCORE, *arguments), **more)


def libos(*program, options=(), **more):
    return zcore("run", *options, "--", *program, **more)


def qemu(arch, *program, options=(), **more):
    """A boot by itself has a limit of 60 s, so that the test's comes later."""
    return zcore("qemu", "--arch", arch, *options, "--", *program, **{"limit": 90, **more})


def on_terminal(command, environment=None):
    """Starts a command whose terminal, new and its controlling one, has the other end here: the pid, that end,
    and the modes as they were before the command could change them."""
    master, slave = pty.openpty()
    modes = termios.tcgetattr(master)
    pid = os.fork()
    if pid == 0:
        try:
            os.login_tty(slave)
            os.execve(command[0], command, {**os.environ, **(environment or {})})
        finally:
            os._exit(127)
    os.close(slave)
    return pid, master, modes


class Terminal:
    """A command with a terminal of its own, of which we have the other end."""

    def __init__(self, command):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([str(word) for word in command], stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        os.close(slave)
        self.shown = b""

    def wait_for(self, text, limit=LIMIT):
        """Until `text` is shown; None: until nothing more comes. Whether it was in time."""
        end = time.monotonic() + limit
        while text is None or text not in self.shown:
            if not select.select([self.master], [], [], max(0, end - time.monotonic()))[0]:
                return False
            try:
                data = os.read(self.master, 4096)
            except OSError: # the other end is closed
                return text is None
            self.shown += data
        return True

    def type(self, data):
        os.write(self.master, data)

    def end(self):
        if not self.wait_for(None):
            self.process.kill()
        status = self.process.wait(LIMIT)
        os.close(self.master)
        return Result(status, self.shown, b"")


def converse(command, *talk):
    """`talk`: pairs of what is waited for and what is then typed."""
    terminal = Terminal(command)
    for wanted, typed in talk:
        if terminal.wait_for(wanted):
            terminal.type(typed)
    return terminal.end()


def one_line(data):
    """Whether it is one clear line of ours."""
    return data.startswith(b"zcore") and data.endswith(b"\n") and data.count(b"\n") == 1


class Suite:
    def __init__(self):
        self.failures = 0

    def report(self, name, why=None):
        """`why` tells what is wrong; None: nothing."""
        if why:
            self.failures += 1
            print(f"not ok {name}: {' '.join(str(why).split())}", flush=True)
        else:
            print(f"ok {name}", flush=True)

    def check(self, name, test):
        """`test` returns what is wrong, or None; an exception is wrong too."""
        try:
            self.report(name, test())
        except Exception as problem:  # pylint: disable=broad-except
            self.report(name, f"{type(problem).__name__}: {problem}")

    def expect(self, name, result, status=0, out=None, err=b""):
        """`out` and `err`: bytes; None: anything; callable: whether it is right."""
        right = result.status == status and agrees(out, result.out) and agrees(err, result.err)
        self.report(name, None if right else f"{result}; wanted status {status}"
                    + (f", stdout {shown(out)}" if isinstance(out, bytes) else ""))

    def finish(self):
        sys.exit(1 if self.failures else 0)


def agrees(wanted, got):
    if wanted is None:
        return True
    return wanted(got) if callable(wanted) else wanted == got


def host_processes(name):
    """Pids of living processes of the host whose command is `name`."""
    found = set()
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                text, state = (entry / "stat").read_text(errors="replace").rsplit(") ", 1)
                if text.split("(", 1)[1].startswith(name) and state[0] not in "XZ":
                    found.add(int(entry.name))
        except OSError:
            pass
    return found


def clean_environment(**more):
    """A small one, so that tests do not depend on who runs them."""
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/", "LC_ALL": "C", **{key: str(value) for key, value in more.items()}}


os.chdir(ROOT)
# Who starts us in the background may have them ignored; our programs are to be as in the foreground.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
