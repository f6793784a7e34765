#!/usr/bin/env python3
"""Which of the errors that Zircon documents for its calls come up in our cases.

usage: errors.py      the errors that no case meets, and the count

Every native program runs on the library OS under --strace, which shows what each call answered. errors.tsv has
the errors of each call, from Zircon's reference and the handles that it takes; errors_unmet.txt has those that
no case can meet, with the reason, and may only shrink.
"""
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import harness  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TABLE = harness.ROOT / "personality/zircon/syscalls.tbl"
ANSWER = re.compile(r"^(?:\[koid +\d+\] )?(?:<\.\.\. )?(\w+)(?:\(| resumed>).* = -\d+ ZX_ERR_(\w+)$", re.M)
CALL = re.compile(r"^([a-z]\w*) +\S+ +(?:plain|wait)", re.M)


def documented():
    """(call, error) pairs of the calls that there are."""
    calls = set(CALL.findall(TABLE.read_text()))
    rows = (line.split("\t") for line in (HERE / "errors.tsv").read_text().splitlines())
    return {(call, error) for call, errors in rows if call in calls for error in errors.split()}


def unmet():
    """(call, error): why no case meets it."""
    rows = (line.split(None, 2) for line in (HERE / "errors_unmet.txt").read_text().splitlines()
            if line and line[0] != "#")
    return {(call, error): reason for call, error, reason in rows}


def met(programs):
    """What the programs' calls answered."""
    pairs = set()
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            trace = pathlib.Path(folder) / program.name
            harness.zcore("zircon", f"--strace={trace}", program, stdin=b"typed\n")
            pairs |= set(ANSWER.findall(trace.read_text(encoding="latin-1")))
    return pairs


def compare(suite, programs):
    """One test for each documented error."""
    seen, known = met(programs), unmet()
    for pair in sorted(documented()):
        if pair in seen:
            why = f"met: take it out of errors_unmet.txt: {known[pair]}" if pair in known else None
        else:
            why = None if pair in known else "no case meets it"
        suite.report(f"errors/{pair[0]} {pair[1]}", why)
    for call, error in sorted(known.keys() - documented()):
        suite.report(f"errors/{call} {error}", "errors_unmet.txt names what is not documented")


def main():
    programs = sorted(path for path in (harness.ROOT / "build/user/x86_64").iterdir()
                      if (HERE / f"{path.name}.c").exists() and path.name not in ("ecam", "shutdown"))
    want, seen, known = documented(), met(programs), unmet()
    for call, error in sorted(want - seen):
        print(f"{call:34} {error:18} {known.get((call, error), '?')}")
    print(f"{len(want)} errors of {len({call for call, _ in want})} calls; met {len(want & seen)}")


if __name__ == "__main__":
    main()
