"""What a machine takes of the host: memory, processes; and that CPUs can be more than one."""
from groups.guest import Guest, tree
from harness import libos, zcore

MIB = 1 << 20
PYTHON = """
import mmap
m = mmap.mmap(-1, 500 << 20)
for i in range(0, 500 << 20, 4096): m[i] = 1
"""
ROUNDS = ('echo up; read x; i=0; while [ $i -lt 1000 ]; do sh -c "ls | wc -l" >/dev/null;'
          " i=$((i + 1)); done; echo done; read x")
CROWD = ('i=0; while [ $i -lt 20 ]; do (ls / | sort | wc -l) >/dev/null & i=$((i + 1)); done;'
         " wait; echo $i")
MOST_SPARES = 8


def small():
    """A small program takes little."""
    guest = Guest(("/bin/sh", "-c", "/bin/true; echo up; read x"))
    share = guest.share()
    guest.process.stdin.close()
    return guest.end([1]) or (None if share <= 16 * MIB else f"{share / MIB} MiB")


def given_back():
    """What a program has freed goes back to the host."""
    guest = Guest(("/bin/sh", "-c", f"echo up; python3 -c '{PYTHON}'; echo freed; read x"))
    guest.line()
    left = guest.memory()
    guest.process.stdin.close()
    return guest.end([1]) or (None if left < 128 * MIB else f"{left / MIB} MiB stay")


def processes():
    """1000 rounds leave as many host processes, but for spares, of which the kernel keeps a few."""
    guest = Guest(("/bin/sh", "-c", ROUNDS))
    before = len(guest.hosts)
    guest.process.stdin.write(b"\n")
    guest.process.stdin.flush()
    guest.line()
    guest.hosts = tree(guest.pid)
    after = len(guest.hosts)
    guest.process.stdin.write(b"\n")
    guest.process.stdin.flush()
    return guest.end([0]) or (None if after <= before + MOST_SPARES else f"{before}, then {after}")


def tests(suite):
    suite.check("small", small)
    suite.check("memory_given_back", given_back)
    suite.check("processes_constant", processes)
    for cpus in "1", "2", "4":
        suite.expect(f"selftest_{cpus}_cpus", zcore("run", "--cpus", cpus, "--selftest"),
                     out=None)
        suite.expect(f"crowd_{cpus}_cpus",
                     libos("sh", "-c", CROWD, options=("--cpus", cpus)), out=b"20\n")
