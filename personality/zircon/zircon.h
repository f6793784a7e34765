/*
 * zircon.h - the Zircon personality, as the rest of the kernel sees it.
 */
#pragma once

#include "object/thread.h"

extern const struct personality zircon_personality;

/* Once, at boot, after job_init: registers the call table and makes the vDSO. `strace`: as
 * personality/strace/strace.h says. */
void zircon_init(bool strace);

/*
 * A new process in the root job that runs the native program `image`, an ELF file of `size`
 * bytes: position independent, without interpreter. argv and envp end with NULL. Its first
 * thread is started; `*out` is a reference of the caller's.
 * ERR_NO_EXEC: not such a file; ERR_TOO_BIG: arguments and environment exceed a message.
 */
status_t zircon_start_program(struct vmo *image, uint64_t size, const char *const argv[],
                              const char *const envp[], struct process **out) MUST_USE;

/* Whether an image of `size` bytes is a ZBI, by its first header: ERR_NO_EXEC. */
status_t zircon_check_zbi(struct vmo *image, uint64_t size) MUST_USE;

/*
 * A new process in the root job, userboot, that starts a program from the ZBI `image`. `words`,
 * up to NULL, are the kernel's command line. Its thread is started; `*out` is a reference of
 * the caller's. ERR_TOO_BIG: the command line.
 */
status_t zircon_start_zbi(struct vmo *image, uint64_t size, const char *const words[],
                          struct process **out) MUST_USE;
/* The process that userboot started; NULL: none. No reference: it stays for good. */
struct process *zircon_first_program(void);
