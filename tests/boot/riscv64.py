#!/usr/bin/env python3
# timeout: 300
"""Boot the bare riscv64 kernel on the machines and CPUs that it must know, in QEMU.

usage: riscv64.py [KERNEL]

On each the kernel runs the HAL's contract test in place of a program; QEMU ends with the status
that the kernel wrote to the SiFive test device. Several CPUs are not counted instructions: QEMU
7.2 then lets one that spins starve the others.
"""
import sys

sys.dont_write_bytecode = True
import contract  # noqa: E402

MACHINES = {
    "one CPU": "-m 512",
    "one CPU, counted": "-m 512 -icount shift=0,sleep=off",
    "4 CPUs": "-smp 4 -m 512",
    "8 CPUs, memory above 4 GiB": "-smp 8 -m 5G",
    "little memory": "-m 32",
    "no own timer comparator": "-cpu rv64,sstc=off -smp 2 -m 256",
    "base instruction set": "-cpu rv64,sstc=off,zba=off,zbb=off,zbc=off,zbs=off -m 128",
}


def boot(kernel, options, initramfs, _folder):
    return contract.qemu(
        ["qemu-system-riscv64", "-M", "virt", "-accel", "tcg", "-bios", "default", "-nodefaults",
         "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio",
         "-kernel", kernel, *(("-initrd", initramfs) if initramfs else ()), *options])


contract.run("riscv64", MACHINES, "4 CPUs", boot)
