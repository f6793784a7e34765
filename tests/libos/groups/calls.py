"""System calls take the patched path, whatever made the program."""
import pathlib
import re
import tempfile

from harness import ROOT, libos, run

LEAST = 0.98  # of all calls but the first of each site
GUESTS = ROOT / "tests/libos/guests"
PERL = 'for (1..2000) { -e "/"; open(F, "</dev/null"); read(F, $x, 1); close F; getppid }'
SQL = "PRAGMA synchronous=off; CREATE TABLE t(a);" + "INSERT INTO t VALUES(1);" * 500
PYTHON = """
import os
for _ in range(3000):
    os.stat("/"); os.getppid(); os.close(os.open("/dev/null", os.O_RDWR))
"""
THREADS = """
import os, threading
def work():
    for _ in range(300):
        fd = os.open("/dev/null", os.O_RDWR)
        os.write(fd, b"x"), os.read(fd, 1), os.lseek(fd, 0, 0), os.close(fd)
        os.stat("/"), os.getppid(), os.getuid(), os.sched_yield(), os.access("/", 0)
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("done")
"""
PROGRAMS = {
    "null": (f"{ROOT}/build/guest/x86_64/mb", "null", "read0", "write0", "stat", "open"),
    "python": ("python3", "-c", PYTHON),
    "dash": ("dash", "-c", "i=0; while [ $i -lt 3000 ]; do echo >/dev/null; i=$((i + 1)); done"),
    "bash": ("bash", "-c", "i=0; while [ $i -lt 3000 ]; do echo >/dev/null; i=$((i + 1)); done"),
    "busybox": ("busybox", "find", "/usr/share"),
    "coreutils": ("ls", "-lR", "/usr/share"),
    "perl": ("perl", "-e", PERL),
    "git": ("git", "-c", "safe.directory=*", "-c", "grep.threads=1", "-C", ROOT, "grep",
            "--no-index", "-c", "aspace", "--", "*.c", "*.h", "*.py"),
    "sqlite": ("sqlite3", "/tmp/calls.db", SQL),
    "gcc": ("sh", "-c", "cd /tmp; for i in $(seq 400); do echo >$i.h;"
            " echo \"#include \\\"$i.h\\\"\" >>all.c; done; gcc -E all.c"),
}
# Forms of which only a part can be patched, since others jump into them.
HALF = ("jump_to_call", "jump_to_lead")


def patched(program, *options):
    """A test: most calls of the program are."""
    def test():
        result = libos("sh", "-c", '"$@" >/dev/null; cat /proc/zcore', "sh", *program,
                       options=("--cpus", "1", *options))
        counts = dict(re.findall(rb"^(calls_(?:patched|dispatched|first)) (\d+)$", result.out, re.M))
        if len(counts) != 3:
            return result
        fast = int(counts[b"calls_patched"])
        slow = int(counts[b"calls_dispatched"]) - int(counts[b"calls_first"])
        return None if fast >= LEAST * (fast + slow) else f"{fast} patched, {slow} dispatched"
    return test


def built(folder, name, *compiler):
    """A program of guests/."""
    result = run((*compiler, "-O2", "-o", folder / "program", GUESTS / name))
    return result if result.status != 0 else None


def with_library(*compiler):
    """A test: so do those of a program of ours with that C library."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            failed = built(pathlib.Path(folder), "calls.c", *compiler)
            return failed or patched((folder + "/program",))()
    return test


def forms():
    """Each form of a site keeps registers, flags and stack, and is patched."""
    with tempfile.TemporaryDirectory() as folder:
        failed = built(pathlib.Path(folder), "callsites.c", "gcc", "-static")
        result = failed or libos(folder + "/program")
    counts = re.findall(rb"^(\w+) (\d+) (\d+)$", result.out, re.M)
    if result.status != 0 or len(counts) != result.out.count(b" ok\n") or not counts:
        return result
    slow = [name for name, fast, slow in counts
            if int(fast) < (0.4 if name.decode() in HALF else LEAST) * (int(fast) + int(slow))]
    return f"dispatched: {slow}" if slow else None


def shared_by_processes():
    """What one process had patched, the next ones run."""
    runs = "for i in $(seq 20); do ls / >/dev/null; done; grep calls_dispatched /proc/zcore;"
    result = libos("sh", "-c", runs + runs, options=("--cpus", "1"))
    counts = [int(count) for count in re.findall(rb"^calls_dispatched (\d+)$", result.out, re.M)]
    if len(counts) != 2:
        return result
    return None if counts[1] - counts[0] <= 100 else f"{counts} dispatched"


def not_in_files():
    """Who reads a file sees the file, whatever of it is patched."""
    libc = "/lib/x86_64-linux-gnu/libc.so.6"
    result = libos("sh", "-c", f"ls / >/dev/null; ls / >/dev/null; sha256sum {libc}")
    return None if result.out == run(("sha256sum", libc)).out else result


def gone_with_the_file():
    """A program that is written over in place is the new one."""
    script = ("cp /bin/busybox /tmp/busybox; for i in 1 2 3; do /tmp/busybox echo old; done;"
              ' cat "$1" >/tmp/busybox; /tmp/busybox; /tmp/busybox')
    with tempfile.TemporaryDirectory() as folder:
        failed = built(pathlib.Path(folder), "calls.c", "gcc", "-static")
        result = failed or libos("sh", "-c", script, "sh", folder + "/program")
    return None if result.out == b"old\n" * 3 + b"done\n" * 2 else result


def while_others_run():
    """Several CPUs run a text while it is patched."""
    for _ in range(5):
        result = libos("python3", "-c", THREADS, options=("--cpus", "4"))
        if result.status != 0 or result.out != b"done\n":
            return result
    return None


def tests(suite):
    for name, program in PROGRAMS.items():
        suite.check(f"patched_{name}", patched(program))
    suite.check("patched_zircon", patched((f"{ROOT}/build/bench/zx", "-s", "0.2", "event"), "--zircon"))
    suite.check("patched_forms", forms)
    suite.check("patched_glibc_static", with_library("gcc", "-static"))
    suite.check("patched_musl", with_library("musl-gcc"))
    suite.check("patched_musl_static", with_library("musl-gcc", "-static"))
    suite.check("shared_by_processes", shared_by_processes)
    suite.check("not_in_files", not_in_files)
    suite.check("gone_with_the_file", gone_with_the_file)
    suite.check("patched_while_others_run", while_others_run)
