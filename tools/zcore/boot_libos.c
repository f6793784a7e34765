/*
 * boot_libos.c - the boot loader of the library OS: memory, image, the first host process.
 *
 * The launcher forks the template process, which maps the kernel window and jumps to the
 * kernel; from there on the two share one page (struct libos_boot_info) and an eventfd.
 */
#include "tools/zcore/boot_libos.h"

#include <dlfcn.h>
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/libos/bootinfo.h"
#include "hal/libos/layout.h"
#include "tools/zcore/debugger.h"
#include "tools/zcore/host.h"
#include "tools/zcore/hugefile.h"
#include "tools/zcore/status.h"
#include "tools/zcore/terminal.h"

enum { DESCRIPTORS_AT_ONCE = 2048 }; /* more than hostfs keeps open, and what the rest has */
enum { NO_EXECVE = 8 }; /* MFD_NOEXEC_SEAL: hosts may insist on it; mapping is not affected */

struct machine {
    const struct libos_boot *boot;
    struct libos_boot_info *info; /* the launcher's mapping */
    int kernel_fd, memory_fd, bell_fd;
    uint64_t data_offset; /* where the shared part of kernel memory begins */
    pid_t template;
    sigset_t signals; /* waited for, never delivered */
};

static const int handed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT};

/* ---- memory and image ---- */

static int make_memfd(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC | NO_EXECVE);

    if (fd < 0 && errno == EINVAL) /* a host older than that flag */
        fd = memfd_create(name, MFD_CLOEXEC);
    return fd;
}

static int resized(int fd, uint64_t size)
{
    if (fd < 0 || ftruncate(fd, (off_t)size))
        err(STATUS_FAILED, "cannot make the guest's memory (memfd_create)");
    return fd;
}

static void make_memory(struct machine *m)
{
    static const char name[] = "zcore-memory";
    int huge = hugefile_create(name);

    m->kernel_fd = resized(make_memfd("zcore-kernel"), LIBOS_KERNEL_SIZE);
    m->memory_fd = resized(huge < 0 ? make_memfd(name) : huge, m->boot->memory);
}

static const Elf64_Phdr *segments(const struct libos_boot *boot)
{
    const Elf64_Ehdr *elf = boot->kernel;

    return (const Elf64_Phdr *)((const char *)boot->kernel + elf->e_phoff);
}

/* The image lies in kernel memory at its address's distance from the window's base. */
static void load_image(struct machine *m)
{
    const Elf64_Ehdr *elf = m->boot->kernel;
    const Elf64_Phdr *segment = segments(m->boot);

    for (unsigned i = 0; i < elf->e_phnum; i++) {
        uint64_t offset = segment[i].p_vaddr - LIBOS_WINDOW_BASE;
        const char *from = (const char *)m->boot->kernel + segment[i].p_offset;

        if (segment[i].p_type != PT_LOAD)
            continue;
        if (segment[i].p_flags & PF_W)
            m->data_offset = offset;
        if (pwrite(m->kernel_fd, from, segment[i].p_filesz, (off_t)offset) !=
            (ssize_t)segment[i].p_filesz)
            err(STATUS_FAILED, "cannot load the kernel");
    }
}

/* ---- boot information ---- */

/* Host cores for the CPUs: the one we are on, where the host found least to do, and those after
 * it. So machines that run at once do not all begin on the same. */
static void choose_cores(struct libos_boot_info *info)
{
    int here = sched_getcpu();
    uint32_t cores[LIBOS_MAX_CPUS], count = 0;
    cpu_set_t set;

    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof(set), &set);
    for (int i = 0; here >= 0 && i < CPU_SETSIZE && count < info->cpus; i++) {
        uint32_t core = (uint32_t)(here + i) % CPU_SETSIZE;

        if (CPU_ISSET(core, &set))
            cores[count++] = core;
    }
    if (count == 0)
        cores[count++] = LIBOS_ANY_CORE;
    for (uint32_t i = 0; i < info->cpus; i++)
        info->cores[i] = cores[i % count];
}

static void identify(struct hal_host_identity *id)
{
    gid_t groups[64];
    int count = getgroups(64, groups);
    mode_t mask = umask(0);

    umask(mask);
    *id = (struct hal_host_identity){.uid = getuid(),
                                     .euid = geteuid(),
                                     .gid = getgid(),
                                     .egid = getegid(),
                                     .umask = mask,
                                     .group_count = count > 0 ? (uint32_t)count : 0};
    for (uint32_t i = 0; i < id->group_count; i++)
        id->groups[i] = groups[i];
}

