/*
 * socket.h - options of the socket calls (zircon/types.h).
 */
#pragma once

/* zx_socket_create. */
#define ZX_SOCKET_STREAM   0u
#define ZX_SOCKET_DATAGRAM 1u

/* zx_socket_read. */
#define ZX_SOCKET_PEEK (1u << 3)

/* zx_socket_shutdown. */
#define ZX_SOCKET_SHUTDOWN_WRITE 1u
#define ZX_SOCKET_SHUTDOWN_READ  2u

/* zx_socket_set_disposition. */
#define ZX_SOCKET_DISPOSITION_WRITE_DISABLED 1u
#define ZX_SOCKET_DISPOSITION_WRITE_ENABLED  2u
