#!/usr/bin/env python3
# timeout: 300
"""Boot the bare x86_64 kernel on the machines and CPUs that it must know, in QEMU.

usage: x86_64.py [KERNEL]

On each the kernel runs the HAL's contract test in place of a program; the status it ends with
comes through the debug console port.
"""
import pathlib
import subprocess
import sys
import tempfile

LIMIT = 60  # seconds a boot may take
COUNTED = "-icount shift=0,sleep=off"
MACHINES = {
    "q35": "-machine q35 -cpu max -smp 4 -m 512",
    "q35, counted": f"-machine q35 -cpu max -m 512 {COUNTED}",
    "pc, old CPU": "-machine pc -cpu qemu64 -smp 2 -m 256",
    "pc, memory above 4 GiB": "-machine pc -cpu max -smp 2 -m 5G",
    "pc, little memory": "-machine pc -cpu max -m 32",
    "pc, no XSAVE": "-machine pc -cpu max,-xsave,-avx,-avx2 -m 128",
    "microvm": "-machine microvm -cpu max -smp 3 -m 256",
    "microvm, no ACPI": "-machine microvm,acpi=off -cpu qemu64 -m 256",
}


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


def boot(kernel, options, initramfs, folder):
    """What the console showed, and the status; None: QEMU ended or hung without one."""
    file, status = folder / "initramfs", folder / "status"
    file.write_bytes(initramfs)
    status.write_bytes(b"")
    command = ["qemu-system-x86_64", "-accel", "tcg", "-nodefaults", "-no-user-config",
               "-no-reboot", "-display", "none", "-serial", "stdio", "-kernel", str(kernel),
               "-initrd", str(file), "-chardev", f"file,id=status,path={status}",
               "-device", "isa-debugcon,iobase=0xe9,chardev=status",
               "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04", *options.split()]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
        console = done.stdout
    except subprocess.TimeoutExpired as late:
        console = late.stdout or b""
    code = status.read_bytes()
    return console.decode(errors="replace"), code[0] if code else None


def check(name, kernel, options, initramfs, wanted, folder):
    console, status = boot(kernel, options, initramfs, folder)
    if status == wanted:
        print(f"ok {name}", flush=True)
        return 0
    print(console)
    print(f"not ok {name}: status {status}, not {wanted}", flush=True)
    return 1


def main():
    kernel = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/x86_64/kernel.elf")
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, options in MACHINES.items():
            failed += check(f"contract on {title}", kernel, options,
                            archive(b"Omode=selftest\0"), 0, folder)
        failed += check("a bad boot record is status 125", kernel, MACHINES["q35"],
                        archive(b"?\0"), 125, folder)
        failed += check("a boot record without an end is status 125", kernel, MACHINES["q35"],
                        archive(b"A/bin/sh"), 125, folder)
        for cut in 4, 900, 1100:
            failed += check(f"an initramfs without its last {cut} bytes is status 125", kernel,
                            MACHINES["q35"], archive(b"A/bin/sh\0", cut), 125, folder)
    return 1 if failed else 0


sys.exit(main())
