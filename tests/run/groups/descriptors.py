"""Descriptors 0, 1 and 2 are the caller's own, as what they are."""
import os
import signal
import subprocess
import tempfile

from harness import LIMIT, ZCORE, converse, libos

RUN = (str(ZCORE), "run", "--")


def file_offset():
    """Read from where it stands, and left where the program left it."""
    with tempfile.TemporaryFile() as file:
        file.write(b"0123456789")
        file.flush()
        os.lseek(file.fileno(), 4, os.SEEK_SET)
        result = libos("head", "-c", "3", stdin=file)
        place = os.lseek(file.fileno(), 0, os.SEEK_CUR)
    if result.out != b"456":
        return result
    return None if place > 4 else f"the offset is {place}"


def device():
    """One of the host's has the numbers that it has there."""
    result = libos("stat", "-L", "-c", "%t:%T", "/dev/stdin", stdin=subprocess.DEVNULL)
    return None if result.out == b"1:3\n" else result


def ignored_signals():
    """As by nohup."""
    result = libos("grep", "SigIgn", "/proc/self/status",
                   preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    numbers = result.out.split()
    return None if len(numbers) == 2 and int(numbers[1], 16) & 1 else result


def appended():
    with tempfile.TemporaryFile() as file:
        file.write(b"before\n")
        file.flush()
        result = libos("sh", "-c", "echo 1; echo 2", stdout=file)
        file.seek(0)
        data = file.read()
    return None if (result.status, data) == (0, b"before\n1\n2\n") else f"{result}, file {data}"


def broken_pipe():
    """Nobody reads any more: SIGPIPE."""
    with subprocess.Popen([*RUN, "yes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        try:
            status = process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            return "it goes on writing"
        return None if status == 141 else f"status {status}"


def stopped():
    """No shell of the guest's sees its stop: the one that started us does."""
    with subprocess.Popen([*RUN, "sh", "-c", "kill -STOP $$; echo on"],
                          stdout=subprocess.PIPE) as process:
        _, how = os.waitpid(process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(how):
            return f"it did not stop, but ended: {how:#x}"
        process.send_signal(signal.SIGCONT)
        out = process.stdout.read()
        return None if (process.wait(LIMIT), out) == (0, b"on\n") else f"it wrote {out}"


def closed(script, fd, status):
    def test():
        result = libos("sh", "-c", script, preexec_fn=lambda: os.close(fd),
                       stdin=subprocess.DEVNULL)
        return None if result.status == status else result
    return test


def terminal(suite):
    suite.expect("descriptors/terminal", converse(
        (*RUN, "sh", "-c", "test -t 0 && test -t 1 && echo yes")), 0, b"yes\r\n")
    suite.expect("descriptors/terminal echoes", converse(
        (*RUN, "sh", "-c", "echo ready; head -n 1"), (b"ready", b"abc\r")), 0,
        b"ready\r\nabc\r\nabc\r\n")
    suite.expect("descriptors/terminal interrupt", converse(
        (*RUN, "sh", "-c", "echo ready; read x"), (b"ready", b"\x03")), 130, b"ready\r\n^C")
    suite.expect("descriptors/terminal end of file", converse(
        (*RUN, "sh", "-c", "echo ready; cat; echo end"), (b"ready", b"\x04")), 0,
        b"ready\r\nend\r\n")
    suite.expect("descriptors/interactive shell", converse(
        (*RUN, "env", "PS1=> ", "dash", "-i"), (b"> ", b"echo $((1+1))\r"), (b"\r\n2\r\n", b"exit 5\r")),
        5, lambda out: b"\r\n2\r\n" in out)
    # exec: dash forks by vfork, and a child that stops before its exec holds its parent, on Linux too.
    suite.expect("descriptors/job control", converse(
        (*RUN, "env", "PS1=> ", "TERM=dumb", "bash", "--norc", "-i"),
        (b"> ", b"sh -c 'printf %s%s up now; exec sleep 1000'\r"), (b"upnow", b"\x1a"),
        (b"Stopped", b"jobs\r"), (b"jobs\r\n[1]+  Stopped", b"kill %1; wait; exit 4\r")),
        4, lambda out: b"jobs\r\n[1]+  Stopped" in out)


def tests(suite):
    everything = bytes(range(256)) * 300
    suite.expect("descriptors/input by a pipe", libos("cat", stdin=everything), 0, everything)
    suite.expect("descriptors/empty input", libos("cat", stdin=b""), 0, b"")
    suite.expect("descriptors/null", libos("cat", stdin=subprocess.DEVNULL), 0, b"")
    suite.expect("descriptors/two readers", libos("sh", "-c", "cat; cat", stdin=b"once\n"), 0,
                 b"once\n")
    suite.expect("descriptors/shell reads a script", libos("sh", stdin=b"echo a\necho b\n"), 0,
                 b"a\nb\n")
    suite.expect("descriptors/stderr apart", libos("sh", "-c", "echo out; echo err >&2"), 0,
                 b"out\n", b"err\n")
    suite.expect("descriptors/no terminal", libos("sh", "-c", "test -t 0 || test -t 1 || echo no"),
                 0, b"no\n")
    suite.check("descriptors/file's offset", file_offset)
    suite.check("descriptors/output is appended", appended)
    suite.check("descriptors/device", device)
    suite.check("descriptors/ignored signals", ignored_signals)
    suite.check("descriptors/broken pipe", broken_pipe)
    suite.check("descriptors/stopped", stopped)
    suite.check("descriptors/closed input", closed("cat 2>/dev/null", 0, 1))
    suite.check("descriptors/closed output", closed("echo x 2>/dev/null", 1, 1))
    suite.check("descriptors/closed error", closed("echo x >&2", 2, 2))
    with open("/dev/full", "wb") as full:
        result = libos("/bin/echo", "x", stdout=full)
        suite.report("descriptors/full", None if result.status == 1 else result)
    terminal(suite)
