/*
 * signalfd.h - what a signalfd gives to read (signalfd(2)).
 */
#pragma once

#include <stdint.h>

struct signalfd_siginfo {
    uint32_t signo;
    int32_t error, code;
    uint32_t pid, uid;
    int32_t fd;
    uint32_t tid, band, overrun, trapno;
    int32_t status, value;
    uint64_t pointer, utime, stime, addr;
    uint16_t addr_lsb, pad;
    int32_t syscall;
    uint64_t call_addr;
    uint32_t arch;
    uint8_t pad2[28];
};
