"""Programs of the host: shells, coreutils, busybox; fork, exec, pipes, files, signals, statuses."""
import os
import pathlib
import tempfile
import time

from harness import ROOT, host_processes, libos, one_line

# Name: the script, and what it prints.
SCRIPTS = {
    "builtin": ("echo hello", "hello\n"),
    "arithmetic": ("echo $((6 * 7))", "42\n"),
    "program": ("/bin/echo one two", "one two\n"),
    "many programs": ("for i in 1 2 3 4 5; do /bin/echo $i; done", "1\n2\n3\n4\n5\n"),
    "pipe": ("echo hello | tr a-z A-Z", "HELLO\n"),
    "long pipe": ("seq 1 20000 | sort -rn | head -n 1", "20000\n"),
    "pipe of four": ("seq 1 100 | grep 7 | sort -n | wc -l", "19\n"),
    "large pipe": ("head -c 1000000 /dev/zero | wc -c", "1000000\n"),
    "pipe's status": ("false | true; echo $?; true | false; echo $?", "0\n1\n"),
    "reader ends first": ("yes | head -n 2", "y\ny\n"),
    "substitution": ("echo $(echo $(echo deep))", "deep\n"),
    "here document": ("cat <<END\nline $((1 + 1))\nEND\n", "line 2\n"),
    "redirection": ("cd /tmp; echo a >f; echo b >>f; cat <f; wc -l <f", "a\nb\n2\n"),
    "descriptors": ("exec 3>/tmp/g; echo x >&3; exec 3>&-; cat /tmp/g", "x\n"),
    "stderr": ("ls /nonexistent 2>&1 >/dev/null | grep -c nonexistent", "1\n"),
    "subshell": ("x=1; (x=2; exit 7); echo $x $?", "1 7\n"),
    "background": ("sleep 0.01 & wait $!; echo $?", "0\n"),
    "two at once": ("(exit 3) & a=$!; (exit 4) & b=$!; wait $a; echo $?; wait $b; echo $?",
                    "3\n4\n"),
    "exec": ("exec echo replaced; echo never", "replaced\n"),
    "not found": ("nonexistent-command 2>/dev/null; echo $?", "127\n"),
    "not executable": ("/etc/passwd 2>/dev/null; echo $?", "126\n"),
    "killed child": ("exec 2>/dev/null; sh -c 'kill -9 $$'; echo $?", "137\n"),
    "trap": ("trap 'echo caught' USR1; kill -USR1 $$; echo after", "caught\nafter\n"),
    "trap at exit": ("trap 'echo bye' EXIT; exit 0", "bye\n"),
    "ignored signal": ("trap '' TERM; kill -TERM $$; echo alive", "alive\n"),
    "sleep is interrupted": ("exec 2>/dev/null; sleep 100 & kill $!; wait $!; echo $?", "143\n"),
    "files": ("mkdir -p /tmp/d/e; touch /tmp/d/e/f; mv /tmp/d/e/f /tmp/d/g; ls /tmp/d; "
              "rm -r /tmp/d; ls -d /tmp/d 2>/dev/null || echo gone", "e\ng\ngone\n"),
    "links": ("cd /tmp; echo x >a; ln a b; ln -s a c; cat b c; readlink c", "x\nx\na\n"),
    "modes": ("cd /tmp; umask 027; >m; stat -c %a m; chmod 751 m; stat -c %a m", "640\n751\n"),
    "host file changed": ("echo changed >/etc/hostname; cat /etc/hostname", "changed\n"),
    "host file removed": ("rm /etc/hostname; ls /etc/hostname 2>/dev/null || echo gone", "gone\n"),
    "null": ("cat </dev/null | wc -c; echo x >/dev/null", "0\n"),
    "zero": ("head -c 3 /dev/zero | od -An -tx1", " 00 00 00\n"),
    "fifo": ("mkfifo /tmp/p; echo through >/tmp/p & cat /tmp/p", "through\n"),
    "pid and parent": ("echo $$ $PPID", "2 1\n"),
    "script": ("printf '#!/bin/sh\\necho $1\\n' >/tmp/s; chmod +x /tmp/s; /tmp/s arg", "arg\n"),
    "proc": ("readlink /proc/self/exe | grep -c bin/", "1\n"),
    "sort of much": ("seq 1 5000 | sort | md5sum | wc -c", "36\n"),
}

STATUSES = {
    "exit 0": ("exit 0", 0),
    "exit 3": ("exit 3", 3),
    "exit 255": ("exit 255", 255),
    "SIGHUP": ("kill -HUP $$", 129),
    "SIGINT": ("kill -INT $$", 130),
    "SIGABRT": ("kill -ABRT $$", 134),
    "SIGKILL": ("kill -KILL $$", 137),
    "SIGSEGV": ("kill -SEGV $$", 139),
    "SIGPIPE": ("kill -PIPE $$", 141),
    "SIGTERM": ("kill -TERM $$", 143),
}

