"""What a machine has in use after much work is what it had before."""
import re

from harness import ROOT, libos

ROUNDS = 1000
COUNTED = re.compile(r"^(\w+)[:\s]+(\d+)", re.M)
# Of /proc/zcore. These must be as before: the shell and what serves it.
EXACT = ("tasks", "processes", "objects", "vmos", "inodes", "dentries", "slab_objects")
# Free pages may be fewer by what the page magazines of two CPUs, slabs that are no longer full, and
# the patched pages of the shell's own text hold.
PAGES = 128
# Calls that are under way: the reader's, and its parent's if it has come to wait by then.
FRAMES = 2
SCRIPT = f"""
rounds() {{ i=0; while [ $i -lt $1 ]; do sh -c 'ls | wc -l' >/dev/null; i=$((i + 1)); done; }}
cat /proc/zcore >/dev/null; rounds 5
cat /proc/zcore
echo ---
rounds {ROUNDS}
cat /proc/zcore
"""


def counts(text):
    return {name: int(value) for name, value in COUNTED.findall(text)}


def rounds():
    result = libos("sh", "-c", SCRIPT, limit=120, options=("--cpus=2",))
    if result.status != 0 or result.out.count(b"---") != 1:
        return result
    before, after = (counts(part) for part in result.out.decode().split("---"))
    if set(EXACT) - set(before):
        return f"/proc/zcore does not count {set(EXACT) - set(before)}"
    changed = {name: (before[name], after.get(name)) for name in EXACT
               if before[name] != after.get(name)}
    if after["frames"] > FRAMES:
        changed["frames"] = (before["frames"], after["frames"])
    if before["pages_free"] - after["pages_free"] > PAGES:
        changed["pages_free"] = (before["pages_free"], after["pages_free"])
    return f"{changed}" if changed else None


def tests(suite):
    suite.check(f"leaks/{ROUNDS} rounds", rounds)
    result = libos(ROOT / "build/guest/x86_64/generations", limit=120)
    suite.expect("leaks/1000 generations", result, 0, lambda out: b"not ok" not in out)