static void fill_boot_info(struct machine *m)
{
    const struct libos_boot *boot = m->boot;
    struct libos_boot_info *info;

    if (sizeof(*info) + boot->record_size > LIBOS_BOOT_MAX)
        errx(STATUS_FAILED, "arguments and environment are too long");
    info = mmap(NULL, LIBOS_BOOT_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, m->kernel_fd,
                LIBOS_BOOT_OFFSET);
    if (info == MAP_FAILED)
        err(STATUS_FAILED, "cannot map the boot information");
    *info = (struct libos_boot_info){.magic = LIBOS_BOOT_MAGIC,
                                     .memory_size = boot->memory,
                                     .record_size = boot->record_size,
                                     .cpus = boot->cpus,
                                     .memory_fd = m->memory_fd,
                                     .root_fd = boot->root_fd,
                                     .bell_fd = m->bell_fd,
                                     .log_fd = boot->log_fd,
                                     .trace_fd = boot->trace_fd,
                                     .launcher = getpid()};
    choose_cores(info);
    identify(&info->identity);
    memcpy(info + 1, boot->record, boot->record_size);
    m->info = info;
}

/* ---- the template process ---- */

static _Noreturn void child_fail(const char *what)
{
    warn("cannot %s", what);
    _exit(STATUS_FAILED);
}

static void map_at(uintptr_t at, size_t size, int prot, int flags, int fd, uint64_t offset)
{
    void *got = mmap((void *)at, size, prot, flags | MAP_FIXED_NOREPLACE | MAP_NORESERVE, fd,
                     (off_t)offset);

    if (got != (void *)at)
        child_fail("map the kernel's window");
}

/* Text and constants private, so that a debugger's breakpoint stays in its process; everything
 * from the first writable segment on is shared by all. */
static void map_window(const struct machine *m)
{
    const Elf64_Ehdr *elf = m->boot->kernel;
    const Elf64_Phdr *segment = segments(m->boot);

    for (unsigned i = 0; i < elf->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD && !(segment[i].p_flags & PF_W))
            map_at(segment[i].p_vaddr, segment[i].p_memsz,
                   PROT_READ | (segment[i].p_flags & PF_X ? PROT_EXEC : 0), MAP_PRIVATE,
                   m->kernel_fd, segment[i].p_vaddr - LIBOS_WINDOW_BASE);
    map_at(LIBOS_WINDOW_BASE + m->data_offset, LIBOS_KERNEL_SIZE - m->data_offset,
           PROT_READ | PROT_WRITE, MAP_SHARED, m->kernel_fd, m->data_offset);
    map_at(LIBOS_LINEAR_BASE, m->boot->memory, PROT_READ | PROT_WRITE, MAP_SHARED, m->memory_fd,
           0);
}

/* The host's clock without a host call: its vDSO and the data pages before it, at the same
 * distances, moved into the window. Nothing of libc may read the time afterwards. */
static void move_vdso(struct machine *m)
{
    void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
    void *function = vdso ? dlsym(vdso, "__vdso_clock_gettime") : NULL;
    FILE *maps = fopen("/proc/self/maps", "re");
    uintptr_t first = 0, ranges[8][2];
    unsigned count = 0;
    char line[512];

    while (function && maps && count < 8 && fgets(line, sizeof(line), maps))
        if ((strstr(line, "[vvar") || strstr(line, "[vdso]")) &&
            sscanf(line, "%lx-%lx", &ranges[count][0], &ranges[count][1]) == 2)
            count++;
    for (unsigned i = 0; i < count; i++) {
        size_t size = ranges[i][1] - ranges[i][0];

        first = i ? first : ranges[0][0];
        if (mremap((void *)ranges[i][0], size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
                   (void *)(LIBOS_VDSO_BASE + ranges[i][0] - first)) == MAP_FAILED)
            child_fail("move the host's vDSO");
    }
    if (count)
        m->info->clock_gettime = LIBOS_VDSO_BASE + (uintptr_t)function - first;
}

