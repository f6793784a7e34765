"""Everything at once, as fast as it goes, on more CPUs than the host may have; then the kernel holds
what it held before."""
from harness import libos

COUNTERS = ("slab_objects", "objects", "tasks", "processes", "vmos", "inodes", "dentries")
# Each loop says nothing unless it is wrong.
SCRIPT = r"""
busy() { for r in $(seq 40); do for ((i = 0; i < 3000; i++)); do :; done; done; }
forks() { for r in $(seq 25); do
    for i in 1 2 3 4 5 6 7 8; do (exit $i) & pids[i]=$!; done
    for i in 1 2 3 4 5 6 7 8; do wait ${pids[i]}; [ $? = $i ] || echo "status of $i"; done
    [ "$(echo $(echo hi))" = hi ] || echo substitution
done; }
pipes() { for r in $(seq 20); do
    [ "$(seq 5000 | cat | sort -n | tail -n 1)" = 5000 ] || echo sorted
    [ "$(head -c 1000000 /dev/zero | tr '\0' x | wc -c)" = 1000000 ] || echo counted
done; }
kills() { for r in $(seq 30); do
    sleep 100 & kill -STOP $!; kill -CONT $!; kill $!; wait $!; [ $? = 143 ] || echo killed
    timeout 0.01 cat /dev/zero >/dev/null
done; }
everything() { busy & busy & forks & forks & pipes & pipes & kills & wait; }
exec 2>/dev/null
>/tmp/before; >/tmp/after
everything
cat /proc/zcore >/tmp/before
everything
cat /proc/zcore >/tmp/after
cat /tmp/before; echo; cat /tmp/after
"""


def judge(result):
    before, _, after = result.out.decode(errors="replace").partition("\n\n")
    if result.status != 0 or not after:
        return str(result)
    counts = [dict(line.rsplit(None, 1) for line in part.splitlines() if " " in line)
              for part in (before, after)]
    grown = [f"{name} {counts[0].get(name)} -> {counts[1].get(name)}" for name in COUNTERS
             if counts[0].get(name) != counts[1].get(name)]
    strange = [line for line in before.splitlines() if " " not in line]
    return "; ".join(grown + strange) or None


def tests(suite):
    for cpus in 2, 4:
        suite.check(f"mix, {cpus} CPUs", lambda cpus=cpus: judge(
            libos("/bin/bash", "-c", SCRIPT, options=(f"--cpus={cpus}",), limit=120)))
