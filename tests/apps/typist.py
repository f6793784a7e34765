#!/usr/bin/env python3
"""Programs on a pseudo terminal, and somebody who types. Runs on the host and as a guest.

usage: typist.py CONVERSATION   writes nothing and ends with 0 if it went as it should
"""
import os
import pathlib
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from terminal import SHELL, WINDOW, Terminal  # noqa: E402

BASH = ("bash", "--norc", "--noprofile", "--noediting", "-i")
VI = ("vi", "-u", "NONE", "-n", "file")
# The command, and what is typed against what the screen then shows; the status.
CONVERSATIONS = {
    "bash": (BASH, ((b"", rb"% $"), *SHELL, (b"exit 7\n", rb"exit")), 7),
    "dash": (("dash", "-i"), ((b"", rb"% $"), *SHELL, (b"exit 7\n", rb"exit 7")), 7),
    "bash and its line editor": (BASH[:3] + ("-i",), (
        (b"", rb"% $"), (b"echo one two\x01\x1bf\x1bf!\n", rb"\rone! two\r\n.*% $"),
        (b"\x10\x7fs\n", rb"\rone! tws\r\n.*% $"), (b"exit\n", rb"exit")), 0),
    "background of an interactive bash": (BASH, (
        (b"", rb"% $"), (b"cat &\n", rb"% $"), (b"\n", rb"% $"),
        (b"until jobs | grep Stopped; do :; done\n", rb"Stopped.*% $"), (b"fg\n", rb"cat\r\n$"),
        (b"mine\n", rb"mine\r\nmine\r\n$"), (b"\x04", rb"% $"),
        (b"stty tostop; echo held &\n", rb"% $"),
        (b"until jobs | grep Stopped; do :; done\n", rb"Stopped.*% $"), (b"fg\n", rb"held\r\n% $"),
        (b"set -m; (sleep 100 | sleep 100) &\n", rb"% $"), (b"kill %1; wait\n", rb"% $"),
        (b"exit\n", rb"exit")), 0),
    "stty": (BASH, (
        (b"", rb"% $"), (b"stty -echo; echo off\n", rb"\r\noff\r\n% $"),
        (b"echo quiet\n", rb"^quiet\r\n% $"), (b"stty echo rows 33 cols 77; stty size\n", rb"33 77"),
        (b"stty erase @; stty -a | tr ';' '\\n' | grep erase\n", rb"erase = @\r\n"),
        (b"ecxx@@ho erased\n", rb"ho erased\r\n.*erased\r\n% $"), (b"stty sane; stty -g | wc -c\n", rb"\d+\r\n% $"),
        (b"exit\n", rb"exit")), 0),
    "script": (("script", "-qec", "tty; stty size; exit 5", "typescript"),
               ((b"", rb"/dev/pts/\d+\r\n24 80\r\n"),), 5),
    "python's pty": (("python3", "-c", "import pty; exit(pty.spawn(['sh', '-c', 'tty; read x; echo $x'])"
                      " >> 8)"), ((b"", rb"/dev/pts/\d+\r\n"), (b"typed\n", rb"typed\r\ntyped")), 0),
    "vi": (VI, ((b"", rb"file"), (b"ihello\x1byyp", rb"hello.*hello"), (b":wq\n", rb"written|2L")), 0),
    "less": (("less", "file"), ((b"", rb"10\b"), (b"G", rb"100\b"), (b"?^55\n", rb"55\b"), (b"q", rb"")),
             0),
    "top": (("top", "-d", "100"), ((b"", rb"Tasks:.*PID.*COMMAND"), (b"q", rb"")), 0),
    "watch of a window": (("dash", "-i"), ((b"", rb"% $"), (WINDOW, rb"\r\nup\r\n$")), None),
}


def converse(command, steps, status):
    os.environ["TERM"] = "vt100"
    terminal = Terminal([shutil.which(command[0]), *command[1:]])
    why = None
    for typed, shown in steps:
        why = why or terminal.type(typed, shown)
    if not why and status is None:
        terminal.resize(40, 100)
        why = terminal.expect(rb"40 100\r\n% $")
        status = 0
        os.write(terminal.fd, b"exit\n")
    if why:
        return why
    ended, _ = terminal.end()
    return None if ended == status else f"status {ended}"


def main():
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as away:
        os.chdir(away)
        pathlib.Path("file").write_text("".join(f"{n}\n" for n in range(1, 101)), encoding="ascii")
        why = converse(*CONVERSATIONS[sys.argv[1]])
        if not why and sys.argv[1] == "vi" and pathlib.Path("file").read_text(encoding="ascii")[:16] \
                != "hello1\nhello1\n2\n":
            why = "the file is not as typed"
        os.chdir(home)
    sys.exit(why)


if __name__ == "__main__":
    main()