/* The host kernel must stop writing into libc's memory, which will be gone. */
static void unregister_rseq(void)
{
    syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset,
            __rseq_size < 32 ? 32 : __rseq_size, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

/* As many descriptors as we may have, and a table with room for them at once: when one that
 * processes share grows, whoever opens waits until no CPU of the host looks at the old one (an
 * RCU grace period: 10 ms). While we are alone it grows for nothing. */
static void provide_descriptors(int some_fd)
{
    struct rlimit files;
    int last = DESCRIPTORS_AT_ONCE - 1;

    if (getrlimit(RLIMIT_NOFILE, &files))
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur <= (rlim_t)last)
        last = (int)files.rlim_cur - 1;
    close(fcntl(some_fd, F_DUPFD_CLOEXEC, last));
}

static _Noreturn void template_process(struct machine *m, pid_t launcher)
{
    const Elf64_Ehdr *elf = m->boot->kernel;
    void (*entry)(uintptr_t) = (void (*)(uintptr_t))elf->e_entry;

    terminal_leave();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != launcher)
        _exit(STATUS_FAILED);
    prctl(PR_SET_NAME, "zcore-template");
    provide_descriptors(m->kernel_fd);
    umask(0); /* the guest has one of its own */
    map_window(m);
    close(m->kernel_fd);
    if (m->boot->debug_fd >= 0)
        debugger_await(m->boot->debug_fd);
    move_vdso(m);
    unregister_rseq();
    entry(LIBOS_BOOT_BASE);
    _exit(STATUS_FAILED);
}

/* ---- the launcher while the machine runs ---- */

/* All but those that the launcher's own mistakes raise. */
static void block_signals(struct machine *m)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT};

    sigfillset(&m->signals);
    for (unsigned i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        sigdelset(&m->signals, own[i]);
    sigprocmask(SIG_BLOCK, &m->signals, NULL);
}

static bool is_handed_on(int signo)
{
    for (unsigned i = 0; i < sizeof(handed_on) / sizeof(handed_on[0]); i++)
        if (handed_on[i] == signo)
            return true;
    return false;
}

static void hand_on(struct machine *m, int signo)
{
    uint64_t one = 1;

    atomic_fetch_or(&m->info->signals, 1ull << signo);
    if (write(m->bell_fd, &one, sizeof(one)) < 0)
        warn("cannot ring the kernel's bell");
}

/* What the signal does to any program: stop, die, or nothing. */
static void take_signal(struct machine *m, int signo)
{
    sigset_t one;

    sigemptyset(&one);
    sigaddset(&one, signo);
    terminal_restore();
    raise(signo);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    sigprocmask(SIG_BLOCK, &m->signals, NULL);
    terminal_raw();
}

/*
 * The guest's foreground group has stopped: the shell that started us is to see it. We stop by
 * the same signal, which the host ignores where we have no such shell; then the guest goes on
 * at once. Otherwise what continues us is still pending and is handed on.
 */
static void stop_for_guest(struct machine *m)
{
    sigset_t pending;

    take_signal(m, (int)atomic_load(&m->info->stop_signal));
    if (sigpending(&pending) == 0 && !sigismember(&pending, SIGCONT))
        hand_on(m, SIGCONT);
    atomic_store(&m->info->stop_signal, 0);
    syscall(SYS_futex, &m->info->stop_signal, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int exit_status(int wait_status)
{
    if (WIFEXITED(wait_status))
        return WEXITSTATUS(wait_status);
    warnx("the kernel was killed by signal %d", WTERMSIG(wait_status));
    return STATUS_FAILED;
}

static int serve(struct machine *m)
{
    int signo, wait_status;

    for (;;) {
        signo = sigwaitinfo(&m->signals, NULL);
        if (signo == SIGCHLD && waitpid(m->template, &wait_status, WNOHANG) == m->template)
            return exit_status(wait_status);
        if (signo == SIGUSR1 && atomic_load(&m->info->stop_signal))
            stop_for_guest(m);
        else if (is_handed_on(signo))
            hand_on(m, signo);
        else if (signo > 0 && signo != SIGCHLD)
            take_signal(m, signo);
    }
}

int boot_libos(const struct libos_boot *boot)
{
    struct machine m = {.boot = boot};
    pid_t launcher = getpid();
    int status;

    host_check(boot->memory);
    make_memory(&m);
    m.bell_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (m.bell_fd < 0)
        err(STATUS_FAILED, "cannot make an eventfd");
    load_image(&m);
    fill_boot_info(&m);
    block_signals(&m);
    terminal_raw();
    m.template = fork();
    if (m.template == 0)
        template_process(&m, launcher);
    if (m.template <0)
        warn("cannot start the kernel");
    status = m.template <0 ? STATUS_FAILED : serve(&m);
    terminal_restore();
    return status;
}
