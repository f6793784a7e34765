/*
 * socket.h - sockets: families, types, flags, options, and what messages are made of
 * (socket(7), unix(7), recvmsg(2)). The numbers are the same for x86_64 and riscv64.
 */
#pragma once

#include <stdint.h>

enum { AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 10, AF_NETLINK = 16, AF_LIMIT = 46 };

enum {
    SOCK_STREAM = 1,
    SOCK_DGRAM,
    SOCK_RAW,
    SOCK_RDM,
    SOCK_SEQPACKET,
    SOCK_DCCP,
    SOCK_PACKET = 10,
    SOCK_TYPE_MASK = 0xf,
    SOCK_NONBLOCK = 04000,
    SOCK_CLOEXEC = 02000000,
};

enum { SHUT_RD, SHUT_WR, SHUT_RDWR };
enum { SOMAXCONN = 4096 };

enum {
    MSG_OOB = 0x1,
    MSG_PEEK = 0x2,
    MSG_CTRUNC = 0x8,
    MSG_TRUNC = 0x20,
    MSG_DONTWAIT = 0x40,
    MSG_EOR = 0x80,
    MSG_WAITALL = 0x100,
    MSG_ERRQUEUE = 0x2000,
    MSG_NOSIGNAL = 0x4000,
    MSG_WAITFORONE = 0x10000,
    MSG_CMSG_CLOEXEC = 0x40000000,
};
#define MSG_CMSG_COMPAT 0x80000000u

enum { SOL_SOCKET = 1 };
enum {
    SO_DEBUG = 1,
    SO_REUSEADDR,
    SO_TYPE,
    SO_ERROR,
    SO_DONTROUTE,
    SO_BROADCAST,
    SO_SNDBUF,
    SO_RCVBUF,
    SO_KEEPALIVE,
    SO_OOBINLINE,
    SO_NO_CHECK,
    SO_PRIORITY,
    SO_LINGER,
    SO_REUSEPORT = 15,
    SO_PASSCRED,
    SO_PEERCRED,
    SO_RCVLOWAT,
    SO_SNDLOWAT,
    SO_RCVTIMEO,
    SO_SNDTIMEO,
    SO_ACCEPTCONN = 30,
    SO_SNDBUFFORCE = 32,
    SO_RCVBUFFORCE,
    SO_PROTOCOL = 38,
    SO_DOMAIN,
    SO_PEERGROUPS = 59,
};

/* Control messages of SOL_SOCKET. */
enum { SCM_RIGHTS = 1, SCM_CREDENTIALS };
enum { SCM_MAX_FD = 253 };

enum { SIOCOUTQ = 0x5411, SIOCINQ = 0x541b };
enum { FIOSETOWN = 0x8901, SIOCSPGRP, FIOGETOWN, SIOCGPGRP };

enum { SOCKADDR_MAX = 128, UNIX_PATH_MAX = 108 };

struct sockaddr_un {
    uint16_t sun_family;
    char sun_path[UNIX_PATH_MAX];
};

struct linger {
    int32_t l_onoff, l_linger;
};

struct ucred {
    int32_t pid;
    uint32_t uid, gid;
};

struct msghdr {
    uint64_t msg_name;
    int32_t msg_namelen, pad0;
    uint64_t msg_iov, msg_iovlen;
    uint64_t msg_control, msg_controllen;
    uint32_t msg_flags, pad1;
};

struct mmsghdr {
    struct msghdr msg_hdr;
    uint32_t msg_len, pad;
};

struct cmsghdr {
    uint64_t cmsg_len; /* of header and data */
    int32_t cmsg_level, cmsg_type;
};
