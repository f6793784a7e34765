/*
 * linux_test.h - a simulated machine that runs Linux programs: a root in memory with /dev and
 * /proc, an ELF program whose text are C functions (hal/sim/user.h), and what has to be back
 * when all have ended.
 */
#pragma once

#include "fs/fs_test.h"

#include <elf.h>
#include <sys/syscall.h>

#include "base/log.h"
#include "fs/chardev.h"
#include "fs/devfs.h"
#include "fs/fstype.h"
#include "fs/tmpfs.h"
#include "hal/sim/user.h"
#include "object/futex.h"
#include "object/job.h"
#include "object/reaper.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/personality.h"
#include "personality/linux/process/process.h"
#include "personality/linux/procfs/procfs.h"
#include "personality/linux/tty/pty.h"

/* Where a program has its text records and its memory, which is zero at first. */
#define LINUX_TEXT       0x400000ull
#define LINUX_TEXT_SLOT  0x40u
#define LINUX_DATA       0x500000ull
#define LINUX_DATA_PAGES 16u
#define LINUX_DATA_END   (LINUX_DATA + LINUX_DATA_PAGES * PAGE_SIZE)

static struct {
    unsigned inodes, objects, dentries;
} linux_at_start;

static void linux_boot(const struct sim_config *config, bool strace)
{
    machine_boot(config, &(struct hal_upcalls){.syscall = thread_syscall,
                                               .space_died = reaper_space_died});
    job_init();
    futex_init();
    vfs_init();
    chardev_init();
    reaper_init();
    linux_personality_init(strace);
}

static status_t linux_create_devpts(const char *options, struct filesystem **out)
{
    return *options ? ERR_INVALID_ARGS : devpts_create(out);
}

static void linux_mount(const char *at, const char *type)
{
    struct filesystem *fs;
    struct path point, made;

    if (probe(at) != OK)
        assert_int_equal(t_mkdir(at, 0755), OK);
    assert_int_equal(fs_type_find(type)->create("", &fs), OK);
    assert_int_equal(walk(at, WALK_DIRECTORY, &point), OK);
    assert_int_equal(mount_add(fs, &point, 0, NULL, &made), OK);
    filesystem_put(fs);
    path_put(&point);
    path_put(&made);
}

static void linux_root(void)
{
    static struct fs_type devpts = {.name = "devpts", .create = linux_create_devpts};
    struct filesystem *fs;

    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    mount_root(fs);
    assert_int_equal(tmpfs_register(), OK);
    assert_int_equal(devfs_register(), OK);
    assert_int_equal(procfs_register(), OK);
    assert_int_equal(fs_type_register(&devpts), OK);
    assert_int_equal(devfs_register_memory(), OK);
    assert_int_equal(tty_register_devices(), OK);
    linux_mount("/dev", "devtmpfs");
    linux_mount("/dev/pts", "devpts");
    linux_mount("/dev/shm", "tmpfs");
    linux_mount("/proc", "proc");
}

static void linux_count(void)
{
    dentry_shrink();
    linux_at_start.inodes = inode_count();
    linux_at_start.objects = object_count();
    linux_at_start.dentries = dentry_count();
    machine_note();
}

/* The program `name`, with these functions as its text records; the first is its entry. */
static UNUSED void linux_put_program(const char *name, sim_program *const *text, unsigned count)
{
    const Elf64_Ehdr ehdr = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = LINUX_TEXT,
        .e_phoff = sizeof(ehdr),
        .e_ehsize = sizeof(ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 2};
    const Elf64_Phdr phdrs[2] = {{.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_X,
                                  .p_offset = PAGE_SIZE,
                                  .p_vaddr = LINUX_TEXT,
                                  .p_filesz = PAGE_SIZE,
                                  .p_memsz = PAGE_SIZE},
                                 {.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_W,
                                  .p_vaddr = LINUX_DATA,
                                  .p_memsz = LINUX_DATA_PAGES * PAGE_SIZE}};
    static char image[2 * PAGE_SIZE];
    struct file *file;
    size_t done;

    memset(image, 0, sizeof(image));
    memcpy(image, &ehdr, sizeof(ehdr));
    memcpy(image + sizeof(ehdr), phdrs, sizeof(phdrs));
    for (unsigned i = 0; i < count; i++) {
        struct sim_text record = SIM_TEXT(text[i]);

        memcpy(image + PAGE_SIZE + i * LINUX_TEXT_SLOT, &record, sizeof(record));
    }
    assert_int_equal(t_create(name, INODE_FILE, 0755), OK);
    assert_int_equal(t_open(name, FILE_WRITE, &file), OK);
    assert_int_equal(t_write(file, image, sizeof(image), 0, &done), OK);
    assert_int_equal(done, sizeof(image));
    file_put(file);
}

/* Run it, as root, until nobody is left who would ever do anything. */
static UNUSED enum sim_outcome linux_run(const char *program)
{
    char *argv[] = {(char *)(uintptr_t)program, NULL}, *envp[] = {NULL};
    struct linux_start start = {.argv = argv, .envp = envp, .cwd = "/", .root = root};

    assert_int_equal(linux_start_program(&start), OK);
    return sim_run(executor_run);
}

/* All file systems go, and nothing is left of any program. */
static UNUSED void linux_shut_down(void)
{
    inject_failure_at(0);
    ipc_remove_all();
    assert_int_equal(mount_remove(&root, MOUNT_DETACH), OK);
    path_put(&root);
    dentry_shrink();
    assert_int_equal(object_count(), linux_at_start.objects);
    assert_int_equal(dentry_count(), linux_at_start.dentries);
    assert_int_equal(inode_count(), linux_at_start.inodes);
    machine_end();
}
