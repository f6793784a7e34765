"""The command line, and what it says when it is wrong: one line, and the status."""
import os
import shutil
import tempfile

from harness import ZCORE, one_line, run, zcore

WRONG = {
    "no command": (),
    "unknown command": ("walk",),
    "unknown option": ("--bogus",),
    "no program": ("run",),
    "unknown option of run": ("run", "--bogus", "true"),
    "option without value": ("run", "--cpus"),
    "cpus 0": ("run", "--cpus=0", "true"),
    "cpus 33": ("run", "--cpus=33", "true"),
    "cpus x": ("run", "--cpus=x", "true"),
    "mem x": ("run", "--mem=x", "true"),
    "mem 1": ("run", "--mem=1", "true"),
    "mem -1": ("run", "--mem=-1", "true"),
    "mem 16E": ("run", "--mem=99999999999999999999G", "true"),
    "log loud": ("run", "--log=loud", "true"),
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


def tests(suite):
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
