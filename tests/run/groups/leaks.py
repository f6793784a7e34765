"""What a machine has in use after much work is what it had before."""
import re

from harness import ROOT, libos

ROUNDS = 200
COUNTED = re.compile(r"^(\w+)[:\s]+(\d+)", re.M)
# Of /proc/zcore: these must be as before; all else is for people.
EXACT = ("handles", "tasks", "processes", "spaces", "objects", "vmos", "pages")
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
    result = libos("sh", "-c", SCRIPT, limit=120)
    if result.status != 0 or result.out.count(b"---") != 1:
        return result
    before, after = (counts(part) for part in result.out.decode().split("---"))
    if not set(before) & set(EXACT):
        return f"/proc/zcore counts nothing that we know: {before}"
    changed = {name: (before[name], after.get(name)) for name in EXACT
               if name in before and before[name] != after.get(name)}
    return f"{changed}" if changed else None


def tests(suite):
    suite.check(f"leaks/{ROUNDS} rounds", rounds)
    result = libos(ROOT / "build/guest/x86_64/generations", limit=120)
    suite.expect("leaks/1000 generations", result, 0, lambda out: b"not ok" not in out)
