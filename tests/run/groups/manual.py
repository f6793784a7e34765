"""The manual: what it says of options is what --help says, and its examples run."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from harness import ROOT, clean_environment, run, zcore

PAGES = sorted((ROOT / "docs/man").glob("*.1"))
COMPLETION = """
source tools/completion/zcore
zcore() { build/zcore "$@"; }
COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _zcore; printf '%%s\\n' "${COMPREPLY[@]}"
"""


def command_of(page):
    return page.stem.split("-")[1:]


def options_of_help(command):
    return set(re.findall(r"^ +(?:-., )?(--[a-z-]+)", zcore(*command, "--help").out.decode(), re.M))


def options_of_page(page):
    return {f"--{name}" for name in
            re.findall(r"^\.It Fl (?:\S+ , )?-([a-z-]+)", page.read_text(), re.M)}


def same_options(page):
    def test():
        told, written = options_of_help(command_of(page)), options_of_page(page)
        missing, unknown = told - written, written - told
        return f"not in the page: {missing}; not in --help: {unknown}" if missing | unknown else None
    return test


def lint(page):
    def test():
        result = run(("man", "--warnings", "-l", "-E", "UTF-8", "-P", "cat", page))
        return result if result.status != 0 or result.err or not result.out else None
    return test


def examples(page):
    text = page.read_text()
    return re.findall(r"^zcore .*", text.partition(".Bd -literal")[2].partition(".Ed")[0], re.M)


def run_example(line):
    """In a scratch directory with a makefile."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            for name in ("zcore", "user"):
                os.makedirs(os.path.join(folder, "build"), exist_ok=True)
                os.symlink(ROOT / "build" / name, os.path.join(folder, "build", name))
            pathlib.Path(folder, "Makefile").write_text("all:\n\techo made >made\n")
            environment = clean_environment(PATH=f"{folder}/build:/usr/sbin:/usr/bin:/sbin:/bin")
            result = run(("sh", "-c", line), cwd=folder, env=environment, limit=120)
        return result if result.status != 0 or not result.out else None
    return test


def completes(words, wanted):
    def test():
        got = run(("bash", "-c", COMPLETION % " ".join(map(shlex.quote, words)))).out.decode().split()
        return None if set(wanted) <= set(got) else f"{words}: {got}"
    return test


def installs():
    """Everything lands below DESTDIR, works there, and goes again."""
    with tempfile.TemporaryDirectory() as folder:
        make = ("make", "-s", f"DESTDIR={folder}", "PREFIX=/usr")
        if subprocess.run((*make, "install"), check=False, stdout=subprocess.DEVNULL).returncode:
            return "make install fails"
        files = {str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*")
                 if path.is_file()}
        missing = {"usr/bin/zcore", "usr/share/man/man1/zcore.1", "usr/share/doc/zcore/LICENSE",
                   "usr/share/man/man1/zcore-run.1", "usr/share/zcore/zcore.py",
                   "usr/share/bash-completion/completions/zcore"} - files
        if missing:
            return f"missing: {missing}"
        result = run((f"{folder}/usr/bin/zcore", "run", "echo", "x"), cwd="/")
        if result.out != b"x\n":
            return result
        subprocess.run((*make, "uninstall"), check=True, stdout=subprocess.DEVNULL)
        left = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
        return f"left: {left}" if left else None


def reference(personality):
    """The generated page is of the table as it is, and says what is missing."""
    def test():
        made = run((ROOT / "tools/gen-syscalls", f"personality/{personality}/syscalls.tbl", "docs")).out
        if made != (ROOT / f"docs/syscalls-{personality}.md").read_bytes():
            return "run `make docs`"
        return None if b"| no |" in made else "nothing is missing?"
    return test


def missing_call():
    """The first use of a call that we lack is a line of the log; each counts."""
    code = ("import ctypes; call = ctypes.CDLL(None, use_errno=True).syscall;"
            "print([(call(177), ctypes.get_errno()) for _ in range(3)])")
    count = "grep calls_missing /proc/zcore"
    result = zcore("run", "--log=info", "sh", "-c", f'{count}; python3 -c "{code}"; {count}')
    counts = [int(number) for number in re.findall(rb"calls_missing (\d+)", result.out)]
    lines = result.err.count(b"linux: call 177 (get_kernel_syms) is not implemented")
    if lines != 1 or result.out.count(b"(-1, 38)") != 3 or len(counts) != 2:
        return f"{lines} lines: {result}"
    return None if counts[1] - counts[0] >= 3 else f"{counts}"


def tests(suite):
    for personality in "linux", "zircon":
        suite.check(f"manual/reference of {personality}", reference(personality))
    suite.check("manual/missing call", missing_call)
    for page in PAGES:
        suite.check(f"manual/{page.stem}/options", same_options(page))
        if shutil.which("man"):
            suite.check(f"manual/{page.stem}/lint", lint(page))
        for line in examples(page):
            suite.check(f"manual/{page.stem}/{line}", run_example(line))
    suite.check("manual/completion of commands", completes(("zcore", ""), ("run", "qemu", "zircon")))
    suite.check("manual/completion of options", completes(("zcore", "run", "--c"),
                                                          ("--cpus", "--cwd", "--clear-env")))
    suite.check("manual/completion of values", completes(("zcore", "qemu", "--arch", "=", "r"),
                                                         ("riscv64",)))
    suite.check("manual/install", installs)
