"""What the architectures' scripts share: a boot record in an archive, and what each must end with.

A script names its machines and how QEMU boots one, and calls run.
"""
import pathlib
import subprocess
import sys
import tempfile

LIMIT = 60  # seconds a boot may take


def entry(name, data):
    """One member of a cpio archive in the form newc."""
    name = name.encode() + b"\0"
    fields = [0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return pad(head) + pad(data)


def pad(data):
    return data + bytes(-len(data) % 4)


def archive(record, cut=0):
    """An initramfs with the record and a file, of which `cut` bytes are missing at the end."""
    whole = entry(".zcore/boot", record) + entry("file", bytes(1000))
    return whole[:-cut] if cut else whole + entry("TRAILER!!!", b"")


BAD = {
    "a bad boot record": archive(b"?\0"),
    "a boot record without an end": archive(b"A/bin/sh"),
    **{f"an initramfs without its last {cut} bytes": archive(b"A/bin/sh\0", cut)
       for cut in (4, 900, 1100)},
    "no initramfs": None,
}


def qemu(command):
    """What the console showed, and QEMU's status; None: it hung."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace"), None
    return done.stdout.decode(errors="replace"), done.returncode


def check(name, wanted, console, status):
    if status == wanted:
        print(f"ok {name}", flush=True)
        return 0
    print(console)
    print(f"not ok {name}: status {status}, not {wanted}", flush=True)
    return 1


def run(arch, machines, usual, boot):
    """`boot(kernel, options, initramfs, folder)` answers console and status; initramfs is the path
    of a file in `folder`, or None. Bad records are tried on the machine `usual`."""
    kernel = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else f"build/{arch}/kernel.elf")
    tries = [(f"contract on {title}", options, archive(b"Omode=selftest\0"), 0)
             for title, options in machines.items()]
    tries += [(f"{what} is status 125", machines[usual], data, 125) for what, data in BAD.items()]
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = folder / "initramfs"
        for title, options, data, wanted in tries:
            if data is not None:
                file.write_bytes(data)
            failed += check(title, wanted,
                            *boot(kernel, options.split(),
                                  file if data is not None else None, folder))
    sys.exit(1 if failed else 0)
