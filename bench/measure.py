"""What the benches share: one CPU, turns, the better of several, tables.

The machine is rarely ours alone. So what is compared runs in turns on one CPU, and of each the best
of some rounds counts: noise only ever adds. A ratio of one run means something; a time does not.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ZCORE = pathlib.Path(os.environ.get("ZCORE", ROOT / "build/zcore"))
ROUNDS = 3
LIMIT = 120  # seconds for one measurement
RESULT = re.compile(rb"^(\w+) +([0-9.]+)\s*$", re.M)


def one_cpu():
    """This process, and all that it starts, on one CPU."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def built(path):
    """What a bench runs; without it the bench ends, and says what to build."""
    if not path.exists():
        sys.exit(f"{sys.argv[0]}: there is no {path}" +
                 (f": make {path.relative_to(ROOT)}" if path.is_relative_to(ROOT) else ""))
    return str(path)


def program(name, isa="x86_64"):
    return built(ROOT / "build/guest" / isa / name)


def libos(*words, options=()):
    """The command that runs another on the library OS, on one CPU."""
    return [built(ZCORE), "run", "--cpus=1", *options, "--", *words]


def results(command):
    """The "name value" lines that a command prints; none if it fails."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return {}
    return {name.decode(): float(value) for name, value in RESULT.findall(done.stdout)}


def measure(command):
    """The value of a command that prints one; None: it failed."""
    return next(iter(results(command).values()), None)


def best(values):
    values = [value for value in values if value is not None]
    return min(values) if values else None


def in_turns(commands, rounds=ROUNDS):
    """The best value of each command. All have the same machine."""
    turns = [[measure(command) for command in commands] for _ in range(rounds)]
    return [best(values) for values in zip(*turns)]


def shown(value, digits=0):
    return "-" if value is None else f"{value:.{digits}f}"


def ratio(ours, theirs):
    return ours / theirs if ours is not None and theirs else None


def row(*cells, widths):
    print("|" + "|".join(f" {cell:<{w}} " if i == 0 else f" {cell:>{w}} "
                         for i, (cell, w) in enumerate(zip(cells, widths))) + "|", flush=True)


def head(*cells, widths):
    row(*cells, widths=widths)
    print("|---|" + "---:|" * (len(widths) - 1))
