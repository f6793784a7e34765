/*
 * show_file.c - attributes, directories, fcntl and ioctl.
 */
#include "isa/linux_abi.h"
#include "personality/linux/strace/names.h"
#include "personality/linux/strace/show.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/stat.h"
#include "uapi/linux/termios.h"

void show_at_stat(struct trace *t, uint64_t value)
{
    unsigned char stat[STAT_SIZE_AT + 8];

    if (!trace_read(t, stat, value, sizeof(stat)))
        return;
    uint32_t mode = *(uint32_t *)(stat + STAT_MODE_AT);
    uint64_t device = *(uint64_t *)(stat + STAT_RDEV_AT);

    trace_add(t, "{st_mode=");
    show_file_mode(t, mode);
    if ((mode & S_IFMT) == S_IFCHR || (mode & S_IFMT) == S_IFBLK)
        trace_add(t, ", st_rdev=makedev(%#lx, %#lx), ...}",
                  (unsigned long)(device >> 8 & 0xfff),
                  (unsigned long)((device & 0xff) | (device >> 12 & 0xfff00)));
    else
        trace_add(t, ", st_size=%ld, ...}", *(long *)(stat + STAT_SIZE_AT));
}

void show_at_statx(struct trace *t, uint64_t value)
{
    struct statx stat;

    if (!trace_read(t, &stat, value, sizeof(stat)))
        return;
    trace_add(t, "{stx_mask=");
    trace_add_names(t, &names_statx, stat.mask);
    trace_add(t, ", stx_attributes=%#lx, stx_mode=", (unsigned long)stat.attributes);
    show_file_mode(t, stat.mode);
    trace_add(t, ", stx_size=%lu, ...}", (unsigned long)stat.size);
}

void show_at_statfs(struct trace *t, uint64_t value)
{
    struct statfs fs;

    if (trace_read(t, &fs, value, sizeof(fs)))
        trace_add(t,
                  "{f_type=%#lx, f_bsize=%ld, f_blocks=%ld, f_bfree=%ld, f_bavail=%ld, "
                  "f_files=%ld, f_ffree=%ld, f_namelen=%ld, f_frsize=%ld, f_flags=%#lx}",
                  (unsigned long)fs.type, (long)fs.bsize, (long)fs.blocks, (long)fs.bfree,
                  (long)fs.bavail, (long)fs.files, (long)fs.ffree, (long)fs.namelen,
                  (long)fs.frsize, (unsigned long)fs.flags);
}

void show_at_open_how(struct trace *t, uint64_t value)
{
    uint64_t how[3]; /* flags, mode, resolve */

    if (!trace_read(t, how, value, sizeof(how)))
        return;
    trace_add(t, "{flags=");
    trace_add_names(t, &names_open, how[0]);
    if (how[1])
        trace_add(t, ", mode=%#03o", (unsigned)how[1]);
    trace_add(t, ", resolve=");
    trace_add_names(t, &names_resolve, how[2]);
    trace_add(t, "}");
}

/* How many there are; both kinds of entries have their length at the same place. */
void show_at_dirents(struct trace *t, uint64_t value)
{
    enum { LENGTH_AT = 16 };
    uint64_t size = (uint64_t)t->call->result;
    unsigned count = 0;
    uint16_t length;

    for (uint64_t at = 0; at < size; at += length, count++)
        if (!trace_read(t, &length, value + at + LENGTH_AT, sizeof(length)) || !length)
            return;
    trace_add_address(t, value);
    trace_add(t, " /* %u entries */", count);
}

/* ---- fcntl ---- */

static void show_flock(struct trace *t, uint64_t value)
{
    struct {
        int16_t type, whence;
        int64_t start, size;
        int32_t pid;
    } lock;

    if (!trace_read(t, &lock, value, sizeof(lock)))
        return;
    trace_add(t, "{l_type=");
    trace_add_names(t, &names_lock, (uint16_t)lock.type);
    trace_add(t, ", l_whence=");
    trace_add_names(t, &names_whence, (uint16_t)lock.whence);
    trace_add(t, ", l_start=%ld, l_len=%ld}", (long)lock.start, (long)lock.size);
}

void show_fcntl_arg(struct trace *t, uint64_t value)
{
    switch ((int)t->call->arg[1]) {
    case F_GETFD:
    case F_GETFL:
    case F_GETOWN:
    case F_GETSIG:
    case F_GETPIPE_SZ:
    case F_GETLEASE:
    case F_GET_SEALS:
        return;
    case F_SETLEASE:
        trace_add_names(t, &names_lock, value);
        return;
    case F_SETFD:
        trace_add_names(t, &names_fd, value);
        return;
    case F_SETFL:
        trace_add_names(t, &names_open, value);
        return;
    case F_ADD_SEALS:
        trace_add_names(t, &names_seals, value);
        return;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        show_flock(t, value);
        return;
    default:
        show_i64(t, value);
    }
}

void result_fcntl(struct trace *t, int64_t result)
{
    int command = (int)t->call->arg[1];

    if (command == F_GETFD && result) {
        trace_add(t, "%#lx (flags ", (long)result);
        trace_add_names(t, &names_fd, (uint64_t)result);
        trace_add(t, ")");
    } else if (command == F_GETFL) {
        trace_add(t, "%#lx (flags ", (long)result);
        trace_add_names(t, &names_open, (uint64_t)result);
        trace_add(t, ")");
    } else {
        trace_add(t, "%ld", (long)result);
    }
}

/* ---- ioctl ---- */

/* As stty says it: what is on. */
static void show_termios(struct trace *t, uint64_t value)
{
    struct termios tio;

    if (!trace_read(t, &tio, value, sizeof(tio)))
        return;
    trace_add(t,
              "{c_iflag=%#x, c_oflag=%#x, c_cflag=%#x, c_lflag=%#x, %sopost %sisig %sicanon "
              "%secho ...}",
              tio.iflag, tio.oflag, tio.cflag, tio.lflag, tio.oflag & OPOST ? "" : "-",
              tio.lflag & ISIG ? "" : "-", tio.lflag & ICANON ? "" : "-",
              tio.lflag & ECHO ? "" : "-");
}

static void show_winsize(struct trace *t, uint64_t value)
{
    struct winsize size;

    if (trace_read(t, &size, value, sizeof(size)))
        trace_add(t, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, ws_ypixel=%u}", size.rows,
                  size.columns, size.xpixels, size.ypixels);
}

void show_at_ioctl(struct trace *t, uint64_t value)
{
    switch ((uint32_t)t->call->arg[1]) {
    case TCGETS:
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        show_termios(t, value);
        return;
    case TIOCGWINSZ:
    case TIOCSWINSZ:
        show_winsize(t, value);
        return;
    case TIOCGPGRP:
    case TIOCSPGRP:
    case TIOCGSID:
    case FIONREAD:
    case FIONBIO:
        show_at_i32(t, value);
        return;
    default:
        show_x64(t, value);
    }
}
