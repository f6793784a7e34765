"""--strace against the host's strace(1): the same calls, shown alike."""
import difflib
import os
import re
import shutil
import tempfile

from harness import ROOT, clean_environment, libos, run, zcore

# What differs for good reason: how a program is started and placed, and what the machine is.
ELSEWHERE = re.compile(r"^(execve|l?getxattr|rseq|statx|sysinfo|uname|prctl|clone|rt_sigreturn)\(")
RULES = ((r"^(\[pid +\d+\]|\d+) +", ""), (r"^strace: Process \d+ attached$", ""),
         (r"0x[0-9a-f]{4,}", "ADDR"), (r" +=", " ="), (r"= \d+$", "= N"), (r"\b\d{2,}\b", "N"),
         (r"si_pid=\d+", "si_pid=N"), (r"(kill|wait4|set_tid_address)\(\d+", r"\1(N"),
         (r'getrandom\("(?:[^"\\]|\\.)*"(\.\.\.)?', 'getrandom("R"'), (r"^.*proc/filesystems.*$", ""),
         (r'^read\(3, "nodev.*$', ""))


def plain(text):
    """Lines without addresses, numbers and process ids."""
    lines = []
    for line in text.splitlines():
        for pattern, instead in RULES:
            line = re.sub(pattern, instead, line)
        if line and not ELSEWHERE.match(line):
            lines.append(line)
    return lines


def traces(program, folder):
    """What the host's strace writes, and ours."""
    theirs, ours = os.path.join(folder, "theirs"), os.path.join(folder, "ours")
    environment = clean_environment(HOME="/nonexistent")
    run(("strace", "-f", "-o", theirs, *program), env=environment)
    libos(*program, options=(f"--strace={ours}",), env=environment)
    with open(theirs, encoding="latin-1") as one, open(ours, encoding="latin-1") as other:
        return one.read(), other.read()


def alike(*program):
    """Every call in its order."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            theirs, ours = map(plain, traces(program, folder))
        differ = [line for line in difflib.ndiff(theirs, ours) if line[0] in "+-"]
        if len(theirs) < 20 or len(ours) < 20:
            return f"{len(theirs)} and {len(ours)} lines"
        return f"{differ[:6]}" if differ else None
    return test


def ends_alike():
    """Several processes: what is no call, and waits."""
    program = ("bash", "-c", "echo x | cat >/dev/null; (exit 3); bash -c 'kill -9 $$'; exit 5")
    wanted = re.compile(r"^(\+\+\+|--- SIG|wait4.*= N|<\.\.\. wait4 resumed)")
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = ({re.sub(r".*(?=\[\{WIF)", "", line) for line in plain(text)
                         if wanted.match(line)} for text in traces(program, folder))
    missing = {"+++ exited with 3 +++", "+++ killed by SIGKILL +++", "+++ exited with 5 +++"} - ours
    return f"{missing or ours ^ theirs}" if missing or ours != theirs else None


def overtaken():
    """A wait that others overtake is shown at once, and closed when it ends."""
    result = libos("dash", "-c", "sleep 0.1 & wait $!", options=("--strace",))
    text = result.err.decode()
    if not re.search(r"rt_sigsuspend\(\[.*\], 8 <unfinished \.\.\.>\n", text):
        return f"no unfinished wait: {text[-600:]}"
    resumed = re.search(r"<\.\.\. rt_sigsuspend resumed>\) += \? ERESTARTNOHAND .*\n"
                        r"--- SIGCHLD \{si_signo=SIGCHLD, si_code=CLD_EXITED,", text)
    return None if resumed else f"the wait does not end: {text[-600:]}"


# What tests/zircon/fifo.c asks for, with handles, counts, names, errors and times.
ZIRCON = (
    r"fifo_create\(8, 8, 0, \[0x[0-9a-f]+\], \[0x[0-9a-f]+\]\) += 0\n",
    r'thread_create\(0x[0-9a-f]+, "ztest", 5, 0, \[0x[0-9a-f]+\]\) += 0\n',
    r"strace: Thread \d+ attached\n",
    r"\[koid +\d+\] object_wait_one\(0x[0-9a-f]+, ZX_OBJECT_(READ|WRIT)ABLE, ZX_TIME_INFINITE, .*\n",
    r"fifo_read\(0x[0-9a-f]+, 8, 0x[0-9a-f]+, \d+, .*\) += -22 ZX_ERR_SHOULD_WAIT\n",
    r"handle_duplicate\(0x[0-9a-f]+, ZX_RIGHT_\w+(\|ZX_RIGHT_\w+)*, \[0x[0-9a-f]+\]\) += 0\n",
    r"thread_exit\((\) += \?\n| <unfinished \.\.\.>\n).*\+\+\+ ended \+\+\+\n",
)


def of_zircon():
    """A native program's calls, and a hybrid one's beside its Linux calls."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace")
        zcore("zircon", f"--strace={path}", ROOT / "build/user/x86_64/fifo")
        libos(ROOT / "build/hybrid/x86_64/fifo", options=("--zircon", f"--strace={path}.hybrid"))
        texts = []
        for name in (path, path + ".hybrid"):
            with open(name, encoding="latin-1") as file:
                texts.append(file.read())
    missing = [pattern for pattern in ZIRCON if not re.search(pattern, texts[0], re.S)]
    if missing:
        return f"native: {missing}"
    both = re.search(ZIRCON[0], texts[1]) and re.search(r"^exit_group\(0\) += \?$", texts[1], re.M)
    return None if both else f"hybrid: {texts[1][-600:]}"


def tests(suite):
    suite.check("strace/zircon", of_zircon)
    suite.check("strace/overtaken", overtaken)
    suite.expect("strace/interrupted", libos("dash", "-c", "(kill -USR1 $$) & sleep 0.1 | cat; wait",
                                             options=("--strace",)), 128 + 10, None,
                 lambda err: b"+++ killed by SIGUSR1 +++" in err
                 and b"--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=" in err)
    suite.expect("strace/unwritable file", libos("true", options=("--strace=/nonexistent/x",)), 125,
                 b"", lambda err: b"/nonexistent/x" in err)
    if not shutil.which("strace") or run(("strace", "true")).status != 0:
        return # it may not trace here
    with tempfile.TemporaryDirectory() as folder:
        for name in "abc":
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(name * 50)
        suite.check("strace/ls", alike("ls", folder))
        suite.check("strace/ls -l", alike("ls", "-ln", folder))
        suite.check("strace/cat", alike("cat", os.path.join(folder, "a")))
    suite.check("strace/ends", ends_alike)
