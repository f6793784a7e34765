/*
 * stat.c (riscv64) - struct stat as riscv64 programs see it (asm-generic/stat.h).
 */
#include "base/string.h"
#include "personality/linux/file/file_stat.h"

struct stat_user {
    uint64_t dev, ino;
    uint32_t mode, nlink, uid, gid;
    uint64_t rdev, pad1;
    int64_t size;
    int32_t blksize, pad2;
    int64_t blocks;
    int64_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
    uint32_t unused[2];
};
_Static_assert(sizeof(struct stat_user) == 128, "the ABI's size");

size_t stat_encode(const struct file_stat *st, void *buf)
{
    const struct inode_attr *a = &st->attr;
    struct stat_user out = {
        .dev = stat_device(st->dev),
        .ino = a->ino,
        .mode = stat_mode(a),
        .nlink = a->nlink,
        .uid = a->uid,
        .gid = a->gid,
        .rdev = stat_device(a->rdev),
        .size = (int64_t)a->size,
        .blksize = STAT_BLOCK_SIZE,
        .blocks = (int64_t)a->blocks,
        .atime = a->atime / NS_PER_SEC,
        .atime_nsec = a->atime % NS_PER_SEC,
        .mtime = a->mtime / NS_PER_SEC,
        .mtime_nsec = a->mtime % NS_PER_SEC,
        .ctime = a->ctime / NS_PER_SEC,
        .ctime_nsec = a->ctime % NS_PER_SEC,
    };

    memcpy(buf, &out, sizeof(out));
    return sizeof(out);
}
