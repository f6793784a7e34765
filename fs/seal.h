/*
 * seal.h - seals of files: what can no longer be done to them, for ever (F_ADD_SEALS of
 * fcntl(2)).
 *
 * Only inodes born `sealable` take any. inode.seals is guarded by inode.lock; who writes checks
 * them in the step that counts, under that lock, and a write seal is added with inode.mutex
 * held, so no write is under way.
 */
#pragma once

#include "fs/inode.h"

struct file;

/* Numerically Linux's F_SEAL_*. */
enum {
    SEAL_SEAL = 0x01,
    SEAL_SHRINK = 0x02,
    SEAL_GROW = 0x04,
    SEAL_WRITE = 0x08,
    SEAL_FUTURE_WRITE = 0x10, /* mappings that are there may go on writing */
    SEAL_EXEC = 0x20,         /* the mode's execute bits stay */
    SEAL_ALL = 0x3f,
};

/* The caller holds the inode's mutex. ERR_NOT_PERMITTED: not open for writing, or sealed
 * against seals; ERR_INVALID_ARGS; ERR_UNAVAILABLE: a mapping may write to what would be
 * sealed. */
status_t seal_add(struct file *file, uint32_t seals) MUST_USE;
status_t seal_get(struct file *file, uint32_t *seals) MUST_USE;

/* May it become so large, or be written up to `end`? With inode.lock held; ERR_NOT_PERMITTED.
 */
status_t seal_check_size_locked(const struct inode *inode, uint64_t size) MUST_USE;
status_t seal_check_write_locked(const struct inode *inode, uint64_t end) MUST_USE;
status_t seal_check_mode_locked(const struct inode *inode, uint32_t mode) MUST_USE;

/*
 * Around the making of a shared mapping: until it is there, nobody may seal what it will write.
 * `max_prot` is what it may come to, and loses the right to write if need be.
 * ERR_NOT_PERMITTED: `prot` has it.
 */
status_t seal_map_begin(struct inode *inode, unsigned prot, unsigned *max_prot) MUST_USE;
void seal_map_end(struct inode *inode, unsigned max_prot);
