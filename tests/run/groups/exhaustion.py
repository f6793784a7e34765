"""A small machine whose programs want more than there is: an error, or the end of one of them."""
from harness import ROOT, libos

EXHAUST = ROOT / "build/guest/x86_64/exhaust"
MEMORY = ("--mem=64M",)
# What is used up, and what the program hears.
WANTED = {"processes": b"EAGAIN\n", "pipes": b"ENOMEM\n", "events": b"ENOMEM\n",
          "sockets": b"ENOMEM\n", "epolls": b"ENOMEM\n", "inodes": b"ENOMEM\n",
          "timers": b"EAGAIN\n"}


def tests(suite):
    for thing, wanted in WANTED.items():
        suite.expect(f"exhaustion/{thing}", libos(EXHAUST, thing, options=MEMORY, limit=60), 0,
                     wanted, err=None)
    suite.expect("exhaustion/pages", libos(EXHAUST, "pages", options=MEMORY, limit=60), 0,
                 b"signal 9\n", lambda err: b"out of memory: killed process" in err)
