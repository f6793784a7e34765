/*
 * fcntl.h - flags of open(2), commands of fcntl(2), flags of the at-calls; the numbers are the
 * ABI's, the same on x86_64 and riscv64.
 */
#pragma once

#include <stdint.h>

#define O_ACCMODE   00000003u
#define O_RDONLY    00000000u
#define O_WRONLY    00000001u
#define O_RDWR      00000002u
#define O_CREAT     00000100u
#define O_EXCL      00000200u
#define O_NOCTTY    00000400u
#define O_TRUNC     00001000u
#define O_APPEND    00002000u
#define O_NONBLOCK  00004000u
#define O_DSYNC     00010000u
#define O_ASYNC     00020000u
#define O_DIRECT    00040000u
#define O_LARGEFILE 00100000u
#define O_DIRECTORY 00200000u
#define O_NOFOLLOW  00400000u
#define O_NOATIME   01000000u
#define O_CLOEXEC   02000000u
#define O_SYNC      04010000u
#define O_PATH      010000000u
#define O_TMPFILE   020200000u

#define F_DUPFD         0
#define F_GETFD         1
#define F_SETFD         2
#define F_GETFL         3
#define F_SETFL         4
#define F_GETLK         5
#define F_SETLK         6
#define F_SETLKW        7
#define F_SETOWN        8
#define F_GETOWN        9
#define F_SETSIG        10
#define F_GETSIG        11
#define F_SETOWN_EX     15
#define F_GETOWN_EX     16
#define F_OFD_GETLK     36
#define F_OFD_SETLK     37
#define F_OFD_SETLKW    38
#define F_SETLEASE      1024
#define F_GETLEASE      1025
#define F_NOTIFY        1026
#define F_DUPFD_CLOEXEC 1030
#define F_SETPIPE_SZ    1031
#define F_GETPIPE_SZ    1032
#define F_ADD_SEALS     1033
#define F_GET_SEALS     1034

#define FD_CLOEXEC 1u

#define DN_ACCESS    0x01u
#define DN_MODIFY    0x02u
#define DN_CREATE    0x04u
#define DN_DELETE    0x08u
#define DN_RENAME    0x10u
#define DN_ATTRIB    0x20u
#define DN_MULTISHOT 0x80000000u

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

#define LOCK_SH 1u
#define LOCK_EX 2u
#define LOCK_NB 4u
#define LOCK_UN 8u

#define AT_FDCWD            (-100)
#define AT_SYMLINK_NOFOLLOW 0x100u
#define AT_EACCESS          0x200u
#define AT_REMOVEDIR        0x200u
#define AT_SYMLINK_FOLLOW   0x400u
#define AT_NO_AUTOMOUNT     0x800u
#define AT_EMPTY_PATH       0x1000u
#define AT_STATX_SYNC_TYPE  0x6000u

#define RENAME_NOREPLACE 1u
#define RENAME_EXCHANGE  2u
#define RENAME_WHITEOUT  4u

#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u

#define FALLOC_FL_KEEP_SIZE  1u
#define FALLOC_FL_PUNCH_HOLE 2u
#define FALLOC_FL_ZERO_RANGE 16u

#define MFD_CLOEXEC       1u
#define MFD_ALLOW_SEALING 2u
#define MFD_NOEXEC_SEAL   8u
#define MFD_EXEC          16u

#define GRND_NONBLOCK 1u
#define GRND_RANDOM   2u
#define GRND_INSECURE 4u

#define EFD_SEMAPHORE 1u

/* fcntl's struct flock. */
struct linux_flock {
    int16_t type, whence;
    int32_t pad0;
    int64_t start, len;
    int32_t pid, pad1;
};

/* openat2(2)'s struct open_how. */
struct open_how {
    uint64_t flags, mode, resolve;
};
#define OPEN_HOW_SIZE_VER0 24

#define RESOLVE_NO_XDEV       0x01u
#define RESOLVE_NO_MAGICLINKS 0x02u
#define RESOLVE_NO_SYMLINKS   0x04u
#define RESOLVE_BENEATH       0x08u
#define RESOLVE_IN_ROOT       0x10u
#define RESOLVE_CACHED        0x20u
