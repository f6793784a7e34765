"""Everything at once, as fast as it goes, on more CPUs than the host may have; then the kernel holds
what it held before."""
import os

from harness import libos

COUNTERS = ("slab_objects", "objects", "tasks", "processes", "vmos", "inodes", "dentries")
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
round() { bash -c "$LOOPS" 2>/dev/null; cat /proc/zcore; echo end; }
round; round; round
"""


def judge(result):
    """The first round has warmed the caches."""
    rounds = result.out.decode(errors="replace").split("end\n")
    if result.status != 0 or len(rounds) != 4:
        return str(result)
    lines = [line.split() for text in rounds for line in text.splitlines()]
    strange = [line[0] for line in lines if len(line) != 2]
    counts = [dict(line.split() for line in text.splitlines()) for text in rounds[1:3]] \
        if not strange else [{}, {}]
    grown = [f"{name} {counts[0].get(name)} -> {counts[1].get(name)}" for name in COUNTERS
             if counts[0].get(name) != counts[1].get(name)]
    return "; ".join(strange + grown) or None


def tests(suite):
    environment = {**os.environ, "LOOPS": LOOPS}
    for cpus in 2, 4:
        suite.check(f"mix, {cpus} CPUs", lambda cpus=cpus: judge(
            libos("/bin/dash", "-c", SCRIPT, options=(f"--cpus={cpus}",), env=environment, limit=120)))
