"""Everything at once, as fast as it goes, on more CPUs than the host may have; then the kernel holds
what it held before."""
import os
import re

from harness import libos

COUNTERS = ("slab_objects", "objects", "tasks", "processes", "vmos", "inodes", "dentries")
# Calls that are under way: the reader's, and its parent's if he has come to wait for it by then.
FRAMES = 2
CACHE = re.compile(r"^(\S+) +(\d+) .*: tunables", re.M)
# Each loop says nothing unless it is wrong.
LOOPS = r"""
busy() { for r in {1..10}; do for ((i = 0; i < 3000; i++)); do :; done; done; }
forks() { for r in {1..8}; do
    for i in 1 2 3 4 5 6 7 8; do (exit $i) & pids[i]=$!; done
    for i in 1 2 3 4 5 6 7 8; do wait ${pids[i]}; [ $? = $i ] || echo status; done
    [ "$(echo $(echo hi))" = hi ] || echo substitution
done; }
pipes() { for r in {1..6}; do
    [ "$(seq 5000 | cat | sort -n | tail -n 1)" = 5000 ] || echo sorted
    [ "$(head -c 1000000 /dev/zero | tr '\0' x | wc -c)" = 1000000 ] || echo counted
done; }
kills() { for r in {1..10}; do
    sleep 100 & kill -STOP $!; kill -CONT $!; kill $!; wait $!; [ $? = 143 ] || echo killed
    timeout 0.01 cat /dev/zero >/dev/null
done; }
busy & busy & forks & forks & pipes & pipes & kills & wait
"""
# The counting shell is small and does the same both times, so that it needs no more memory.
SCRIPT = """
round() { bash -c "$LOOPS" 2>/dev/null; cat /proc/zcore; echo ---; cat /proc/slabinfo; echo end; }
round; round; round
"""


def judge(result):
    """The first round has warmed the caches."""
    rounds = result.out.decode(errors="replace").split("end\n")
    parts = [text.split("---\n") for text in rounds[:-1]]
    if result.status != 0 or [len(part) for part in parts] != [2, 2, 2]:
        return str(result)
    lines = [line.split() for counters, _ in parts for line in counters.splitlines()]
    strange = [" ".join(line) for line in lines if len(line) != 2]
    if strange:
        return "; ".join(strange)
    before, after = (dict(line.split() for line in counters.splitlines()) for counters, _ in parts[1:])
    grown = [f"{name} {before.get(name)} -> {after.get(name)}" for name in COUNTERS
             if before.get(name) != after.get(name)]
    if int(after["frames"]) > FRAMES:
        grown.append(f"{after['frames']} frames")
    slabs = sorted({*CACHE.findall(parts[1][1])} ^ {*CACHE.findall(parts[2][1])})
    return f"{'; '.join(grown)} {slabs}" if grown else None


def tests(suite):
    environment = {**os.environ, "LOOPS": LOOPS}
    for cpus in 2, 4:
        suite.check(f"mix, {cpus} CPUs", lambda cpus=cpus: judge(
            libos("/bin/dash", "-c", SCRIPT, options=(f"--cpus={cpus}",), env=environment, limit=120)))
