"""A command on user-mode-linux, Debian's linux.uml: a kernel that is an ordinary process of the host, as
the library OS is, but under which programs are traced."""
import os
import pathlib
import shutil
import stat
import tempfile

import measure

KERNEL = "linux.uml"
BUSYBOX = "/bin/busybox"
XSTATE = measure.ROOT / "build/bench/uml_xstate.so"
INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t tmpfs tmpfs /tmp
/bin/busybox ifconfig lo 127.0.0.1 up
{command}
/bin/busybox poweroff -f
"""


def installed():
    return shutil.which(KERNEL) and pathlib.Path(BUSYBOX).exists()


def entry(name, mode, data=b"", device=(0, 0)):
    """One of a cpio archive, format newc (cpio(5))."""
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def archive(command):
    """An initramfs that runs the command, whose first word is /mb, and ends."""
    parts = [entry(name, stat.S_IFDIR | 0o755) for name in ("bin", "dev", "proc", "tmp")]
    for name, minor in (("null", 3), ("zero", 5)):
        parts.append(entry(f"dev/{name}", stat.S_IFCHR | 0o666, device=(1, minor)))
    parts.append(entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1)))
    for name, path in (("bin/busybox", BUSYBOX), ("mb", measure.program("mb"))):
        parts.append(entry(name, stat.S_IFREG | 0o755, pathlib.Path(path).read_bytes()))
    parts.append(entry("init", stat.S_IFREG | 0o755, INIT.format(command=" ".join(command)).encode()))
    return b"".join(parts) + entry("TRAILER!!!", 0)


def measured(command):
    """The "name value" lines that it prints; none if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "initramfs")
        pathlib.Path(image).write_bytes(archive(command))
        return measure.results(["env", f"LD_PRELOAD={XSTATE}", KERNEL, f"initrd={image}", "mem=256M", "con=null", "con0=null,fd:1", "quiet"])
