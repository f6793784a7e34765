#!/usr/bin/env python3
# timeout: 300
"""Boot the bare riscv64 kernel on the machines and CPUs that it must know, in QEMU.

usage: riscv64.py [KERNEL]

On each the kernel runs the HAL's contract test in place of a program; QEMU ends with the status
that the kernel wrote to the SiFive test device. Several CPUs are not counted instructions: QEMU
7.2 then lets one that spins starve the others.
"""
import pathlib
import subprocess
import sys
import tempfile

LIMIT = 60  # seconds a boot may take
MACHINES = {
    "one CPU": "-m 512",
    "one CPU, counted": "-m 512 -icount shift=0,sleep=off",
    "4 CPUs": "-smp 4 -m 512",
    "8 CPUs, memory above 4 GiB": "-smp 8 -m 5G",
    "little memory": "-m 32",
    "no own timer comparator": "-cpu rv64,sstc=off -smp 2 -m 256",
    "base instruction set": "-cpu rv64,sstc=off,zba=off,zbb=off,zbc=off,zbs=off -m 128",
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
    """What the console showed, and the status; None: the kernel hung."""
    command = ["qemu-system-riscv64", "-M", "virt", "-accel", "tcg", "-bios", "default",
               "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
               "-serial", "stdio", "-kernel", str(kernel), *options.split()]
    if initramfs is not None:
        file = folder / "initramfs"
        file.write_bytes(initramfs)
        command += ["-initrd", str(file)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace"), None
    return done.stdout.decode(errors="replace"), done.returncode


def check(name, kernel, options, initramfs, wanted, folder):
    console, status = boot(kernel, options, initramfs, folder)
    if status == wanted:
        print(f"ok {name}", flush=True)
        return 0
    print(console)
    print(f"not ok {name}: status {status}, not {wanted}", flush=True)
    return 1


def main():
    kernel = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/riscv64/kernel.elf")
    options = MACHINES["4 CPUs"]
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, machine in MACHINES.items():
            failed += check(f"contract on {title}", kernel, machine,
                            archive(b"Omode=selftest\0"), 0, folder)
        failed += check("a bad boot record is status 125", kernel, options,
                        archive(b"?\0"), 125, folder)
        failed += check("a boot record without an end is status 125", kernel, options,
                        archive(b"A/bin/sh"), 125, folder)
        for cut in 4, 900, 1100:
            failed += check(f"an initramfs without its last {cut} bytes is status 125", kernel,
                            options, archive(b"A/bin/sh\0", cut), 125, folder)
        failed += check("no initramfs is status 125", kernel, options, None, 125, folder)
    return 1 if failed else 0


sys.exit(main())
