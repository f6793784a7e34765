/*
 * proc.c - /proc: what programs read there about themselves and the system.
 */
#include "tests/linux/proc_test.h"

#include <dirent.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>

static void self(void)
{
    char name[64], link[64] = "";

    CHECK(readlink("/proc/self", link, sizeof(link) - 1) > 0);
    CHECK_EQ(atoi(link), getpid());
    snprintf(name, sizeof(name), "/proc/%d", getpid());
    CHECK_EQ(access(name, F_OK), 0);
    CHECK_ERR(access("/proc/9999999", F_OK), ENOENT);
    CHECK_ERR(access("/proc/none", F_OK), ENOENT);
}

static void stat_line(void)
{
    int pid, ppid, pgrp;
    char comm[64], state;

    CHECK_EQ(sscanf(contents("/proc/self/stat"), "%d (%63[^)]) %c %d %d", &pid, comm, &state,
                    &ppid, &pgrp),
             5);
    CHECK_EQ(pid, getpid());
    CHECK_EQ(ppid, getppid());
    CHECK_EQ(pgrp, getpgrp());
    CHECK_EQ(state, 'R');
    CHECK(strstr(contents("/proc/self/status"), "\nPid:\t"));
    CHECK(strstr(text, "\nUid:\t"));
    CHECK_EQ(strncmp(contents("/proc/self/comm"), comm, strlen(comm)), 0);
}

static void command_line(void)
{
    CHECK(strstr(contents("/proc/self/cmdline"), "proc"));
    contents("/proc/self/environ");
}

/* Where the arguments begin and end; the environment follows. */
static char *arguments(size_t *size)
{
    const char *text = strrchr(contents("/proc/self/stat"), ')');
    unsigned long start, end, environment;

    for (int i = 2; i < 48; i++)
        text = strchr(text + 1, ' ');
    CHECK_EQ(sscanf(text, "%lu %lu %lu", &start, &end, &environment), 3);
    CHECK(start < end);
    CHECK_EQ(end, environment);
    *size = end - start;
    return (char *)start;
}

/* Who writes over the last of his arguments' bytes has written a title, which may be longer. */
static void titles(void)
{
    enum { MORE = 4 };
    char *args, text[8192];
    size_t size;
    int fd;

    if (!getenv("PATH"))
        SKIP("no environment to write over");
    args = arguments(&size);
    CHECK(size + MORE < sizeof(text));
    args[0] = '\0';
    fd = open("/proc/self/cmdline", O_RDONLY);
    CHECK_EQ(read(fd, text, sizeof(text)), size);
    memset(args, 't', size + MORE);
    args[size + MORE] = '\0';
    fd = open("/proc/self/cmdline", O_RDONLY);
    CHECK_EQ(read(fd, text, sizeof(text)), size + MORE + 1);
    CHECK_EQ(strlen(text), size + MORE);
}

static void open_files(void)
{
    char name[64], target[PATH_MAX] = "";
    int fd = open("/proc/version", O_RDONLY), again, ends[2];
    struct dirent *entry;
    bool found = false;
    DIR *dir;

    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    CHECK(readlink(name, target, sizeof(target) - 1) > 0);
    CHECK(!strcmp(target, "/proc/version"));
    again = open(name, O_RDONLY);
    CHECK(again >= 0);
    CHECK_EQ(pipe(ends), 0);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[0]);
    memset(target, 0, sizeof(target));
    CHECK(readlink(name, target, sizeof(target) - 1) > 0);
    CHECK(!strncmp(target, "pipe:[", 6));
    dir = opendir("/proc/self/fd");
    CHECK(dir);
    while ((entry = readdir(dir)) != NULL)
        found |= atoi(entry->d_name) == fd && entry->d_type == DT_LNK;
    CHECK(found);
    CHECK_ERR(open("/proc/self/fd/1000", O_RDONLY), ENOENT);
}

static void places(void)
{
    char cwd[PATH_MAX], target[PATH_MAX] = "";
    struct stat a, b;

    CHECK(getcwd(cwd, sizeof(cwd)));
    CHECK(readlink("/proc/self/cwd", target, sizeof(target) - 1) > 0);
    CHECK(!strcmp(cwd, target));
    CHECK_EQ(stat("/proc/self/root", &a), 0);
    CHECK_EQ(stat("/", &b), 0);
    CHECK_EQ(a.st_ino, b.st_ino);
    CHECK_EQ(stat("/proc/self/exe", &a), 0);
    CHECK(S_ISREG(a.st_mode) && a.st_size > 0);
}

/* A process is there while it lives and until it is waited for. */
static void processes(void)
{
    char name[64], state = 0;
    int ends[2];
    pid_t pid;

    CHECK_EQ(pipe(ends), 0);
    pid = CHILD(check_get(ends[0]));
    snprintf(name, sizeof(name), "/proc/%d/stat", pid);
    CHECK_EQ(sscanf(contents(name), "%*d (%*[^)]) %c", &state), 1);
    CHECK(state == 'S' || state == 'R');
    check_put(ends[1]);
    do
        CHECK_EQ(sscanf(contents(name), "%*d (%*[^)]) %c", &state), 1);
    while (state != 'Z');
    CHECK_EXITS(pid, 0);
    CHECK_ERR(open(name, O_RDONLY), ENOENT);
}

