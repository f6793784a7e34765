#!/usr/bin/env python3
# timeout: 300
"""Boot the bare x86_64 kernel on the machines and CPUs that it must know, in QEMU.

usage: x86_64.py [KERNEL]

On each the kernel runs the HAL's contract test in place of a program; the status it ends with
comes through the debug console port.
"""
import sys

sys.dont_write_bytecode = True
import contract  # noqa: E402

MACHINES = {
    "q35": "-machine q35 -cpu max -smp 4 -m 512",
    "q35, counted": "-machine q35 -cpu max -m 512 -icount shift=0,sleep=off",
    "pc, old CPU": "-machine pc -cpu qemu64 -smp 2 -m 256",
    "pc, memory above 4 GiB": "-machine pc -cpu max -smp 2 -m 5G",
    "pc, little memory": "-machine pc -cpu max -m 32",
    "pc, no XSAVE": "-machine pc -cpu max,-xsave,-avx,-avx2 -m 128",
    "microvm": "-machine microvm -cpu max -smp 3 -m 256",
    "microvm, no ACPI": "-machine microvm,acpi=off -cpu qemu64 -m 256",
}


def boot(kernel, options, initramfs, folder):
    status = folder / "status"
    status.write_bytes(b"")
    console, _ = contract.qemu(
        ["qemu-system-x86_64", "-accel", "tcg", "-nodefaults", "-no-user-config", "-no-reboot",
         "-display", "none", "-serial", "stdio", "-kernel", kernel,
         *(("-initrd", initramfs) if initramfs else ()),
         "-chardev", f"file,id=status,path={status}",
         "-device", "isa-debugcon,iobase=0xe9,chardev=status",
         "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04", *options])
    code = status.read_bytes()
    return console, code[0] if code else None


contract.run("x86_64", MACHINES, "q35", boot)
