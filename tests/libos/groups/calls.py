"""System calls take the patched path, whatever made the program."""
import re

from harness import ROOT, libos

LEAST = 0.98 # of all calls; the first of each site are in it
LISTING = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"
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
}


def patched(program):
    """A test: most calls of the program are."""
    def test():
        result = libos("sh", "-c", '"$@" >/dev/null; cat /proc/zcore', "sh", *program,
                       options=("--cpus", "1"))
        counts = dict(re.findall(rb"^(calls_\w+) (\d+)$", result.out, re.M))
        if len(counts) != 2:
            return result
        fast, slow = int(counts[b"calls_patched"]), int(counts[b"calls_dispatched"])
        return None if fast >= LEAST * (fast + slow) else f"{fast} patched, {slow} dispatched"
    return test


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
    suite.check("patched_while_others_run", while_others_run)
