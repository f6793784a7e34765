"""What the benches share: one CPU, turns, the better of several, tables.

The machine is rarely ours alone. So what is compared runs in turns on one CPU, and of each the best
of some rounds counts: noise only ever adds. A ratio of one run means something; a time does not.

Nor does a ratio where one side had the core alone and the other shared it with the core's second
hardware thread, whoever runs there: code that keeps the core busy then takes twice as long, and a
host's call, which mostly waits for the core's way into the kernel and back, a third longer. So a core's
pace is looked at before and after each run (bench/pace.c).
"""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ZCORE = pathlib.Path(os.environ.get("ZCORE", ROOT / "build/zcore"))
ROUNDS = 3
PATIENCE = 15  # seconds for one comparison on a core that is shared
SAME_PACE = 1.25  # the clock's rate varies, too
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


class Paces:
    """How fast the core was in the runs so far."""
    best = float("inf")

    @classmethod
    def now(cls):
        pace = measure([program("pace")])
        cls.best = min(cls.best, pace)
        return pace

    @classmethod
    def full(cls, pace):
        return pace <= cls.best * SAME_PACE


def in_turns(commands, rounds=ROUNDS, of=measure):
    """The best value of each command: what it prints, or what `of` makes of it. All have the same machine:
    so many rounds in which each ran at full pace, or as many as patience allows."""
    values, paces = [[] for _ in commands], [[] for _ in commands]
    end = time.monotonic() + PATIENCE
    while min(sum(map(Paces.full, seen)) for seen in paces) < rounds:
        if len(values[0]) >= rounds and time.monotonic() > end:
            print("the core is shared all the time: ratios are too high", file=sys.stderr)
            break
        for i, command in enumerate(commands):
            before = Paces.now()
            values[i].append(of(command))
            paces[i].append(max(before, Paces.now()))
    return [best(each) for each in values]


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
