"""Directories of the host that the guest changes: --rw, --bind, --overlay, and their refusals."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from harness import LIMIT, ROOT, ZCORE, libos, one_line

GIT = "git init -q . && git config user.email a@b && git config user.name n && " \
      "git add -A && git commit -qm one && git status --short && git log --oneline | wc -l"


def sh(script, *options, **more):
    return libos("bash", "-c", script, options=options, **more)


def host(script, directory):
    return subprocess.run(["bash", "-c", script], cwd=directory, check=False, timeout=LIMIT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def binds(suite, directory):
    def bound(script, *more):
        return sh(script, "--bind", ".", *more, cwd=directory)

    suite.expect("a file is made", bound("echo one >f; cat f; echo two >>f"), out=b"one\n")
    suite.expect("its text is on the host", sh("true"), out=b"")
    suite.report("the host has it", None if (directory / "f").read_text() == "one\ntwo\n"
                 else (directory / "f").read_text())
    suite.expect("names", bound("mkdir d; mv f d/g; ln d/g d/h; ln -s g d/s; cat d/s; rm d/h; "
                                "chmod 640 d/g; stat -c %a:%h d/g"),
                 out=b"one\ntwo\n640:1\n")
    suite.report("names on the host", wrong(host("ls d; readlink d/s; stat -c %a d/g", directory),
                                            b"g\ns\ng\n640\n"))
    (directory / "a.c").write_text("#include <stdio.h>\nint main(void) { return !puts(\"hi\"); }\n")
    suite.expect("gcc", bound("gcc -o a a.c && ./a"), out=b"hi\n")
    suite.report("the host runs it", wrong(host("./a", directory), b"hi\n"))
    suite.expect("git", bound(GIT), out=b"1\n")
    suite.report("the host's git agrees", wrong(host("git fsck && git status --short", directory),
                                                b""))
    suite.expect("renames", bound("mkdir r; for i in $(seq 200); do echo $i >r/a; mv r/a r/b; "
                                  "mv r/b r/$((i % 7)); done; cat r/* | wc -l; "
                                  "mv r q; ls q | wc -l; rm -r q; ls -d q 2>/dev/null"),
                 status=2, out=b"7\n7\n")
    suite.expect("many at once", bound(
        "mkdir m; for j in 1 2 3 4; do (for i in $(seq 50); do echo $j.$i >m/$j.$i; "
        "mv m/$j.$i m/x$j.$i; done) & done; wait; ls m | wc -l; rm -r m"), out=b"200\n")


def programs(suite, directory):
    """What is true of files in memory is true of those on the host."""
    for name in ("attributes", "files", "nameless", "names", "reopen"):
        shutil.copy(ROOT / "build/guest/x86_64" / name, directory) # /tmp may be where we are built
        suite.expect(f"{name} on the host", libos(f"/tmp/{name}", options=(f"--bind={directory}:/tmp",)),
                     out=lambda text: b"not ok" not in text and b"ok" in text)


def refusals(suite, directory):
    (directory / "f").write_text("text\n")
    where = f"{directory}:/mnt/there:ro"
    suite.expect("read-only", sh("cat /mnt/there/f; echo x >/mnt/there/f; rm /mnt/there/f; "
                                 "mkdir /mnt/there/d", "--bind", where),
                 status=1, out=b"text\n",
                 err=lambda text: text.count(b"Read-only file system") == 3)
    suite.expect("one file", sh("echo more >>/etc/new/f; cat /etc/new/f", "--bind",
                                f"{directory}/f:/etc/new/f"), out=b"text\nmore\n")
    suite.report("one file on the host", wrong((directory / "f").read_bytes(), b"text\nmore\n"))
    (directory / "full").mkdir()
    suite.expect("what is not bound stays", sh(f"rm -r {directory}/full; ls -d {directory}/full "
                                               "2>/dev/null || echo gone"), out=b"gone\n")
    suite.report("the host has it still", None if (directory / "full").is_dir() else "it is gone")
    for name, options in {
            "--bind of nothing": ("--bind", f"{directory}/none"),
            "--bind of a device": ("--bind", "/dev/null"),
            "--bind with a relative GUEST": ("--bind", f"{directory}:there"),
            "--overlay of nothing": ("--overlay", f"{directory}/none"),
            "--overlay with --rw": ("--overlay", str(directory), "--rw"),
    }.items():
        suite.expect(name, sh("true", *options), status=125, err=one_line)


def coherence(suite, directory):
    """The host's change between two opens is seen, by sizes that are equal, too."""
    (directory / "f").write_text("aaaa\n")
    (directory / "go").unlink(missing_ok=True)
    process = subprocess.Popen([ZCORE, "run", "--bind", ".", "--", "bash", "-c",
                                "cat f; read line; cat f"], cwd=directory,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    first = process.stdout.readline()
    (directory / "f").write_text("bbbb\n")
    rest = process.communicate(b"\n", timeout=LIMIT)[0]
    suite.report("changed between opens", wrong(first + rest, b"aaaa\nbbbb\n"))


def killed(suite, directory):
    """What was synced is there when the launcher is killed."""
    script = "dd if=/dev/zero of=z bs=1000 count=100 conv=fsync 2>/dev/null; echo done; sleep 100"
    process = subprocess.Popen([ZCORE, "run", "--bind", ".", "--", "bash", "-c", script],
                               cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    said = process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(LIMIT)
    process.stdout.close()
    suite.report("killed after fsync", wrong((said, (directory / "z").stat().st_size),
                                             (b"done\n", 100000)))


MAPPED = """
import mmap, os, time
file = os.open("map", os.O_RDWR | os.O_CREAT, 0o644)
os.ftruncate(file, 10000)
view = mmap.mmap(file, 10000)
view[5000:5006] = b"synced"
view.flush()
print("done", flush=True)
%s
"""


def mapped(suite, directory):
    """What is written through a mapping: by msync, and when all ends."""
    want = bytes(5000) + b"synced" + bytes(4994)
    process = subprocess.Popen([ZCORE, "run", "--bind", ".", "--", "python3", "-c",
                                MAPPED % "time.sleep(100)"],
                               cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(LIMIT)
    process.stdout.close()
    suite.report("killed after msync", wrong((directory / "map").read_bytes(), want))
    suite.expect("the machine ends", libos("python3", "-c", MAPPED % "view[0:4] = b'last'",
                                           options=("--bind", "."), cwd=directory), out=b"done\n")
    suite.report("and the host has it all", wrong((directory / "map").read_bytes(),
                                                  b"last" + want[4:]))


OVERLAY = ("echo new >new; echo more >>old; rm gone; mv moved there; mkdir dir/sub; "
           "rm -r tree; mkdir tree; echo x >tree/x; ln new new2; ln -s new link; chmod 600 mode")
SHOWN = ("cat new old new2 link; ls; ls dir tree; stat -c %a mode; cat there; stat -c %h new")


def overlay(suite, directory):
    lower, upper = directory / "lower", directory / "upper"
    for path in (lower / "dir", lower / "tree/deep", upper):
        path.mkdir(parents=True)
    for name in ("old", "gone", "moved", "mode", "dir/a", "tree/deep/b"):
        (lower / name).write_text(name + "\n")
    before = host("find . | sort; cat old", lower)
    options = ("--overlay", upper)
    suite.expect("changes", sh(OVERLAY, *options, cwd=lower), out=b"")
    suite.report("the lower layer is as it was", wrong(host("find . | sort; cat old", lower), before))
    want = (b"new\nold\nmore\nnew\nnew\n"
            b"dir\nlink\nmode\nnew\nnew2\nold\nthere\ntree\n"
            b"dir:\na\nsub\n\ntree:\nx\n600\nmoved\n2\n")
    suite.expect("they are there in the next run", sh(SHOWN, *options, cwd=lower), out=want)
    suite.expect("and can be taken back", sh("rm -r *; ls; echo a >gone; ls", *options, cwd=lower),
                 out=b"gone\n")
    suite.expect("which is kept, too", sh("ls; cat gone", *options, cwd=lower), out=b"gone\na\n")
    suite.expect("without it all is as before", sh("ls", cwd=lower),
                 out=b"dir\ngone\nmode\nmoved\nold\ntree\n")
    suite.expect("a program in it", sh("cp /bin/true t; ./t && echo ran; gcc --version | wc -l",
                                       *options, cwd=lower),
                 out=lambda text: text.startswith(b"ran\n"))


def memory(suite, directory):
    """The page cache gives way: files that are larger than memory by far."""
    large = directory / "large"
    with large.open("wb") as file:
        for _ in range(300):
            file.write(os.urandom(4096) * 256)
    want = host("md5sum <large", directory)
    suite.expect("files larger than memory", sh(f"md5sum <{large}; md5sum <{large}",
                                                "--mem", "64M"), out=2 * want)
    large.unlink()


def full(suite, directory):
    """Files in memory leave programs a part of it."""
    out = sh("dd if=/dev/zero of=big bs=1M count=100 2>&1 | grep -o 'No space left'; "
             "df --output=avail / | tail -n1; rm big; echo more >small; cat small",
             "--mem", "64M", cwd=directory)
    suite.expect("memory is full of files", out, out=lambda text: text.split() ==
                 b"No space left 0 more".split())


def wrong(got, wanted):
    return None if got == wanted else f"{got!r}; wanted {wanted!r}"


def tests(suite):
    for test in (binds, programs, refusals, coherence, killed, mapped, overlay, memory, full):
        with tempfile.TemporaryDirectory(prefix="zcore-files-") as name:
            test(suite, pathlib.Path(name).resolve())