SHELLS = (("/bin/dash",), ("/bin/bash",), ("/bin/busybox", "sh"))


def programs(suite):
    suite.expect("basics/echo", libos("/bin/echo", "hello"), 0, b"hello\n")
    suite.expect("basics/search in PATH", libos("echo", "hello"), 0, b"hello\n")
    suite.expect("basics/static", libos("/bin/busybox", "echo", "hello"), 0, b"hello\n")
    suite.expect("basics/empty argument", libos("printf", "[%s]", "", "a b"), 0, b"[][a b]")
    suite.expect("basics/bash", libos("/bin/bash", "-c", "a=(1 2 3); echo ${#a[@]} ${a[@]:1}"), 0,
                 b"3 2 3\n")
    suite.expect("basics/many arguments", libos("sh", "-c", "echo $#", "sh", *map(str, range(2000))),
                 0, b"2000\n")


def failures(suite):
    with tempfile.TemporaryDirectory() as folder:
        plain, garbage = pathlib.Path(folder, "plain"), pathlib.Path(folder, "garbage")
        plain.write_text("text\n")
        garbage.write_bytes(bytes(range(256)))
        garbage.chmod(0o755)
        for name, program, status in (("missing", "/nonexistent", 127),
                                      ("not in PATH", "nonexistent-command", 127),
                                      ("below a file", "/etc/passwd/x", 127),
                                      ("a directory", "/etc", 126),
                                      ("without permission", plain, 126),
                                      ("no program at all", garbage, 126)):
            suite.expect(f"basics/{name}", libos(program), status, b"", one_line)


def surroundings(suite):
    suite.expect("basics/environment", libos("sh", "-c", "echo $A-$B", env={
        "PATH": "/bin", "A": "1", "B": "x y"}), 0, b"1-x y\n")
    suite.expect("basics/no environment", libos("/usr/bin/env", env={}), 0, b"")
    suite.expect("basics/directory", libos("pwd", cwd="/usr/share"), 0, b"/usr/share\n")
    suite.expect("basics/relative program", libos("./busybox", "echo", "x", cwd="/bin"), 0, b"x\n")
    ids = f"{os.getuid()} {os.getgid()}\n".encode()
    suite.expect("basics/ids", libos("sh", "-c", "echo $(id -u) $(id -g)"), 0, ids)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "bin").mkdir()
        pathlib.Path(folder, "bin/busybox").write_bytes(pathlib.Path("/bin/busybox").read_bytes())
        pathlib.Path(folder, "bin/busybox").chmod(0o755)
        root = ("--root", folder)
        suite.expect("basics/another root", libos("busybox", "ls", "/", options=root), 0,
                     lambda out: out.split() == [b"bin", b"dev", b"proc", b"sys"])
        suite.expect("basics/directory that the root lacks",
                     libos("busybox", "pwd", options=root, cwd=ROOT), 0, b"/\n")


def host_is_unchanged():
    before = pathlib.Path("/etc/passwd").read_bytes()
    name = f"/tmp/zcore-test-{os.getpid()}"
    result = libos("sh", "-c", f"echo x >/etc/passwd; echo x >{name}; cat /etc/passwd {name}")
    if result.out != b"x\nx\n":
        return result
    if pathlib.Path("/etc/passwd").read_bytes() != before:
        return "a host file has changed"
    return "a host file was made" if os.path.exists(name) else None


def left_behind():
    """What the program leaves behind is killed, and we end at once."""
    before = host_processes("zcore-")
    began = time.monotonic()
    result = libos("sh", "-c", "sleep 1000 & sleep 1000 | cat & echo started")
    if (result.status, result.out) != (0, b"started\n"):
        return result
    if time.monotonic() - began > 30:
        return "it took its time"
    while host_processes("zcore-") - before:
        if time.monotonic() - began > 40:
            return "host processes are left"
        os.sched_yield()
    return None


def tests(suite):
    programs(suite)
    failures(suite)
    surroundings(suite)
    for shell in SHELLS:
        name = os.path.basename(shell[0])
        for title, (script, out) in SCRIPTS.items():
            suite.expect(f"basics/{name}/{title}", libos(*shell, "-c", script), 0, out.encode())
    for title, (script, status) in STATUSES.items():
        suite.expect(f"basics/status/{title}", libos("sh", "-c", script), status, b"")
    suite.check("basics/host is unchanged", host_is_unchanged)
    suite.check("basics/left behind", left_behind)