static void system_files(void)
{
    static const char *const names[] = {
        "/proc/cpuinfo",
        "/proc/meminfo",
        "/proc/uptime",
        "/proc/loadavg",
        "/proc/version",
        "/proc/stat",
        "/proc/filesystems",
        "/proc/mounts",
        "/proc/self/mountinfo",
        "/proc/self/limits",
        "/proc/self/statm",
        "/proc/sys/kernel/pid_max",
        "/proc/sys/kernel/osrelease",
        "/proc/sys/kernel/random/boot_id",
        "/proc/sys/vm/overcommit_memory",
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        CHECK(strlen(contents(names[i])) > 0);
    CHECK(strstr(contents("/proc/meminfo"), "MemTotal:"));
    CHECK(strstr(contents("/proc/mounts"), " / "));
    CHECK(!strncmp(contents("/proc/version"), "Linux version ", 14));
}

/* Read in small pieces it is the same text. */
static void pieces(void)
{
    char whole[8192], byte;
    size_t size;
    int fd;

    contents("/proc/self/limits");
    size = strlen(text);
    CHECK(size < sizeof(whole));
    memcpy(whole, text, size);
    fd = open("/proc/self/limits", O_RDONLY);
    for (size_t i = 0; i < size; i++) {
        CHECK_EQ(read(fd, &byte, 1), 1);
        CHECK_EQ(byte, whole[i]);
    }
    CHECK_EQ(read(fd, &byte, 1), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(read(fd, &byte, 1), 1);
    CHECK_EQ(byte, whole[0]);
}

static void descriptor_info(void)
{
    long long pos;
    unsigned flags, mount;
    int fd = open("/proc/self/exe", O_RDONLY | O_NONBLOCK);
    struct dirent *entry;
    bool found = false;
    char name[64];
    DIR *dir;

    CHECK_EQ(lseek(fd, 5, SEEK_SET), 5);
    snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
    CHECK_EQ(sscanf(contents(name), "pos: %lld flags: %o mnt_id: %u", &pos, &flags, &mount), 3);
    CHECK_EQ(pos, 5);
    CHECK_EQ(flags & (O_ACCMODE | O_NONBLOCK | O_APPEND), O_RDONLY | O_NONBLOCK);
    dir = opendir("/proc/self/fdinfo");
    CHECK(dir);
    while ((entry = readdir(dir)) != NULL)
        found |= atoi(entry->d_name) == fd && entry->d_type == DT_REG;
    CHECK(found);
    CHECK_ERR(open("/proc/self/fdinfo/1000", O_RDONLY), ENOENT);
}

static void accounts(void)
{
    unsigned value;
    int kept = personality(0xffffffff);

    CHECK(strstr(contents("/proc/self/cgroup"), ":/"));
    CHECK_EQ(sscanf(contents("/proc/self/loginuid"), "%u", &value), 1);
    CHECK_EQ(sscanf(contents("/proc/self/sessionid"), "%u", &value), 1);
    CHECK_EQ(sscanf(contents("/proc/self/oom_score"), "%u", &value), 1);
    contents("/proc/self/wchan");
    CHECK_EQ(personality((unsigned)kept | ADDR_NO_RANDOMIZE), kept);
    CHECK(!strcmp(contents("/proc/self/personality"), "00040000\n"));
}

static void devices(void)
{
    CHECK(strstr(contents("/proc/devices"), "Character devices:\n"));
    CHECK(strstr(text, "\nBlock devices:\n"));
    CHECK(!strncmp(contents("/proc/swaps"), "Filename", 8));
    CHECK(!strncmp(contents("/proc/partitions"), "major minor  #blocks  name\n\n", 28));
    CHECK(!strncmp(contents("/proc/vmstat"), "nr_free_pages ", 14));
    contents("/proc/diskstats");
}

static void auxiliary_vector(void)
{
    unsigned long pair[2];
    int fd = open("/proc/self/auxv", O_RDONLY), pairs = 0;

    CHECK(fd >= 0);
    while (read(fd, pair, sizeof(pair)) == sizeof(pair) && pair[0] != AT_NULL) {
        /* The C library has a HWCAP of its own. */
        if (pair[0] == AT_PAGESZ || pair[0] == AT_ENTRY || pair[0] == AT_RANDOM) {
            CHECK_EQ(getauxval(pair[0]), pair[1]);
            pairs++;
        }
    }
    CHECK_EQ(pair[0], AT_NULL);
    CHECK_EQ(pairs, 3);
}

static void set_adjustment(const char *value)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY);

    CHECK_EQ(write(fd, value, strlen(value)), (ssize_t)strlen(value));
    close(fd);
}

