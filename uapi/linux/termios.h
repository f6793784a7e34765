/*
 * termios.h - terminals: modes, special characters and requests (termios(3), ioctl_tty(2)); the
 * kernel's layout, the same on x86_64 and riscv64.
 */
#pragma once

#include <stdint.h>

enum {
    VINTR,
    VQUIT,
    VERASE,
    VKILL,
    VEOF,
    VTIME,
    VMIN,
    VSWTC,
    VSTART,
    VSTOP,
    VSUSP,
    VEOL,
    VREPRINT,
    VDISCARD,
    VWERASE,
    VLNEXT,
    VEOL2,
    NCCS = 19,
};

struct termios {
    uint32_t iflag, oflag, cflag, lflag;
    uint8_t line, cc[NCCS];
};

struct termios2 {
    struct termios base;
    uint32_t ispeed, ospeed;
};

struct winsize {
    uint16_t rows, columns, xpixels, ypixels;
};

/* iflag */
#define IGNBRK  0000001u
#define BRKINT  0000002u
#define ISTRIP  0000040u
#define INLCR   0000100u
#define IGNCR   0000200u
#define ICRNL   0000400u
#define IUCLC   0001000u
#define IXON    0002000u
#define IXANY   0004000u
#define IMAXBEL 0020000u
#define IUTF8   0040000u
/* oflag */
#define OPOST  0000001u
#define OLCUC  0000002u
#define ONLCR  0000004u
#define OCRNL  0000010u
#define ONOCR  0000020u
#define ONLRET 0000040u
#define TABDLY 0014000u
#define XTABS  0014000u
/* cflag */
#define B38400 0000017u
#define CS8    0000060u
#define CREAD  0000200u
#define HUPCL  0002000u
/* lflag */
#define ISIG    0000001u
#define ICANON  0000002u
#define ECHO    0000010u
#define ECHOE   0000020u
#define ECHOK   0000040u
#define ECHONL  0000100u
#define NOFLSH  0000200u
#define TOSTOP  0000400u
#define ECHOCTL 0001000u
#define ECHOKE  0004000u
#define IEXTEN  0100000u

#define TCGETS     0x5401u
#define TCSETS     0x5402u
#define TCSETSW    0x5403u
#define TCSETSF    0x5404u
#define TCSBRK     0x5409u
#define TCXONC     0x540au
#define TCFLSH     0x540bu
#define TIOCSCTTY  0x540eu
#define TIOCGPGRP  0x540fu
#define TIOCSPGRP  0x5410u
#define TIOCOUTQ   0x5411u
#define TIOCSTI    0x5412u
#define TIOCGWINSZ 0x5413u
#define TIOCSWINSZ 0x5414u
#define FIONREAD   0x541bu
#define TIOCPKT    0x5420u
#define FIONBIO    0x5421u
#define TIOCNOTTY  0x5422u
#define TCSBRKP    0x5425u
#define TIOCSBRK   0x5427u
#define TIOCCBRK   0x5428u
#define TIOCGSID   0x5429u
#define TCGETS2    0x802c542au
#define TCSETS2    0x402c542bu
#define TCSETSW2   0x402c542cu
#define TCSETSF2   0x402c542du
#define FIONCLEX   0x5450u
#define FIOCLEX    0x5451u
#define FIOASYNC   0x5452u
#define FIOQSIZE   0x5460u

/* Of the master of a pseudo terminal. */
#define TIOCGPTN    0x80045430u
#define TIOCSPTLCK  0x40045431u
#define TIOCSIG     0x40045436u
#define TIOCGPKT    0x80045438u
#define TIOCGPTLCK  0x80045439u
#define TIOCGPTPEER 0x5441u

/* What packet mode puts before the data: TIOCPKT_DATA, or what happened, alone. */
#define TIOCPKT_DATA       0
#define TIOCPKT_FLUSHREAD  1
#define TIOCPKT_FLUSHWRITE 2
#define TIOCPKT_STOP       4
#define TIOCPKT_START      8
#define TIOCPKT_NOSTOP     16
#define TIOCPKT_DOSTOP     32

/* TCFLSH */
#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2
/* TCXONC */
#define TCOOFF 0
#define TCOON  1
#define TCIOFF 2
#define TCION  3
