"""A shell on a terminal of its own: echo, line editing, job control, window size, and the way out."""
import fcntl
import os
import re
import select
import struct
import termios
import time

from harness import LIMIT, ZCORE, on_terminal

PROMPT = rb"% $"
# What is typed, and what the screen shows then, up to and with the next prompt.
SHELL = (
    (b"echo hello\n", rb"echo hello\r\nhello\r\n% $"),
    (b"tty; stty size\n", rb"/dev/(console|pts/\d+)\r\n24 80\r\n% $"),
    (b"ecHX\x7f\x7fho fixed\n", rb"\r\nfixed\r\n% $"),
    (b"garbage\x15echo clean\n", rb"\r\nclean\r\n% $"),
    (b"sh -c 'echo up; exec sleep 100'\n", rb"up\r\n$"),
    (b"\x03", rb"\^C\r?\n% $"),
    (b"echo status $?\n", rb"status 130\r\n% $"),
    (b"sh -c 'echo up; exec sleep 100'\n", rb"up\r\n$"),
    (b"\x1a", rb"\^Z.*Stopped.*% $"),
    (b"jobs\n", rb"Stopped.*% $"),
    (b"bg\n", rb"sleep 100.*% $"),
    (b"jobs\n", rb"Running.*% $"),
    (b"kill %1; wait %1; echo status $?\n", rb"status 143\r\n.*% $"),
    (b"echo up; cat\n", rb"\r\nup\r\n$"),
    (b"line\n", rb"line\r\nline\r\n$"),
    (b"\x1a", rb"Stopped.*% $"),
    (b"fg\n", rb"fg\r\n.*cat\r\n$"),
    (b"again\n", rb"again\r\nagain\r\n$"),
    (b"\x04", rb"% $"),
    (b"echo up | cat - /dev/tty | tr a-z A-Z\n", rb"A-Z\r\nUP\r\n$"),
    (b"typed\n\x04", rb"TYPED\r\n% $"),
    (b"sh -c 'kill -STOP $$; echo continued'\n", rb"Stopped.*% $"),
    (b"fg\n", rb"continued\r\n% $"),
    (b"read x </dev/tty; echo got $x\n", rb"got \$x\r\n$"),
    (b"this\n", rb"got this\r\n% $"),
)

WINDOW = b"sh -c 'trap \"stty size; exit\" WINCH; echo up; while :; do sleep 0.01; done'\n"


class Terminal:
    def __init__(self, command):
        environment = {"TERM": os.environ.get("TERM", "dumb"), "PS1": "% "}
        self.pid, self.fd, self.before = on_terminal(command, environment)
        self.resize(24, 80)
        self.seen = b""

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def expect(self, pattern):
        """None when the screen comes to show it, else what it shows."""
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self.seen, re.S):
            left = end - time.monotonic()
            ready = left > 0 and select.select([self.fd], [], [], left)[0]
            try:
                more = os.read(self.fd, 4096) if ready else b""
            except OSError:
                more = b""
            if not more:
                return f"wanted {pattern!r}, the screen shows {self.seen[-400:]!r}"
            self.seen += more
        self.seen = b""
        return None

    def type(self, text, pattern):
        os.write(self.fd, text)
        why = self.expect(pattern)
        return f"after {text!r}: {why}" if why else None

    def end(self):
        """The status, and what else is shown."""
        shown = b""
        while True:
            try:
                more = os.read(self.fd, 4096)
            except OSError:
                more = b""
            if not more:
                return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), shown
            shown += more


def session(terminal):
    why = terminal.expect(PROMPT)
    for typed, shown in SHELL:
        why = why or terminal.type(typed, shown)
    if not why:
        why = terminal.type(WINDOW, rb"\r\nup\r\n$")
    if not why:
        terminal.resize(40, 100)
        why = terminal.expect(rb"40 100\r\n% $")
    if why:
        os.kill(terminal.pid, 9)
        return why
    os.write(terminal.fd, b"exit 7\n")
    status, _ = terminal.end()
    if status != 7:
        return f"status {status}"
    return None if termios.tcgetattr(terminal.fd) == terminal.before else "the terminal is not as before"


def late_reader(size):
    """Whoever reads only after the program has written its last gets it all the same."""
    script = f"head -c {size} /dev/zero | tr '\\0' x"
    terminal = Terminal([str(ZCORE), "run", "--", "/bin/sh", "-c", script])
    time.sleep(0.3)
    status, shown = terminal.end()
    if status:
        return f"status {status}"
    return None if shown == size * b"x" else f"{len(shown)} bytes of {size} were shown"


def hung_up(script, status):
    """The host's terminal goes: so does the guest's."""
    terminal = Terminal([str(ZCORE), "run", "--", "/bin/sh", "-c", script])
    why = terminal.expect(rb"up\r\n")
    os.close(terminal.fd)
    end = time.monotonic() + LIMIT
    while not why:
        pid, ended = os.waitpid(terminal.pid, os.WNOHANG)
        if pid:
            ended = os.waitstatus_to_exitcode(ended)
            return None if ended == status else f"status {ended}"
        if time.monotonic() > end:
            why = "it goes on for ever"
        time.sleep(0.01)
    os.kill(terminal.pid, 9)
    os.waitpid(terminal.pid, 0)
    return why


HANG_UPS = {
    "kills": ("echo up; exec sleep 100", 129),
    "is caught": ("trap 'exit 5' HUP; echo up; read x", 5),
    "ends the input": ("trap '' HUP; echo up; cat; exit 6", 6),
    "ends the output": ("trap '' HUP; echo up; while echo x; do :; done 2>/dev/null; exit 7", 7),
}


def tests(suite):
    for name, (script, status) in HANG_UPS.items():
        suite.check(f"terminal, hanging up {name}",
                    lambda script=script, status=status: hung_up(script, status))
    for size in (3000, 6000, 10000, 14000, 20000):
        suite.check(f"terminal, the last of {size} bytes", lambda size=size: late_reader(size))
    for cpus in 1, 4:
        for shell in (["/bin/dash", "-i"], ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"]):
            command = [str(ZCORE), "run", f"--cpus={cpus}", "--", *shell]
            suite.check(f"terminal, {shell[0]}, {cpus} CPUs",
                        lambda command=command: session(Terminal(command)))
