"""The command line, and what it says when it is wrong: one line, and the status."""
import os
import re
import shutil
import tempfile

from harness import ZCORE, one_line, run, zcore

SWITCHES = re.compile(rb"^(?:executor|coroutine) \d+p/\d+K \d+ ps$", re.M)
WRONG = {
    "no command": (),
    "unknown command": ("walk",),
    "unknown option": ("--bogus",),
    "no program": ("run",),
    "unknown option of run": ("run", "--bogus", "true"),
    "option without value": ("run", "--cpus"),
    "selftest nothing": ("run", "--selftest=nothing"),
    "cpus 0": ("run", "--cpus=0", "true"),
    "cpus 33": ("run", "--cpus=33", "true"),
    "cpus x": ("run", "--cpus=x", "true"),
    "mem x": ("run", "--mem=x", "true"),
    "mem 1": ("run", "--mem=1", "true"),
    "mem -1": ("run", "--mem=-1", "true"),
    "mem 16E": ("run", "--mem=99999999999999999999G", "true"),
    "log loud": ("run", "--log=loud", "true"),
    "env without name": ("run", "--env==x", "true"),
    "cwd missing": ("run", "--cwd=/nonexistent", "true"),
    "cwd a file": ("run", "--cwd=/etc/passwd", "true"),
    "cwd relative": ("run", "--cwd=usr", "true"),
    "user unknown": ("run", "--user=nosuchuser", "true"),
    "user empty": ("run", "--user=:0", "true"),
    "group unknown": ("run", "--user=root:nosuchgroup", "true"),
    "hostname empty": ("run", "--hostname=", "true"),
    "hostname long": ("run", "--hostname=" + "x" * 65, "true"),
    "root missing": ("run", "--root=/nonexistent", "true"),
    "root a file": ("run", "--root=/etc/passwd", "true"),
    "qemu without arch": ("qemu", "true"),
    "qemu arch z80": ("qemu", "--arch=z80", "true"),
    "qemu add without colon": ("qemu", "--arch=riscv64", "--add=x", "true"),
    "qemu add a missing file": ("qemu", "--arch=riscv64", "--add=/nonexistent:/x", "true"),
    "qemu add a directory": ("qemu", "--arch=riscv64", "--add=/etc:/x", "true"),
    "run has no arch": ("run", "--arch=riscv64", "true"),
    "zircon icount without arch": ("zircon", "--icount", "true"),
}


def help_is_shown(*arguments):
    def test():
        result = zcore(*arguments)
        right = result.status == 0 and not result.err and b"Usage: zcore" in result.out
        return None if right else result
    return test


def copied_elsewhere():
    """One file is all that is needed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "copy")
        shutil.copy(ZCORE, copy)
        result = run([copy, "run", "/bin/echo", "moved"], cwd=folder)
    return None if (result.status, result.out) == (0, b"moved\n") else result


def qemu_missing():
    result = zcore("qemu", "--arch=riscv64", "true", env={"PATH": "/nonexistent"})
    return None if result.status == 125 and one_line(result.err) else result


def surroundings(suite):
    """What the program is given."""
    ours = {"PATH": "/bin", "A": "1", "B": "2"}
    for name, given, wanted in (
            ("set", ("--env=C=3",), b"A=1\nB=2\nC=3\nPATH=/bin\n"),
            ("replaced, the last counts", ("--env=A=8", "--env", "A=9"), b"A=9\nB=2\nPATH=/bin\n"),
            ("empty value", ("--env=A=",), b"A=\nB=2\nPATH=/bin\n"),
            ("cleared", ("--clear-env",), b""),
            ("passed", ("--env=B", "--clear-env", "--env=NONE", "--env=C=x=y"), b"B=2\nC=x=y\n")):
        suite.expect(f"options/env {name}", zcore("run", *given, "/usr/bin/env", env=ours), 0,
                     lambda out, wanted=wanted: sorted(out.splitlines()) == wanted.splitlines())
    suite.expect("options/cwd", zcore("run", "--cwd=/usr/share", "pwd"), 0, b"/usr/share\n")
    suite.expect("options/hostname", zcore("run", "--hostname=box", "uname", "-n"), 0, b"box\n")
    for user, wanted in (("12345", b"12345 12345 12345\n"), ("12345:54321", b"12345 54321 54321\n"),
                         ("daemon", b"1 1 1\n"), ("daemon:0", b"1 0 0\n"), ("1", b"1 1 1\n"),
                         ("root:daemon", b"0 1 1\n")):
        suite.expect(f"options/user {user}",
                     zcore("run", f"--user={user}", "sh", "-c", "echo $(id -u) $(id -g) $(id -G)"), 0,
                     wanted)
    suite.expect("options/user has no rights", zcore("run", "--user=12345", "sh", "-c",
                                                     "echo x >/etc/passwd"), 2, b"", None)


def tests(suite):
    surroundings(suite)
    for name, arguments in WRONG.items():
        suite.expect(f"options/{name}", zcore(*arguments), 125, b"", one_line)
    for command in ((), ("run",), ("qemu",), ("zircon",)):
        suite.check("options/help " + " ".join(command), help_is_shown(*command, "--help"))
    suite.expect("options/version", zcore("--version"), 0, lambda out: out.startswith(b"zcore "))
    suite.check("options/qemu missing", qemu_missing)
    suite.check("options/copied elsewhere", copied_elsewhere)
    suite.expect("options/cpus and mem", zcore("run", "--cpus=2", "--mem=64M", "echo", "x"), 0,
                 b"x\n")
    suite.expect("options/program options are its own", zcore("run", "echo", "--help", "--", "-n"),
                 0, b"--help -- -n\n")
    suite.expect("options/strace goes to stderr", zcore("run", "--strace", "echo", "x"), 0, b"x\n",
                 lambda err: b"write(" in err)
    for cpus in 1, 2:
        suite.expect(f"options/selftest with {cpus} CPUs",
                     zcore("run", "--selftest", f"--cpus={cpus}"), 0, None, None)
    suite.expect("options/selftest of switches", zcore("run", "--selftest=switches"), 0, None,
                 lambda err: len(SWITCHES.findall(err)) == 16)
