"""The guest's address space: the kernel's window in it, sanitizers that lay claim to all of it, and
more areas than the host has."""
import pathlib
import tempfile

from groups.calls import built
from harness import clean_environment, libos

NO_LEAKS = clean_environment(ASAN_OPTIONS="detect_leaks=0")  # leaks are found by ptrace
SANITIZERS = {
    "address": ("heap.c", b"text\n", b"AddressSanitizer: heap-use-after-free"),
    "thread": ("race.c", b"4000\n", b"ThreadSanitizer: data race"),
}


def guest(name):
    """A test: that program finds all right."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            result = built(pathlib.Path(folder), name, "gcc", "-static") or \
                libos(folder + "/program", options=("--mem", "1G"))
        return None if (result.status, result.out, result.err) == (0, b"ok\n", b"") else result
    return test


def sanitized(name, source, out, complaint):
    """A test: a program with that sanitizer runs, and what it finds wrong is told."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            failed = built(pathlib.Path(folder), source, "gcc", f"-fsanitize={name}")
            if failed:
                return failed
            right = libos(folder + "/program", env=NO_LEAKS)
            wrong = libos(folder + "/program", "wrong", env=NO_LEAKS)
        if (right.status, right.out, right.err) != (0, out, b""):
            return right
        return None if wrong.status and complaint in wrong.err else wrong
    return test


def tests(suite):
    suite.check("window", guest("window.c"))
    suite.check("more_areas_than_the_host_has", guest("areas.c"))
    for name, case in SANITIZERS.items():
        suite.check(f"sanitizer_{name}", sanitized(name, *case))
