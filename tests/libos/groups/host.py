"""A host that does not allow what is needed: one line that says what, and status 125."""
from harness import ROOT, ZCORE, one_line, run

DENY = ROOT / "build/guest/x86_64/deny"
LIMITS = {"v": ("1000000", b"ulimit -v"), "f": ("1000", b"ulimit -f"), "n": ("24", b"ulimit -n")}
ANYBODY = ("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups")
SCRIPT = "ls / | grep -c '^usr$'; (exit 3); echo $?"
BY_FILTER = ("signal_faults", "single_step", "process", "thread")
# By a user whom RLIMIT_NPROC binds; root it does not.
CROWDED = "ulimit -u 1; exec " + f"{ZCORE} run true"


def refused(text):
    return lambda err: one_line(err) and text in err


def tests(suite):
    for letter, (limit, text) in LIMITS.items():
        suite.expect(f"host_ulimit_{letter}",
                     run(("sh", "-c", f"ulimit -{letter} {limit}; exec {ZCORE} run true")), 125, b"",
                     refused(text))
    suite.expect("host_ulimit_soft_is_raised",
                 run(("sh", "-c", f"ulimit -S -n 24; ulimit -S -v 1000000; exec {ZCORE} run echo x")), 0,
                 b"x\n")
    suite.expect("host_without_dispatch", run((DENY, "dispatch", ZCORE, "run", "sh", "-c", SCRIPT)), 0,
                 b"1\n3\n")
    for name in BY_FILTER:
        suite.expect(f"host_without_dispatch_{name}",
                     run((DENY, "dispatch", ZCORE, "run", DENY.parent / name)), 0,
                     lambda out: b"not ok" not in out)
    suite.expect("host_without_traps", run((DENY, "traps", ZCORE, "run", "true")), 125, b"",
                 refused(b"Syscall User Dispatch"))
    suite.expect("host_without_memfd", run((DENY, "memfd", ZCORE, "run", "true")), 125, b"",
                 refused(b"memfd_create"))
    suite.expect("host_without_mounts", run((DENY, "mounts", ZCORE, "run", "echo", "x")), 0, b"x\n")
    suite.expect("host_without_privileges", run((*ANYBODY, ZCORE, "run", "echo", "x")), 0, b"x\n")
    suite.expect("host_without_processes", run((*ANYBODY, "bash", "-c", CROWDED)), 125, b"",
                 lambda err: err.startswith(b"zcore: "))