static void oom_adjustment(void)
{
    int fd;

    set_adjustment("500\n");
    CHECK(!strcmp(contents("/proc/self/oom_score_adj"), "500\n"));
    CHECK_EXITS(CHILD(CHECK(!strcmp(contents("/proc/self/oom_score_adj"), "500\n"))), 0);
    fd = open("/proc/self/oom_score_adj", O_WRONLY);
    CHECK_ERR(write(fd, "1001", 4), EINVAL);
    CHECK_ERR(write(fd, "-1001", 5), EINVAL);
    CHECK_ERR(write(fd, "high", 4), EINVAL);
    set_adjustment("999");
    CHECK(!strcmp(contents("/proc/self/oom_score_adj"), "999\n"));
}

static void status_lines(void)
{
    CHECK_EQ(kb_after(contents("/proc/self/status"), "\nNSpid:"), getpid());
    CHECK_EQ(kb_after(text, "\nNSpgid:"), getpgrp());
    CHECK_EQ(kb_after(text, "\nNSsid:"), getsid(0));
    CHECK_EQ(kb_after(text, "\nNoNewPrivs:"), 0);
    CHECK(kb_after(text, "\nVmExe:") > 0);
    CHECK_EQ(kb_after(text, "\nVmSwap:"), 0);
    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_EQ(kb_after(contents("/proc/self/status"), "\nNoNewPrivs:"), 1);
}

/* As many CPUs as the scheduler has, by all ways to ask. */
static void cpus(void)
{
    int online = 0, first, last = -1;
    cpu_set_t set;

    CHECK_EQ(sscanf(contents("/sys/devices/system/cpu/online"), "%d-%d", &first, &last) > 0, 1);
    CHECK_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        char name[80];

        snprintf(name, sizeof(name), "/sys/devices/system/cpu/cpu%d", cpu);
        online += access(name, F_OK) == 0;
        CHECK(access(name, F_OK) == 0 || !CPU_ISSET(cpu, &set));
    }
    CHECK(online >= CPU_COUNT(&set) && online >= get_nprocs());
    CHECK(first == 0 && (last < 0 || last < online));
    CHECK(*contents("/sys/devices/system/cpu/possible") == '0');
    CHECK_ERR(open("/sys/devices/system/cpu/online", O_WRONLY | O_CREAT | O_EXCL, 0600),
              EEXIST);
}

static void link_of(const char *name, char *to, size_t size)
{
    ssize_t length = readlink(name, to, size - 1);

    CHECK(length > 0);
    to[length] = '\0';
}

static void namespaces(void)
{
    static const char *const kinds[] = {"ipc", "mnt", "net", "pid", "user", "uts"};

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        char name[40], mine[60], his[60];

        snprintf(name, sizeof(name), "/proc/self/ns/%s", kinds[i]);
        link_of(name, mine, sizeof(mine));
        CHECK(!strncmp(mine, kinds[i], strlen(kinds[i])) && strstr(mine, ":["));
        CHECK_EXITS(CHILD({
                        snprintf(name, sizeof(name), "/proc/%d/ns/%s", getppid(), kinds[i]);
                        link_of(name, his, sizeof(his));
                        CHECK(!strcmp(mine, his));
                    }),
                    0);
    }
    CHECK(atoi(contents("/proc/sys/kernel/threads-max")) > 0);
}

/* The first line of /proc/loadavg, as getloadavg(3) has it, in hundredths. */
static unsigned load_now(void)
{
    unsigned whole[3], parts[3], running, all;
    int last;

    CHECK_EQ(sscanf(contents("/proc/loadavg"), "%u.%2u %u.%2u %u.%2u %u/%u %d", &whole[0],
                    &parts[0], &whole[1], &parts[1], &whole[2], &parts[2], &running, &all,
                    &last),
             9);
    CHECK(running >= 1 && running <= all && last > 0);
    return whole[0] * 100 + parts[0];
}

static void load_averages(void)
{
    struct sysinfo info;
    pid_t child = CHILD({
        for (;;)
            continue;
    });

    WAIT_FOR(load_now() > 0);
    CHECK_EQ(sysinfo(&info), 0);
    CHECK(info.loads[0] > 0);
    CHECK_EQ(kill(child, SIGKILL), 0);
    CHECK_KILLED(child, SIGKILL);
}

static const struct check_case cases[] = {
    CASE(namespaces),      CASE(cpus),         CASE(self),          CASE(stat_line),
    CASE(command_line),    CASE(titles),       CASE(open_files),    CASE(places),
    CASE(processes),       CASE(system_files), CASE(load_averages), CASE(pieces),
    CASE(descriptor_info), CASE(accounts),     CASE(devices),       CASE(auxiliary_vector),
    CASE(oom_adjustment),  CASE(status_lines),
};
CHECK_MAIN(cases)
