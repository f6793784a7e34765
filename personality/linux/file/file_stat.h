/*
 * file_stat.h - a file's attributes as programs see them; struct stat by instruction set.
 */
#pragma once

#include "fs/file.h"

struct file_stat {
    struct inode_attr attr;
    dev_t_ dev;
    uint64_t mount_id; /* 0: in no mount */
    bool mount_root;   /* what is mounted there */
};

/* `attr.type` and permissions as st_mode has them. */
uint32_t stat_mode(const struct inode_attr *attr);
/* A device number as struct stat has it: 12 bits of major and 20 of minor, interleaved. */
uint64_t stat_device(dev_t_ dev);
enum { STAT_BLOCK_SIZE = 4096 };

/* By instruction set (isa/ISA/stat.c): struct stat, filled in; how large it is. */
enum { STAT_MAX_SIZE = 144 };
size_t stat_encode(const struct file_stat *st, void *buf);
